"""The main pages without a mouse: skip link, visible focus, and Esc that closes what is open."""

from browser import NARROW, STILL, WIDE
from stage import text_of

PAGES = {
    "owner": ["/uebersicht", "/anrufe", "/anrufe/live", "/rufnummern", "/team", "/api-schluessel", "/audit-protokoll",
              "/einstellungen", "/sicherheit"],
    "operator": ["/plattform/mandanten", "/plattform/rufnummern", "/plattform/systemstatus", "/plattform/audit-protokoll"],
    "guest": ["/anmelden", "/passwort"],
}
STEPS = 45

# Whether somebody sees where they are: a ring on the element, or on the label that stands for it.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const ringed = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && one.getBoundingClientRect().width > 1;
  };
  const box = element.getBoundingClientRect();
  const holder = element.closest("label") ?? element.closest(".row-link")?.closest("tr");
  return {
    what: element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") + "." + element.className
      + " “" + (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40) + "”",
    ringed: ringed(element) || ringed(holder) || ringed(element.parentElement) || ringed(element.nextElementSibling),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def tab_to(window, selector):
    """Presses Tab until the focus is there, and is seen there."""
    page = window.page
    for _ in range(2 * STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            focus = page.evaluate(FOCUS)
            assert focus["ringed"] and focus["inside"], f"nobody sees the focus on {focus['what']}"
            return
    raise AssertionError(f"Tab does not lead to {selector}")


class KeyboardWalk:
    def __init__(self, browser, people, quick):
        self.browser = browser
        # Every page has the same frame: a few stand for all where there is little time.
        self.pages = {who: paths[:2] if quick else paths for who, paths in PAGES.items()}
        self.people = people
        self.faults = []

    def run(self):
        for who, paths in self.pages.items():
            window = self.browser.window()
            if who in self.people:
                self.people[who].sign_in(window)
                window.speak("de")
            for path in paths:
                self._try(path, lambda: self._walk(window, path, has_skip=who != "guest"))
            if who != "guest":
                self._try(paths[0], lambda: self._menus(window, paths[0]))
            window.close()
        window = self.browser.window()
        self.people["owner"].sign_in(window)
        window.speak("de")
        self._try("/anrufe", lambda: self._filters(window, "/anrufe"))
        self._try("/team", lambda: self._row_menu(window))
        window.close()

    def _try(self, path, act):
        try:
            act()
        except Exception as error:
            self.faults.append(f"keyboard, {path}: {type(error).__name__}: {error}")

    def _walk(self, window, path, has_skip):
        page = window.page
        window.go(path)
        page.evaluate("() => document.activeElement.blur()")
        if has_skip:
            page.keyboard.press("Tab")
            page.evaluate(STILL)
            first = page.evaluate("() => document.activeElement.className")
            assert first == "skip", f"the first stop is {page.evaluate(FOCUS)}"
            assert page.evaluate(FOCUS)["inside"], "the skip link cannot be seen"
            page.keyboard.press("Enter")
            assert page.evaluate("() => document.activeElement.id") == "inhalt", "the skip link does not skip"
            page.evaluate("() => { history.replaceState(null, '', location.pathname); document.activeElement.blur(); }")
            window.go(path)
        seen = set()
        for _ in range(STEPS):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.className") == "skip":
                # It slides in.
                page.evaluate(STILL)
            focus = page.evaluate(FOCUS)
            if focus is None or focus["what"] in seen:
                continue
            seen.add(focus["what"])
            if not focus["ringed"]:
                self.faults.append(f"keyboard, {path}: no ring on {focus['what']}")
            if not focus["inside"]:
                self.faults.append(f"keyboard, {path}: out of sight: {focus['what']}")
        assert len(seen) > 2, f"only {len(seen)} stops"

    def _menus(self, window, path):
        """The account's menu wide, the navigation narrow."""
        page = window.page
        window.go(path)
        summary = page.locator("details.account summary")
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("details.account[open]").count() == 1, "Enter does not open the account's menu"
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert page.locator("details.account[open]").count() == 0, "Esc does not close the account's menu"
        assert summary.evaluate("(one) => one === document.activeElement"), "the focus is lost with the account's menu"

        window.show("light", NARROW)
        opener = page.locator("[popovertarget=navigation]")
        opener.focus()
        page.keyboard.press("Enter")
        menu = page.locator("#navigation")
        assert menu.evaluate("(one) => one.matches(':popover-open')"), "Enter does not open the navigation"
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('#navigation') !== null"), "Tab misses the navigation"
        page.keyboard.press("Escape")
        assert not menu.evaluate("(one) => one.matches(':popover-open')"), "Esc does not close the navigation"
        assert opener.evaluate("(one) => one === document.activeElement"), "the focus is lost with the navigation"
        window.show("light", WIDE)

    def _filters(self, window, path):
        page = window.page
        window.go(path)
        window.show("light", NARROW)
        opener = page.locator(".filters__open")
        opener.focus()
        page.keyboard.press("Enter")
        sheet = page.locator("#mehr-filter")
        assert sheet.evaluate("(one) => one.matches(':popover-open')"), "Enter does not open the filters"
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert not sheet.evaluate("(one) => one.matches(':popover-open')"), "Esc does not close the filters"
        assert opener.evaluate("(one) => one === document.activeElement"), "the focus is lost with the filters"
        window.show("light", WIDE)

    def _row_menu(self, window):
        page = window.page
        window.go("/team")
        summary = page.locator("details.menu summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("details.menu[open]").count() == 1, "Enter does not open the row's menu"
        page.keyboard.press("Tab")
        assert text_of()("de", "tenant.change_role") in page.evaluate("() => document.activeElement.textContent")
        page.keyboard.press("Escape")
        assert page.locator("details.menu[open]").count() == 0, "Esc does not close the row's menu"
        assert summary.evaluate("(one) => one === document.activeElement"), "the focus is lost with the row's menu"
