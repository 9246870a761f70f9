"""What must hold of every page in every state."""

import json
import re

from axe_playwright_python.base import AXE_SCRIPT

from browser import NARROW, NARROWEST, WIDE
from stage import KEY

WIRE_BUDGET = 150 * 1024
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async (rules) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  return found.violations.map(({id, impact, help, nodes}) => ({
    id, impact, help, count: nodes.length,
    places: nodes.slice(0, 3).map((node) => node.target.join(" ") + " — " + node.html.slice(0, 160)
      + " — " + node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 200)),
  }));
}"""

FACTS = """() => {
  const names = ["title", "aria-label", "placeholder", "alt", "data-label", "aria-valuetext"];
  const shown = document.body.cloneNode(true);
  for (const code of shown.querySelectorAll("code, pre, .mono, .audit__facts, script, style, template")) code.remove();
  const words = [];
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) words.push(walker.currentNode.data);
  const attributes = [...document.querySelectorAll("body *")].flatMap((element) =>
    names.map((name) => element.getAttribute(name)).filter(Boolean));
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()),
    text: words.join("\\n") + "\\n" + attributes.join("\\n"),
    inline: document.querySelectorAll("[style], style, script:not([src])").length,
    ids: [...document.querySelectorAll("[id]")].map((one) => one.id).filter((id, index, all) => all.indexOf(id) !== index),
  };
}"""

SCROLL = """() => {
  const width = document.documentElement.clientWidth;
  const root = document.scrollingElement;
  if (root.scrollWidth <= width) return null;
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
    && one.getBoundingClientRect().right > width + 0.5).map((one) => one.tagName.toLowerCase() + "." + one.className);
  return root.scrollWidth - width + " px too wide: " + wide.slice(0, 4).join(", ");
}"""


class Examiner:
    def __init__(self, quick):
        self.quick = quick
        self.faults = []
        self.heaviest = {}
        self.states = self.combinations = self.violations = 0

    def fault(self, where, what):
        self.faults.append(f"{where}: {what}")

    def combinations_for(self, number):
        """Theme and width of the looks at one state; a quick run looks once and takes turns (decision 33)."""
        looks = [(theme, width) for width in (WIDE, NARROW) for theme in ("light", "dark")]
        return [looks[number % len(looks)]] if self.quick else looks

    def examine(self, window, name, number, language, route):
        """The state that the window shows now."""
        page = window.page
        self.states += 1
        cold = window.wire.bytes
        self._facts(window, name, language)
        if cold > self.heaviest.get(route, (0, ""))[0]:
            self.heaviest[route] = (cold, name)
        if cold > WIRE_BUDGET:
            self.fault(name, f"{cold / 1024:.0f} KB on the wire")
        page.evaluate(AXE_SCRIPT)
        for theme, width in self.combinations_for(number):
            window.show(theme, width)
            # Where an anchor has scrolled to, the fixed head may lie half over a control, which axe takes for too small.
            page.evaluate("() => scrollTo(0, 0)")
            self.combinations += 1
            for found in page.evaluate(AXE, RULES):
                self.violations += 1
                places = "\n        ".join(found["places"])
                self.fault(f"{name}, {language}, {theme}, {width}",
                           f"axe {found['id']} ({found['impact']}, {found['count']}×) {found['help']}\n        {places}")
            if width != WIDE:
                self._scrolling(window, f"{name}, {language}, {width}")
        window.show(theme, NARROWEST)
        self._scrolling(window, f"{name}, {language}, {NARROWEST}")

    def _facts(self, window, name, language):
        facts = window.page.evaluate(FACTS)
        where = f"{name}, {language}"
        if not re.fullmatch(language + r"(-[A-Z]{2})?", facts["lang"]):
            self.fault(where, f"lang is “{facts['lang']}”")
        if not facts["title"].strip() or facts["title"].startswith("–"):
            self.fault(where, f"the title is “{facts['title']}”")
        if len(facts["headings"]) != 1 or not facts["headings"][0]:
            self.fault(where, f"not one h1, but {facts['headings']}")
        if "{{" in facts["text"] or "}}" in facts["text"]:
            self.fault(where, "a tag was not filled in")
        if re.search(r"\{[a-z_]+\}", facts["text"]):
            self.fault(where, f"a placeholder was not filled in: {re.search(r'.{0,40}{[a-z_]+}.{0,20}', facts['text'])[0]}")
        for key in sorted(set(KEY.findall(facts["text"]))):
            self.fault(where, f"a key instead of a text: {key}")
        if facts["inline"]:
            self.fault(where, f"{facts['inline']} inline styles or scripts")
        if facts["ids"]:
            self.fault(where, f"ids that stand twice: {sorted(set(facts['ids']))}")

    def _scrolling(self, window, where):
        found = window.page.evaluate(SCROLL)
        if found:
            self.fault(where, f"scrolls sideways, {found}")

    def report(self, encodings):
        print(f"  {self.states} states, {self.combinations} looks with {self.violations} violations of axe's rules")
        print("  on the wire, cold, heaviest first:", flush=True)
        for route, (size, name) in sorted(self.heaviest.items(), key=lambda item: -item[1][0])[:5]:
            print(f"    {size / 1024:6.1f} KB  {route}  ({name})")
        print("  as the browser was served on loopback: " + json.dumps(encodings, sort_keys=True))
