"""Chromium, with an ear on everything it complains about."""

import contextlib
import os
import re
import urllib.parse

from playwright.sync_api import sync_playwright

WIDE, NARROW, NARROWEST = 1440, 390, 320
HEIGHTS = {WIDE: 900, NARROW: 844, NARROWEST: 640}
THEMES = {"light": "hell", "dark": "dunkel"}


class Browser:
    def __init__(self, stage, table):
        self.stage = stage
        self.table = table
        self.complaints = []
        self.encodings = {}
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"],
            args=["--no-sandbox", "--force-color-profile=srgb"] if os.geteuid() == 0 else ["--force-color-profile=srgb"],
        )

    def close(self):
        self._chromium.close()
        self._playwright.stop()

    def window(self, language="de", theme="light", width=WIDE):
        """A fresh browser of somebody: no cookies, no cache."""
        context = self._chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=theme, base_url=self.stage.url,
            locale={"de": "de-AT", "en": "en-GB"}[language], reduced_motion="reduce", timezone_id="Europe/Vienna",
        )
        # What takes so long on a machine with other things to do is not broken; the speed is judged elsewhere.
        context.set_default_timeout(60_000)
        return Window(self, context, theme, width)


class Window:
    """One browser context with one page, watched."""

    def __init__(self, browser, context, theme, width):
        self.browser = browser
        self.stage = browser.stage
        self.context = context
        self.language = None
        self._shown = (theme, width)
        self._expected = ()
        self._leaving = False
        self.page = context.new_page()
        self.devtools = context.new_cdp_session(self.page)
        self.wire = Wire(self.devtools)
        page = self.page
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complain(f"script error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def close(self):
        self._leaving = True
        self.context.close()

    def complain(self, what):
        address = urllib.parse.urlsplit(self.page.url)
        self.browser.complaints.append(f"{address.path}: {what}")

    def _console(self, message):
        if message.type not in ("error", "warning"):
            return
        said = re.match(r"Failed to load resource: the server responded with a status of (\d+)", message.text)
        if said and int(said[1]) in self._expected:
            return
        self.complain(f"console {message.type}: {message.text}")

    def _failed(self, request):
        # A stream of events and a download end when the page is left.
        if request.failure == "net::ERR_ABORTED" or self._leaving:
            return
        self.complain(f"request failed: {request.url}: {request.failure}")

    def _response(self, response):
        address = urllib.parse.urlsplit(response.url)
        if not response.url.startswith(self.stage.url):
            if not response.url.startswith((self.stage.inbox.rsplit("/", 1)[0], "data:")):
                self.complain(f"a request to somebody else: {response.url}")
            return
        if response.request.method == "GET":
            self.browser.table.see(address.path)
        is_document = response.request.is_navigation_request()
        if response.status >= 400 and not is_document and response.status not in self._expected:
            self.complain(f"{response.request.method} {address.path} answered {response.status}")
        if response.status == 200:
            kind = response.headers.get("content-type", "").split(";")[0]
            self.browser.encodings[kind] = response.headers.get("content-encoding", "identity")

    @contextlib.contextmanager
    def expecting(self, *statuses):
        """What is no fault here."""
        self._expected = statuses
        try:
            yield
        finally:
            self._expected = ()

    # --- going about -------------------------------------------------------------------------------------------------

    def go(self, path, status=200):
        with self.expecting(status):
            response = self.page.goto(path)
            self.settle()
        assert response.status == status, f"{path} answered {response.status} instead of {status}"
        return response

    def settle(self):
        """Until modules have run and previews have come."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(STILL)

    def press(self, role, name, **more):
        """Clicks what is called so and waits for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, **more).first.click()
        self.settle()

    def submit(self, form, fields=None, status=200):
        """Sends a form as it is filled, past the browser's own checks."""
        with self.expecting(status):
            with self.page.expect_navigation() as navigation:
                self.page.evaluate(SUBMIT, [form, fields or {}])
            self.settle()
        response = navigation.value
        answered = response.status if response else None
        assert answered == status, f"{form} answered {answered} instead of {status}"

    def path(self):
        return urllib.parse.urlsplit(self.page.url).path

    def expect_path(self, pattern):
        assert re.fullmatch(pattern, self.path()), f"at {self.path()} instead of {pattern}"

    def expect_text(self, *texts):
        seen = self.page.inner_text("body")
        for text in texts:
            assert text in seen, f"{self.path()} does not say “{text}”, but: {' '.join(seen.split())[:600]}"

    def speak(self, language):
        """Chooses the language, as the button on the pages does."""
        answer = self.context.request.post(
            "/sprache", form={"sprache": language, "weiter": "/anmelden"}, headers={"origin": self.stage.url},
            max_redirects=0,
        )
        assert answer.status == 303, f"choosing the language answered {answer.status}"
        self.language = language

    def fetch(self, path, status=200):
        """A file that no page shows."""
        answer = self.context.request.get(path, max_redirects=0)
        assert answer.status == status, f"{path} answered {answer.status} instead of {status}"
        if answer.status < 400:
            self.browser.table.see(urllib.parse.urlsplit(path).path)
        return answer

    def find(self, path, pattern):
        """The first thing on a page that looks so."""
        found = re.search(pattern, self.fetch(path).text())
        assert found, f"{path} shows nothing like {pattern}"
        return found[1]

    def show(self, theme, width):
        before, self._shown = self._shown, (theme, width)
        if before[1] != width:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self.page.evaluate(WIDTH, width)
        if before[0] != theme:
            self.page.emulate_media(color_scheme=theme)
            self.page.evaluate(STILL)


# Until nothing moves any more: a colour in transition has no contrast worth measuring.
STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moving = () => document.getAnimations().filter((one) =>
    one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime));
  await document.fonts.ready;
  const until = performance.now() + 10000;
  for (let calm = 0; calm < 3 && performance.now() < until; calm = moving().length ? 0 : calm + 1) await frame();
}"""

WIDTH = """async (width) => {
  const frame = () => new Promise(requestAnimationFrame);
  const until = performance.now() + 10000;
  while (innerWidth !== width && performance.now() < until) await frame();
  await frame();
}"""

# Fills by name; radio buttons and boxes that are named with a value are chosen.
SUBMIT = """([form, fields]) => {
  const element = document.querySelector(form);
  if (!element) throw new Error("no form " + form);
  for (const [name, value] of Object.entries(fields)) {
    const found = element.elements.namedItem(name);
    if (!found) throw new Error("no field " + name + " in " + form);
    if (found instanceof RadioNodeList) for (const one of found) one.checked = one.value === value;
    else if (found.type === "checkbox") found.checked = Boolean(value);
    else if (found.tagName === "SELECT" && ![...found.options].some((one) => one.value === value))
      found.append(new Option(value, value, true, true)), (found.value = value);
    else found.value = value;
  }
  HTMLFormElement.prototype.submit.call(element);
}"""


class Wire:
    """What a page costs on the wire, as the browser's network stack counts it: headers and bodies as they were sent.
    It begins anew with every page that is gone to; a redirect belongs to the page it leads to."""

    def __init__(self, devtools):
        self.bytes = 0
        self.requests = 0
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        devtools.on("Network.requestWillBeSent", self._begins)
        devtools.on("Network.loadingFinished", self._finished)

    def _begins(self, event):
        if event.get("type") == "Document" and "redirectResponse" not in event:
            self.bytes = self.requests = 0
        if "redirectResponse" in event:
            self.bytes += max(0, event["redirectResponse"].get("encodedDataLength", 0))

    def _finished(self, event):
        self.bytes += event["encodedDataLength"]
        self.requests += 1
