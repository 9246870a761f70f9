"""Those who sign in: with a password, and an app or a passkey as second factor."""

import time

import pyotp

from stage import text_of

PASSWORD = "Elf Störche frühstücken spät"


class Person:
    """A pair of credentials, and the acts of signing in that need them."""

    def __init__(self, email, name):
        self.email = email
        self.name = name
        self.has_account = False
        self.secret = None
        self._last_step = 0

    def code(self):
        """A code that was not used before; the next one is valid half a minute early."""
        while True:
            step = max(int(time.time()) // 30, self._last_step + 1)
            if step <= int(time.time()) // 30 + 1:
                self._last_step = step
                return pyotp.TOTP(self.secret).at(step * 30)
            time.sleep(0.5)

    # --- the first time ----------------------------------------------------------------------------------------------

    def accept_invitation(self, window, link):
        """To a tenant: name and password. Ends at the offer of a second factor."""
        window.go(link)
        page = window.page
        page.fill("#name", self.name)
        page.fill("#passwort", PASSWORD)
        with page.expect_navigation():
            page.click("form[action^='/einladung/'] button[type=submit]")
        window.settle()
        window.expect_path("/sicherheit/einrichten")
        self.has_account = True

    def set_first_password(self, window, link):
        """Of the platform's people, who then sign in and have to set up a second factor."""
        window.go(link)
        page = window.page
        page.fill("input[autocomplete=new-password]", PASSWORD)
        with page.expect_navigation():
            page.click("form[action^='/passwort/'] button[type=submit]")
        window.settle()
        self.has_account = True
        self.give_password(window)
        window.expect_path("/anmelden/einrichten")

    def set_up_app(self, window):
        """On the page that shows the secret; ends on the page with the recovery codes."""
        page = window.page
        self.secret = page.inner_text("#geheimnis").replace(" ", "").replace("\u00a0", "")
        page.fill("#code", self.code())
        with page.expect_navigation():
            page.locator("form:has(#code) button[type=submit]").click()
        window.settle()
        assert page.locator("#codes li").count() >= 8, f"no recovery codes at {window.path()}"

    def keep_codes(self, window, language="de"):
        codes = window.page.locator("#codes li").all_inner_texts()
        window.press("link", text_of()(language, "account.codes_kept"))
        return codes

    # --- again -------------------------------------------------------------------------------------------------------

    def give_password(self, window):
        if window.path() != "/anmelden":
            window.go("/anmelden")
        page = window.page
        page.fill("#email", self.email)
        page.fill("#passwort", PASSWORD)
        with page.expect_navigation():
            page.click("form[action='/anmelden'] button[type=submit]")
        window.settle()

    def give_code(self, window):
        page = window.page
        page.fill("#code", self.code())
        with page.expect_navigation():
            page.locator("form:has(#code) button[type=submit]").click()
        window.settle()

    def sign_in(self, window):
        self.give_password(window)
        if self.secret:
            window.expect_path("/anmelden/code")
            self.give_code(window)
        said = " ".join(window.page.inner_text("main").split())[:300]
        assert not window.path().startswith("/anmelden"), f"{self.email} is not signed in: {window.path()} says {said}"

    def sign_out(self, window, language="de"):
        page = window.page
        page.locator("details.account summary").click()
        window.press("button", text_of()(language, "frame.sign_out"))
        window.expect_path("/abgemeldet")


class PasskeyDevice:
    """Chromium's virtual authenticator: a device with a fingerprint reader that always agrees."""

    def __init__(self, window):
        self._devtools = window.devtools
        self._devtools.send("WebAuthn.enable")
        self.id = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }})["authenticatorId"]

    def credentials(self):
        return self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
