"""The walk of a new owner from the invitation to the transcript of a call, then an operator's and support's."""

import re

from kept_call import KeptCall
from keyboard_walk import tab_to
from people import PasskeyDevice, Person
from stage import OPERATOR, OWNER, SUPPORT, TENANT, text_of, wait_until

NEW_NUMBER = "+43732900101"
TYPED = "0732 / 90 01 01"
ASKED = "Wann haben Sie offen?"
ANSWER = "Öffnungszeiten Verkauf: Montag bis Freitag von 8 bis 18 Uhr"
# Who takes a call over, where, and how long the two talk: long enough to look at it meanwhile.
PERSON, PERSON_TYPED, PERSON_SHOWN = "+43732900200", "0732 900200", "+43 732 900200"
GREETING, TALK = "Grüß Gott, hier ist Anna Muster.", 12


class Journey:
    def __init__(self, stage, browser, screens):
        self.stage = stage
        self.browser = browser
        self.screens = screens
        self.people = {
            "owner": Person(OWNER, "Anna Muster"),
            "operator": Person(OPERATOR, "Berta Betrieb"),
            "support": Person(SUPPORT, "Hanna Hilfe"),
        }
        self.text = lambda key, **arguments: text_of()("de", key, **arguments)

    def run(self):
        window = self.browser.window()
        self._owner(window)
        # While the demo's own call still goes on.
        self._operator()
        self._support()
        self._call(window)
        self._take_over(window)
        self._hang_up(window)
        self._signed_out_for_good(window, self.people["owner"])
        window.close()

    # --- the owner ---------------------------------------------------------------------------------------------------

    def _owner(self, window):
        anna = self.people["owner"]
        self._invitation(window, anna)
        device = self._passkey(window)
        self._app(window, anna)
        self._sign_in_twice(window, anna, device)
        self._number(window)

    def _invitation(self, window, anna):
        page, t = window.page, self.text
        page.goto(self.stage.inbox)
        window.expect_text("Posteingang", anna.email)
        self.screens.step(window, "inhaberin", "posteingang")
        row = page.get_by_role("row").filter(has_text=anna.email)
        with page.expect_navigation():
            row.get_by_role("link").click()
        window.expect_text("Autohaus Donau")
        link = page.locator("pre a").first
        with page.expect_navigation():
            link.click()
        window.settle()
        window.expect_path("/einladung/[^/]+")
        window.expect_text(t("account.invitation_heading", tenant="Autohaus Donau"), anna.email)
        self.screens.step(window, "inhaberin", "einladung")

        # The most common password there is will not do.
        page.fill("#name", anna.name)
        page.fill("#passwort", "passwort123456789")
        address = window.path()
        anna.accept_invitation(window, address)
        window.expect_text(t("account.offer_title"), t("account.joined", tenant="Autohaus Donau"))
        self.screens.step(window, "inhaberin", "zweiter-faktor")

    def _passkey(self, window):
        page, t = window.page, self.text
        device = PasskeyDevice(window)
        window.press("link", t("account.passkey_set_up"))
        window.expect_path("/sicherheit/passkeys/neu")
        page.fill("form[action='/sicherheit/passkeys'] input[name=name]", "Annas Telefon")
        self.screens.step(window, "inhaberin", "passkey")
        window.press("button", t("account.passkey_make"))
        window.expect_text(t("account.codes_title"))
        credentials = device.credentials()
        assert len(credentials) == 1 and credentials[0]["isResidentCredential"], f"no passkey was made: {credentials}"
        self.screens.step(window, "inhaberin", "wiederherstellungscodes")
        window.press("link", t("account.codes_kept"))
        window.expect_path("/uebersicht")
        window.expect_text("Autohaus Donau", "Anna Muster")
        return device

    def _app(self, window, anna):
        page, t = window.page, self.text
        window.go("/sicherheit")
        window.expect_text("Annas Telefon", t("account.this_session"))
        window.press("link", t("account.app_set_up"))
        window.expect_path("/sicherheit/app")
        assert page.locator(".qr svg").is_visible(), "no QR code"
        assert not page.locator("#geheimnis").inner_text().isspace()
        anna.secret = re.sub(r"\s", "", page.inner_text("#geheimnis"))
        page.fill("#code", "12 34 5")
        with window.expecting(422):
            window.press("button", t("account.app_confirm"))
        window.expect_text(t("account.code_malformed"))
        assert re.sub(r"\s", "", page.inner_text("#geheimnis")) == anna.secret, "a slip of the hand changes the secret"
        page.fill("#code", anna.code())
        self.screens.step(window, "inhaberin", "app")
        window.press("button", t("account.app_confirm"))
        window.expect_text(t("account.app_added"))

    def _sign_in_twice(self, window, anna, device):
        page, t = window.page, self.text
        if window.path() != "/sicherheit":
            window.go("/sicherheit")
        anna.sign_out(window)
        window.expect_text(t("account.signed_out"))
        window.go("/anrufe")
        window.expect_path("/anmelden")
        self.screens.step(window, "inhaberin", "anmeldung")
        window.press("button", t("account.passkey_sign_in"))
        window.expect_path("/anrufe")
        assert device.credentials()[0]["signCount"] > 0, "the passkey was not asked"
        anna.sign_out(window)

        window.go("/anmelden")
        page.fill("#email", anna.email)
        page.fill("#passwort", "das ist es sicher nicht")
        with window.expecting(422):
            window.press("button", t("account.sign_in"), exact=True)
        window.expect_text(t("people.sign_in_refused"))
        anna.give_password(window)
        window.expect_path("/anmelden/code")
        window.expect_text(t("account.code_title"), anna.email)
        anna.give_code(window)
        window.expect_path("/uebersicht")

    def _number(self, window):
        page, t = window.page, self.text
        self.stage.register_number(NEW_NUMBER)
        window.press("link", t("frame.nav_numbers"))
        window.expect_path("/rufnummern")
        window.expect_text("+43 732 900100")
        window.press("link", t("numbers_page.add"))
        window.expect_path("/rufnummern/neu")
        # Typed by hand, so that the preview follows.
        page.locator("#nummer").press_sequentially("0732 / 90")
        page.locator("#nummer").press_sequentially(TYPED.removeprefix("0732 / 90"))
        wait_until(lambda: "+43 732 900101" in page.inner_text("#nummer-vorschau").replace("\u00a0", " "), 60, "the preview")
        self.screens.step(window, "inhaberin", "rufnummer-neu")
        flow = page.locator("#flow option").nth(1)
        page.select_option("#flow", flow.get_attribute("value"))
        # What the preview showed was seen, so that no page asks once more.
        window.press("button", t("numbers_page.add_and_verify"))
        window.expect_path("/rufnummern/43732900101")
        window.expect_text("+43 732 900101", t("numbers_page.state_active"))
        self.screens.step(window, "inhaberin", "rufnummer-da")

        # Away from the flow, and back to it.
        window.press("link", t("numbers_page.reassign"))
        page.select_option("#flow", "none")
        window.press("button", t("numbers_page.assign"))
        window.expect_text(t("numbers_page.state_unassigned"))
        window.press("link", t("numbers_page.assign"))
        page.select_option("#flow", page.locator("#flow option").nth(1).get_attribute("value")
                           if page.locator("#flow option").first.get_attribute("value") == "none"
                           else page.locator("#flow option").first.get_attribute("value"))
        window.press("button", t("numbers_page.assign"))
        window.expect_text(t("numbers_page.state_active"))

    def _call(self, window):
        page, t = window.page, self.text
        self.stage.settled()
        window.go("/anrufe/live")
        window.expect_text(t("calls.live_empty"))
        script = self.stage.script(
            "watched", {"wait": "turn"}, {"silenceMs": 1500}, {"say": ASKED}, {"wait": "turn"}, {"silenceMs": 4000},
            {"say": "Wo sind Sie?"}, {"wait": "turn"}, {"silenceMs": 1000}, {"hangup": True},
        )
        call = self.stage.dial("--script", str(script), "--to", NEW_NUMBER)
        live = page.locator(".live-call")
        live.wait_for()
        assert live.count() == 1, "more than one call"
        assert "+43 664 1234567" in live.inner_text().replace("\u00a0", " "), live.inner_text()
        call_id = live.get_attribute("data-call")
        # Who speaks, and what: without loading the page again.
        voices = set()
        wait_until(lambda: voices.add(live.get_attribute("data-voice")) or ASKED in live.inner_text(), 60,
                   "the caller's words in the live view")
        wait_until(lambda: voices.add(live.get_attribute("data-voice")) or "Öffnungszeiten" in live.inner_text(), 60,
                   "the agent's words in the live view")
        wait_until(lambda: voices.add(live.get_attribute("data-voice")) or {"agent", "caller"} <= voices, 60,
                   f"who speaks; only {voices} were seen")
        clock = live.locator("[data-seconds]")
        first = clock.inner_text()
        wait_until(lambda: clock.inner_text() != first, 30, "the clock")
        self.screens.step(window, "inhaberin", "live")
        live.wait_for(state="detached", timeout=120_000)
        wait_until(lambda: t("calls.live_empty") in page.inner_text("main"), 30, "the empty view")
        call.went_well()

        window.press("link", t("frame.nav_calls"), exact=True)
        window.expect_path("/anrufe")
        row = page.get_by_role("row").nth(1)
        assert "+43 664 1234567" in row.inner_text().replace("\u00a0", " "), row.inner_text()
        self.screens.step(window, "inhaberin", "anrufe")
        with page.expect_navigation():
            row.get_by_role("link").click()
        window.settle()
        window.expect_path(f"/anrufe/{call_id}")
        window.expect_text(ASKED, ANSWER, t("calls.speaker_agent"), "+43 732 900101")
        self.screens.step(window, "inhaberin", "gespraech")

    def _take_over(self, window):
        """Anna's own telephone rings, she presses the key and speaks with the caller."""
        page, t = window.page, self.text
        kept = KeptCall(self.stage, window, "--to", NEW_NUMBER, "--person-says", GREETING, "--talk-seconds", str(TALK))
        path = kept.path()
        with page.expect_navigation():
            page.locator(f"a[href='{path}/uebernehmen']").click()
        window.settle()
        window.expect_path(f"{path}/uebernehmen")
        window.expect_text(t("calls.take_over_question"), "+43 664 1234567")
        page.fill("#nummer", PERSON_TYPED)
        self.screens.step(window, "inhaberin", "uebernehmen")
        page.fill("#nummer", "112")
        with window.expecting(422):
            window.press("button", t("calls.take_over"))
        window.expect_text(t("calls.take_over_problem"))
        page.fill("#nummer", PERSON_TYPED)
        window.press("button", t("calls.take_over"))
        window.expect_path("/anrufe/live")
        window.expect_text(t("calls.taking_over"))
        # A call that somebody is rung for cannot be acted on again.
        page.locator(f"[data-call='{kept.id}'] [data-acts]").wait_for(state="hidden")
        self.screens.step(window, "inhaberin", "uebernommen")
        window.go(f"{path}/auflegen")
        window.expect_path(path)
        window.expect_text(t("calls.call_with_person"))

        report = kept.outcome()
        assert report["ending"] == "agentHungUp", f"the call ended so: {report['ending']}"
        dials = report["dials"]
        assert [(one["number"], one["status"], one["bridged"]) for one in dials] == [(PERSON, "completed", True)], dials
        assert dials[0]["durationSeconds"] >= TALK, dials
        said = [(line["speaker"], line["text"]) for line in report["lines"]]
        assert ("person", "(Taste 1)") in said and ("person", GREETING) in said, said
        assert any(speaker == "whisper" for speaker, _ in said), said

        self._until_over(window, path)
        window.expect_text(t("calls.course_handed_over", target=t("calls.target_takeover")), t("calls.event_accepted"))
        assert t("calls.result_handed_over") in page.inner_text("h1"), page.inner_text("h1")
        shown = re.search(re.escape(t("calls.segment_forward", duration="@")).replace("@", r"(\d+):(\d\d)"),
                          page.inner_text("main"))
        assert shown, f"no minutes of forwarding: {page.inner_text('aside')}"
        self._in_the_books(int(shown[1]) * 60 + int(shown[2]), dials[0])
        self.screens.step(window, "inhaberin", "uebernommenes-gespraech")

    def _in_the_books(self, shown, dial):
        """The page, the books and the telephone agree how long somebody else spoke."""
        books = self.stage.command("call", "show", "--last", TENANT)
        line = re.search(self.text("command.kind_forward") + r": (\d+),\d s", books)
        assert line and int(line[1]) == shown, f"the page says {shown} s of forwarding, the books {books}"
        assert abs(shown - dial["durationSeconds"]) <= 2, f"{shown} s are booked, the telephone says {dial}"

    def _until_over(self, window, path):
        running = self.text("calls.watch_live")
        wait_until(lambda: window.go(path) and running not in window.page.inner_text("main"), 60, f"the end of {path}")

    def _hang_up(self, window):
        """Without a mouse."""
        page, t = window.page, self.text
        kept = KeptCall(self.stage, window, "--to", NEW_NUMBER)
        path = kept.path()
        window.go(f"{path}/uebernehmen")
        known = page.input_value("#nummer").replace("\u00a0", " ")
        assert known == PERSON_SHOWN, f"the browser was to remember {PERSON_SHOWN}, and knows “{known}”"
        window.go("/anrufe/live")
        for place, arrives in ((f"a[href='{path}/auflegen']", f"{path}/auflegen"),
                               ("main form button[type=submit]", "/anrufe/live")):
            tab_to(window, place)
            with page.expect_navigation():
                page.keyboard.press("Enter")
            window.settle()
            window.expect_path(arrives)
        window.expect_text(t("calls.hung_up"))
        report = kept.outcome()
        assert report["ending"] == "agentHungUp" and not report["dials"], f"the call ended so: {report}"
        self._until_over(window, path)
        window.expect_text(t("calls.course_completed"), t("calls.event_ended"))
        window.go("/audit-protokoll")
        window.expect_text(*(t(f"audit_page.action_call_{act}").rstrip(":") for act in ("taken_over", "hung_up")))
        window.go(path)

    def _signed_out_for_good(self, window, anna):
        """Nothing of it is there for whoever comes after."""
        address = window.path()
        anna.sign_out(window)
        window.page.go_back()
        window.settle()
        window.go(address)
        window.expect_path("/anmelden")

    # --- the platform ------------------------------------------------------------------------------------------------

    def _first_time(self, window, person):
        t = self.text
        person.set_first_password(window, self.stage.invitations[person.email])
        window.expect_text(t("account.enrolment_title"))
        person.set_up_app(window)
        person.keep_codes(window)
        window.expect_path("/plattform(/mandanten)?")

    def _operator(self):
        window = self.browser.window()
        page, t = window.page, self.text
        berta = self.people["operator"]
        self._first_time(window, berta)
        window.expect_text("Autohaus Donau", t("frame.platform"))
        self.screens.step(window, "betrieb", "mandanten")

        window.press("link", t("platform.new"))
        window.expect_path("/plattform/mandanten/neu")
        for field, value in (("#name", "Bäckerei Sommer"), ("#kurzname", "baeckerei-sommer"),
                             ("#adresse", "chef@baeckerei-sommer.example")):
            page.fill(field, value)
        self.screens.step(window, "betrieb", "mandant-neu")
        window.press("button", t("platform.new"))
        window.expect_path("/plattform/mandanten/[0-9a-f-]{36}")
        window.expect_text("Bäckerei Sommer", t("tenants.state_active"))
        address = window.path()
        for act, button, state in (("sperren", "suspend", "state_suspended"), ("freischalten", "activate", "state_active")):
            window.press("link", t(f"platform.{button}"))
            window.expect_path(f"{address}/{act}")
            page.fill("#grund", "Die Zahlung wird noch geprüft")
            self.screens.step(window, "betrieb", f"mandant-{act}")
            window.press("button", t(f"platform.{button}"))
            window.expect_path(address)
            assert t(f"tenants.{state}") in page.inner_text("h1"), page.inner_text("h1")
        # The new owner's invitation is on its way.
        assert self.stage.mail_link("chef@baeckerei-sommer.example"), "no invitation to the new tenant's owner"
        berta.sign_out(window)
        window.close()

    def _support(self):
        window = self.browser.window()
        page, t = window.page, self.text
        hanna = self.people["support"]
        self._first_time(window, hanna)
        window.press("link", "Autohaus Donau")
        window.expect_path("/plattform/mandanten/[0-9a-f-]{36}")
        address = window.path()
        # Without a reason nobody looks inside.
        window.go("/uebersicht")
        window.expect_path("/plattform(/mandanten)?")
        window.go(address)
        window.press("link", t("platform.look"))
        window.expect_path(f"{address}/ansehen")
        reason = "Anna Muster meldet falsche Ansagen"
        page.fill("#grund", reason)
        self.screens.step(window, "support", "einsicht-grund")
        window.press("button", t("platform.look"))
        window.expect_path("/uebersicht")
        window.expect_text(reason, "Support")
        assert page.locator(".support-bar").is_visible(), "no banner"
        self.screens.step(window, "support", "einsicht")
        window.go("/anrufe")
        assert page.locator(".support-bar").is_visible(), "no banner on the next page"
        window.press("button", t("frame.support_end"))
        assert not page.locator(".support-bar").count(), "the banner stays"
        window.go("/anrufe")
        window.expect_path("/plattform(/mandanten)?")
        hanna.sign_out(window)
        window.close()
