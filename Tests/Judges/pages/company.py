"""People and things for every state: a company with calls, an empty one, one that is suspended, one that ends."""

import uuid

from kept_call import KeptCall
from people import PASSWORD, PasskeyDevice, Person
from stage import OPERATOR, OWNER, SUPPORT, TENANT, text_of

EMPTY, SUSPENDED, ENDING = "leere-werkstatt", "gesperrte-werkstatt", "endende-werkstatt"
NUMBER = "43732900100"
SPARE_NUMBER = "+43732900102"
NOBODY = str(uuid.UUID(int=7))

SCRIPTS = {
    "solved": [{"wait": "turn"}, {"say": "Wann haben Sie offen?"}, {"wait": "turn"}, {"hangup": True}],
    "silent": [{"wait": "turn"}, {"hangup": True}],
    "interrupted": [
        {"wait": "turn"}, {"say": "Wann haben Sie offen?"}, {"interrupt": {"afterMs": 1500, "say": "Wo sind Sie?"}},
        {"wait": "turn"}, {"hangup": True},
    ],
}


class Company:
    def __init__(self, stage, browser, people):
        self.stage = stage
        self.browser = browser
        self.people = dict(people)
        for key, email, name in (
            ("owner", OWNER, "Anna Muster"), ("operator", OPERATOR, "Berta Betrieb"), ("support", SUPPORT, "Hanna Hilfe"),
            ("newcomer", "neu@leere-werkstatt.example", "Nina Neu"),
            ("viewer", "vera.leser@autohaus-donau.example", "Vera Leser"),
            ("stranger", "rosa@gesperrte-werkstatt.example", "Rosa Ruhig"),
            ("leaver", "lea@leere-werkstatt.example", "Lea Los"),
        ):
            self.people.setdefault(key, Person(email, name))
        self.windows = {}
        self.things = {}
        self.running = None

    def set_up(self):
        self._tenants()
        calls = [self._dial(name) for name in SCRIPTS]
        self.windows["guest"] = self.browser.window()
        self._invited("owner", self.stage.invitations[OWNER])
        self._with_app("owner")
        invited = (("newcomer", EMPTY, "owner"), ("stranger", SUSPENDED, "owner"), ("viewer", TENANT, "viewer"),
                   ("leaver", EMPTY, "editor"))
        for key, tenant, role in invited:
            self.stage.command("member", "invite", "--tenant", tenant, self.people[key].email, "--role", role)
        for key, _, _ in invited:
            self._invited(key, self.stage.mail_link(self.people[key].email))
        for key in ("operator", "support"):
            self._appointed(key)
        self._unfinished()
        self._owners_things()
        self._leave()
        self.running = KeptCall(self.stage, self.windows["owner"])
        self.stage.settled()
        for call in calls:
            call.went_well()

    def close(self):
        for window in self.windows.values():
            window.close()

    def _dial(self, name):
        script = self.stage.script(name, *SCRIPTS[name])
        return self.stage.dial("--script", str(script), "--pace", "4")

    def _tenants(self):
        for slug, name in ((EMPTY, "Leere Werkstatt"), (SUSPENDED, "Gesperrte Werkstatt"), (ENDING, "Endende Werkstatt")):
            self.stage.command("tenant", "create", slug, "--name", name)
        self.stage.command("tenant", "suspend", SUSPENDED, "--reason", "Zahlung steht aus")
        self.stage.command("tenant", "close", ENDING, "--reason", "Kündigung vom 1. November")

    # --- people ------------------------------------------------------------------------------------------------------

    def _invited(self, key, link):
        person, window = self.people[key], self.browser.window()
        self.windows[key] = window
        if person.has_account:
            person.sign_in(window)
        else:
            person.accept_invitation(window, link)

    def _with_app(self, key):
        person, window = self.people[key], self.windows[key]
        if not person.secret:
            window.go("/sicherheit/app")
            person.set_up_app(window)

    def _appointed(self, key):
        person, window = self.people[key], self.browser.window()
        self.windows[key] = window
        if person.secret:
            person.sign_in(window)
            return
        if person.has_account:
            person.give_password(window)
        else:
            person.set_first_password(window, self.stage.invitations[person.email])
        person.set_up_app(window)
        person.keep_codes(window)

    def _unfinished(self):
        """One who still owes the second factor, and one who has none yet."""
        window = self.windows["entering"] = self.browser.window()
        self.people["owner"].give_password(window)
        window.expect_path("/anmelden/code")
        fresh = self.people["enrolling"] = Person("nachtdienst@voiceagent.example", "Nora Nacht")
        self.stage.command("person", "create", fresh.email, "--name", fresh.name, "--platform", "operator")
        window = self.windows["enrolling"] = self.browser.window()
        fresh.set_first_password(window, self.stage.mail_link(fresh.email))

    def _leave(self):
        window = self.windows["leaver"]
        window.go("/team/verlassen")
        window.submit("main form[method=post]")

    # --- things ------------------------------------------------------------------------------------------------------

    def prove(self, key):
        """Where a factor is asked for again."""
        window, person = self.windows[key], self.people[key]
        if window.path() != "/bestaetigen":
            return
        window.page.fill("#passwort", PASSWORD)
        if person.secret:
            person.give_code(window)
        else:
            with window.page.expect_navigation():
                window.page.locator("form:has(#passwort) button[type=submit]").click()
            window.settle()

    def open(self, key, path, status=200):
        window = self.windows[key]
        response = window.go(path, status)
        if window.path() == "/bestaetigen" and not path.startswith("/bestaetigen"):
            self.prove(key)
            response = window.go(path, status)
        return response

    def _owners_things(self):
        window, stage = self.windows["owner"], self.stage
        PasskeyDevice(window)
        if "/sicherheit/passkeys/" not in window.fetch("/sicherheit").text().replace("/sicherheit/passkeys/neu", ""):
            self.open("owner", "/sicherheit/passkeys/neu")
            window.page.fill("form[action='/sicherheit/passkeys'] input[name=name]", "Annas Telefon")
            window.press("button", text_of()("de", "account.passkey_make"))
        self.things["passkey"] = window.find("/sicherheit", r'href="(/sicherheit/passkeys/[0-9a-f-]{36})"')

        # An address that somebody will have to confirm, an invitation that stays open, and a forgotten password.
        self.open("owner", "/sicherheit/email")
        window.submit("form[action='/sicherheit/email']", {"email": "anna.neu@autohaus-donau.example"})
        self.things["email"] = stage.mail_link("anna.neu@autohaus-donau.example")
        for name, email in (("invitation", "otto.offen@autohaus-donau.example"),
                            ("known", self.people["newcomer"].email)):
            stage.command("member", "invite", "--tenant", TENANT, email, "--role", "agent")
            self.things[name] = stage.mail_link(email, subject="Autohaus Donau")
        guest = self.windows["guest"]
        guest.go("/passwort")
        guest.submit("form[action='/passwort']", {"email": self.people["viewer"].email})
        self.things["password"] = stage.mail_link(self.people["viewer"].email, subject="asswort")

    def new_key(self):
        self.open("owner", "/api-schluessel/neu")
        self.windows["owner"].submit("form[action='/api-schluessel/neu']", {"name": "Auswertung", "recht": "calls.read"})
