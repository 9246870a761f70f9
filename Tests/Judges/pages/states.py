"""Every page of the route table in its states: what is asked for, by whom, and what is done there."""

import dataclasses
import re
import typing
import urllib.parse

from browser import WIDE
from company import EMPTY, ENDING, NOBODY, NUMBER, SPARE_NUMBER, SUSPENDED, Company
from people import PASSWORD
from stage import TENANT, route_pattern, text_of

FORM = "main form[method=post]:not([data-passkey])"


@dataclasses.dataclass
class State:
    who: str
    # An address, or what finds it.
    path: typing.Union[str, typing.Callable]
    name: str
    # What the page answers: the last answer, if something is done there.
    status: int = 200
    # Fields of a form that is sent, and which form; or something to do.
    send: typing.Optional[dict] = None
    form: str = FORM
    act: typing.Optional[typing.Callable] = None
    # Where one ends, if not there.
    at: typing.Optional[str] = None
    picture: typing.Optional[str] = None


class States(Company):
    def __init__(self, stage, browser, examiner, screens, people, quick):
        super().__init__(stage, browser, people)
        self.examiner = examiner
        self.screens = screens
        self.quick = quick
        self.faults = []
        self._number = 0

    # --- going through -----------------------------------------------------------------------------------------------

    def run(self):
        self._files()
        languages = ["de"] if self.quick else ["de", "en"]
        for language in languages:
            for state in self._live():
                self._look(state, self._language(state, language))
            self._attempt("hanging up", self._end_running)
            for state in self.catalogue():
                self._look(state, self._language(state, language))
        # Last, because nobody can sign in from this network for a while then.
        for language in languages:
            self._look(self._throttled(), language)

    def _language(self, state, language):
        """A quick run takes turns, except for pictures, which are in German."""
        if not self.quick or (self.screens.wanted and state.picture):
            return language
        return ("de", "en")[self._number % 2]

    def _attempt(self, name, act):
        try:
            return act()
        except Exception as error:
            self.faults.append(f"{name}: {type(error).__name__}: {error}")
            return None

    def _look(self, state, language):
        window = self.windows[state.who]
        number = self._number
        self._number += 1
        path = "?"
        try:
            window.show("light", WIDE)
            if window.language != language:
                window.speak(language)
            path = state.path() if callable(state.path) else state.path
            self._reach(state, window, path)
            where = urllib.parse.urlsplit(path).path
            expected = state.at or re.escape(where)
            if state.at != "*":
                window.expect_path(expected)
        except Exception as error:
            self.faults.append(f"{state.who} at {path} ({state.name}, {language}): {type(error).__name__}: {error}")
            return
        route = window.browser.table.route(urllib.parse.urlsplit(path).path) or path
        try:
            self.examiner.examine(window, f"{state.who} at {route} ({state.name})", number, language, route)
            if state.picture and language == "de":
                self.screens.page(window, state.picture)
        except Exception as error:
            self.faults.append(f"{state.who} at {path} ({state.name}, {language}): {type(error).__name__}: {error}")

    def _reach(self, state, window, path):
        done = state.send is not None or state.act
        self.open(state.who, path, 200 if done else state.status)
        if state.send is not None:
            window.submit(state.form, state.send, state.status)
        if state.act:
            state.act(window)
            window.settle()

    def _files(self):
        """What browsers fetch and no page shows."""
        owner, operator = self.windows["owner"], self.windows["operator"]
        files = [
            (owner, "/anrufe.csv", "text/csv"), (owner, "/rufnummern.csv", "text/csv"), (owner, "/team.csv", "text/csv"),
            (owner, "/api-schluessel.csv", "text/csv"), (owner, "/audit-protokoll.csv", "text/csv"),
            (owner, "/audit-protokoll.jsonl", "application/"), (owner, "/audit-protokoll/verify.py", "text/"),
            (owner, "/rufnummern/vorschau?nummer=0732+900+199&land=AT", "text/html"),
            (operator, "/plattform/mandanten.csv", "text/csv"), (operator, "/plattform/rufnummern.csv", "text/csv"),
            (operator, "/plattform/personen.csv", "text/csv"),
            (operator, "/plattform/audit-protokoll.csv", "text/csv"),
            (operator, "/plattform/audit-protokoll.jsonl", "application/"),
            (operator, "/plattform/audit-protokoll/verify.py", "text/"),
        ]
        for window, path, kind in files:
            self._attempt(f"the file {path}", lambda: self._file(window, path, kind))
        self._attempt("the export of everything", self._export)
        self._attempt("the assets' other name", self._assets)
        for path, target in (("/", "/anmelden"), ("/admin", "/plattform"), ("/admin/irgendwo/hin", "/plattform")):
            self._attempt(f"the way from {path}", lambda: self._redirects(path, target))
        self._attempt("the way to the platform", lambda: self._platform_home(operator))

    @staticmethod
    def _file(window, path, kind):
        answer = window.fetch(path)
        assert answer.headers["content-type"].startswith(kind), f"{path} is {answer.headers['content-type']}"
        assert answer.body(), f"{path} is empty"
        if kind == "text/csv":
            assert answer.body().startswith(b"\xef\xbb\xbf"), f"{path} has no byte order mark"

    def _export(self):
        window = self.windows["owner"]
        self.open("owner", "/bestaetigen")
        self.prove("owner")
        self._file(window, "/einstellungen/datenexport", "application/")

    def _assets(self):
        window = self.windows["guest"]
        release = window.find("/anmelden", r"/assets/([0-9a-f]+)/")
        for prefix in ("/assets", "/admin/assets"):
            for name in ("app.css", "js/app.js"):
                assert "immutable" in window.fetch(f"{prefix}/{release}/{name}").headers["cache-control"]

    def _redirects(self, path, target):
        answer = self.windows["guest"].fetch(path, 303 if path == "/" else None) if path == "/" else \
            self.windows["guest"].context.request.get(path, max_redirects=0)
        assert 300 <= answer.status < 400, f"{path} answered {answer.status}"
        assert answer.headers["location"].startswith(target), f"{path} leads to {answer.headers['location']}"
        self.browser.table.see(path)

    def _platform_home(self, operator):
        operator.go("/plattform")
        operator.expect_path("/plattform(/mandanten)?")

    def timed(self):
        """Whose pages with something on them are timed."""
        tenant = ["/uebersicht", "/anrufe", "/anrufe?zeitraum=all&q=664", self._call_path(), "/anrufe/live", "/rufnummern",
                  f"/rufnummern/{NUMBER}", "/rufnummern/neu", "/team", "/api-schluessel", "/einstellungen",
                  "/audit-protokoll", "/sicherheit", "/mandant"]
        one = self._attempt("a tenant", lambda: self._tenant_path(TENANT))
        platform = ["/plattform/mandanten", one, "/plattform/rufnummern",
                    f"/plattform/rufnummern/{NUMBER}", "/plattform/systemstatus", "/plattform/audit-protokoll"]
        return ([("guest", "/anmelden"), ("guest", "/passwort")] + [("owner", path) for path in tenant if path]
                + [("operator", path) for path in platform if path])

    # --- where things are --------------------------------------------------------------------------------------------

    def _call_path(self):
        return self._attempt("a call", lambda: self.windows["owner"].find(
            "/anrufe?zeitraum=all", r'href="(/anrufe/[0-9a-f-]{36})"'))

    def _tenant_path(self, slug):
        """A tenant's page, known by its short name."""
        if slug not in self.things:
            window = self.windows["operator"]
            names = {TENANT: "Autohaus Donau", EMPTY: "Leere Werkstatt", SUSPENDED: "Gesperrte Werkstatt",
                     ENDING: "Endende Werkstatt"}
            found = re.findall(r'href="(/plattform/mandanten/[0-9a-f-]{36})"[^>]*>([^<]+)<',
                               window.fetch("/plattform/mandanten").text())
            by_name = {name.strip(): path for path, name in found}
            self.things[slug] = by_name[names[slug]]
        return self.things[slug]

    def _in_tenant(self, slug, rest=""):
        return lambda: self._tenant_path(slug) + rest

    def _found(self, who, path, pattern):
        return lambda: self.windows[who].find(path, pattern)

    def _link(self, name):
        return lambda: urllib.parse.urlsplit(self.things[name]).path

    def _running(self, rest=""):
        """Of a call that goes on while it is looked at."""
        return lambda: self.running.path(rest)

    def _while_running(self, path):
        return lambda: self.running.path() and path

    def _end_running(self):
        try:
            self.running.end()
        finally:
            faults, self.running.faults = self.running.faults, []
            self.faults += faults

    # --- the states --------------------------------------------------------------------------------------------------

    def _live(self):
        return [
            State("owner", self._while_running("/anrufe/live"), "läuft", picture="live",
                  act=lambda window: window.page.locator(".live-turn").first.wait_for()),
            State("viewer", self._while_running("/anrufe/live"), "nur zusehen"),
            State("owner", self._running(), "läuft noch"),
            State("owner", self._running("/auflegen"), "Frage"),
            State("owner", self._running("/uebernehmen"), "Frage", picture="uebernehmen"),
            State("owner", self._running("/uebernehmen"), "Fehler", 422, send={"nummer": "112"}),
            State("owner", self._while_running("/uebersicht"), "mit laufendem Anruf"),
        ]

    def catalogue(self):
        return (self._guest() + self._entering() + self._account() + self._calls() + self._numbers() + self._team()
                + self._keys() + self._settings() + self._log() + self._platform() + self._inside() + self._errors()
                + self._open_parts())

    def _guest(self):
        fresh = {"name": "", "passwort": ""}
        return [
            State("guest", "/anmelden", "leer", picture="anmeldung"),
            State("guest", "/anmelden", "Angaben fehlen", 422, send={"email": "", "passwort": ""}),
            State("guest", "/anmelden", "falsch", 422, send={"email": "niemand@autohaus-donau.example", "passwort": "falsch"}),
            State("guest", "/abgemeldet", "abgemeldet"),
            State("guest", "/passwort", "Frage"),
            State("guest", "/passwort", "Fehler", 422, send={"email": "nichts"}),
            State("guest", "/passwort", "gesendet", send={"email": "niemand@autohaus-donau.example"}, at="*"),
            State("guest", self._link("password"), "Frage"),
            State("guest", self._link("password"), "zu kurz", 422, send={"neu": "kurz"}),
            State("guest", "/passwort/" + "A" * 43, "vorbei", 404),
            State("guest", self._link("email"), "Frage"),
            State("guest", "/email/" + "A" * 43, "vorbei", 404, send={}),
            State("guest", self._link("invitation"), "neu", picture="einladung"),
            State("guest", self._link("invitation"), "Fehler", 422, send=fresh),
            State("guest", self._link("invitation"), "häufiges Passwort", 422,
                  send={"name": "Otto Offen", "passwort": "passwort123456"}),
            State("guest", self._link("known"), "mit Konto"),
            State("newcomer", self._link("known"), "annehmen"),
            State("viewer", self._link("known"), "andere Adresse"),
            State("guest", "/einladung/" + "A" * 43, "vorbei", 404),
        ]

    def _entering(self):
        return [
            State("entering", "/anmelden/code", "Code"),
            State("entering", "/anmelden/code", "unlesbar", 422, send={"code": "12"}, form="form[action='/anmelden/code']"),
            State("entering", "/anmelden/code?mit=wiederherstellungscode", "Wiederherstellungscode"),
            State("enrolling", "/anmelden/einrichten", "Einrichten", picture="einrichten"),
            State("enrolling", "/anmelden/einrichten", "unlesbar", 422, send={"code": "12"}),
        ]

    def _account(self):
        passkey = lambda rest="": lambda: self.things["passkey"] + rest  # noqa: E731
        return [
            State("owner", "/sicherheit", "mit Faktoren", picture="sicherheit"),
            State("owner", "/sicherheit", "Name fehlt", 422, send={"name": ""}, form="form[action='/sicherheit/name']",
                  at="/sicherheit/name"),
            State("newcomer", "/sicherheit", "ohne Faktor"),
            State("operator", "/sicherheit", "Faktor vorgeschrieben"),
            State("newcomer", "/sicherheit/einrichten", "Angebot"),
            State("owner", "/sicherheit/email", "Frage"),
            State("owner", "/sicherheit/email", "Fehler", 422, send={"email": "nichts"}),
            State("owner", "/sicherheit/passwort", "Frage"),
            State("owner", "/sicherheit/passwort", "Fehler", 422, send={"alt": "", "neu": ""}),
            State("newcomer", "/sicherheit/app", "Einrichten"),
            State("newcomer", "/sicherheit/app", "unlesbar", 422, send={"code": "1"}),
            State("owner", "/sicherheit/app", "Wechseln"),
            State("owner", "/sicherheit/app/entfernen", "Frage"),
            State("owner", "/sicherheit/wiederherstellungscodes", "Frage"),
            State("owner", "/sicherheit/wiederherstellungscodes", "gezeigt", send={}, at="*"),
            State("owner", "/sicherheit/passkeys/neu", "Frage"),
            State("owner", passkey(), "Umbenennen"),
            State("owner", passkey(), "Fehler", 422, send={"name": ""}),
            State("owner", passkey("/entfernen"), "Frage"),
            State("owner", "/bestaetigen", "mit Faktor"),
            State("newcomer", "/bestaetigen", "mit Passwort"),
            State("newcomer", "/bestaetigen", "Fehler", 422, send={"passwort": ""}, form="form:has(#passwort)"),
            State("owner", "/mandant", "einer"),
            State("leaver", "/mandant", "keiner"),
            State("operator", "/mandant", "Plattform"),
        ]

    def _calls(self):
        handed = "/anrufe?zeitraum=all&ergebnis=handed_over"
        by_agent = self._found("owner", handed + "&richtung=auf", r'href="(/anrufe/[0-9a-f-]{36})"')
        by_person = self._found("owner", handed, r'href="(/anrufe/[0-9a-f-]{36})"')
        newest = self._found("owner", "/anrufe?zeitraum=all", r'href="(/anrufe/[0-9a-f-]{36})"')
        return [
            State("owner", "/uebersicht", "mit Anrufen", picture="uebersicht"),
            State("owner", "/uebersicht?zeitraum=7", "7 Tage"),
            State("owner", "/uebersicht?zeitraum=30", "30 Tage"),
            State("newcomer", "/uebersicht", "leer", picture="uebersicht-leer"),
            State("viewer", "/uebersicht", "lesend"),
            State("stranger", "/uebersicht", "gesperrt"),
            State("owner", "/anrufe/live", "leer"),
            State("owner", "/anrufe", "mit Anrufen", picture="anrufe"),
            State("owner", "/anrufe?zeitraum=all&sort=dauer&richtung=ab", "sortiert"),
            State("owner", "/anrufe?zeitraum=all&q=%2B43999", "nichts gefunden"),
            State("owner", "/anrufe?zeitraum=all&q=offen", "Wort ohne Zeitraum"),
            State("newcomer", "/anrufe", "leer"),
            State("viewer", "/anrufe", "lesend"),
            State("owner", by_agent, "übergeben", picture="anruf"),
            State("owner", by_person, "live übernommen"),
            State("owner", newest, "der neueste"),
            State("viewer", newest, "lesend"),
        ]

    def _numbers(self):
        number, form = f"/rufnummern/{NUMBER}", "form[action='/rufnummern/neu']"
        return [
            State("owner", "/rufnummern", "mit Nummern", picture="rufnummern"),
            State("owner", "/rufnummern?q=99999", "nichts gefunden"),
            State("newcomer", "/rufnummern", "leer"),
            State("viewer", "/rufnummern", "lesend"),
            State("owner", "/rufnummern/neu", "leer", picture="rufnummer-neu"),
            State("newcomer", "/rufnummern/neu", "ohne Flows"),
            State("owner", "/rufnummern/neu", "Fehler", 422, send={"nummer": "12"}, form=form),
            State("owner", "/rufnummern/neu", "Land fehlt", 422, send={"nummer": "0732 900199", "land": "XX"}, form=form),
            State("owner", "/rufnummern/neu", "Kontrolle", send={"nummer": "0732 900 199"}, form=form),
            State("owner", "/rufnummern/neu", "nicht beim Netzbetreiber", send={"nummer": "0732 900 199"}, form=form,
                  act=lambda window: window.submit(form, {}, 422)),
            State("owner", number, "aktiv", picture="rufnummer"),
            State("viewer", number, "lesend"),
            State("owner", number, "geprüft", send={}, form=f"form[action='{number}/pruefen']", at="*"),
            State("owner", number + "/zuordnen", "Frage"),
            State("owner", number + "/zuordnen", "Fehler", 422, send={"flow": NOBODY}),
            State("owner", number + "/freigeben", "Frage"),
            State("owner", number + "/freigeben", "Fehler", 422, send={"ziffern": "1"}),
        ]

    def _team(self):
        member = self._found("owner", "/team?q=Vera", r'href="(/team/[0-9a-f-]{36})/rolle"')
        myself = self._found("newcomer", "/team", r'href="(/team/[0-9a-f-]{36})/rolle"')
        invitation = self._found("owner", "/team", r'href="(/team/einladungen/[0-9a-f-]{36}/widerrufen)"')
        form = "form[action='/team/einladen']"
        return [
            State("owner", "/team", "mit Einladungen", picture="team"),
            State("owner", "/team?q=zzzz", "nichts gefunden"),
            State("newcomer", "/team", "allein"),
            State("viewer", "/team", "lesend"),
            State("owner", "/team/einladen", "Frage", picture="team-einladen"),
            State("owner", "/team/einladen", "Fehler", 422, send={"adresse": "nichts"}, form=form),
            State("owner", "/team/einladen", "schon offen", 422,
                  send={"adresse": "otto.offen@autohaus-donau.example", "rolle": "agent"}, form=form),
            State("owner", invitation, "Frage"),
            State("owner", lambda: member() + "/rolle", "Frage"),
            State("owner", lambda: member() + "/rolle", "Fehler", 422, send={"rolle": "kaiser"}),
            State("owner", lambda: member() + "/entfernen", "Frage"),
            State("newcomer", "/team/verlassen", "letzte Inhaberin", at="*"),
            State("viewer", "/team/verlassen", "Frage"),
        ]

    def _keys(self):
        key = self._found("owner", "/api-schluessel", r'href="(/api-schluessel/[0-9a-f-]{36}/widerrufen)"')
        return [
            State("newcomer", "/api-schluessel", "leer"),
            State("owner", "/api-schluessel/neu", "Frage"),
            State("owner", "/api-schluessel/neu", "Fehler", 422, send={"name": ""}),
            State("owner", "/api-schluessel/neu", "gezeigt", send={"name": "Auswertung", "recht": "calls.read"},
                  picture="api-schluessel-neu"),
            State("owner", "/api-schluessel", "mit Schlüssel", picture="api-schluessel"),
            State("owner", "/api-schluessel?q=zzzz", "nichts gefunden"),
            State("owner", key, "Frage"),
        ]

    def _settings(self):
        model, factor = "/einstellungen/modell-schluessel", "/einstellungen/zweiter-faktor"
        return [
            State("owner", "/einstellungen", "schreibend", picture="einstellungen"),
            State("owner", "/einstellungen", "Fehler", 422, send={"ueberlauf": "112", "region": "XX"},
                  form="form[action='/einstellungen']"),
            State("viewer", "/einstellungen", "lesend"),
            State("owner", model, "Frage"),
            State("owner", model, "Fehler", 422, send={"schluessel": "a b"}),
            State("owner", model, "gespeichert", send={"schluessel": "sk-" + "x" * 40}, at="/einstellungen"),
            State("owner", model, "ersetzen"),
            State("owner", model + "/entfernen", "Frage"),
            # No model knows that key: with it kept, the next call would be handed to a person at once.
            State("owner", model + "/entfernen", "entfernt", send={}, at="/einstellungen"),
            State("newcomer", factor, "selbst ohne Faktor"),
            State("owner", factor, "Frage"),
            State("owner", factor, "verlangt", send={}, at="/einstellungen"),
            State("viewer", "/anrufe", "Faktor verlangt", at="/sicherheit/einrichten"),
            State("owner", factor + "/aufheben", "Frage"),
            State("owner", factor + "/aufheben", "aufgehoben", send={}, at="/einstellungen"),
            State("owner", "/einstellungen/beenden", "Frage"),
            State("owner", "/einstellungen/beenden", "Fehler", 422, send={"grund": "", "kurzname": "falsch"}),
        ]

    def _log(self):
        return [
            State("owner", "/audit-protokoll", "voll", picture="audit-protokoll"),
            State("owner", "/audit-protokoll?q=zzzz", "nichts gefunden"),
            State("newcomer", "/audit-protokoll", "kurz"),
        ]

    def _platform(self):
        tenants, numbers, log = "/plattform/mandanten", "/plattform/rufnummern", "/plattform/audit-protokoll"
        one, people = f"{numbers}/{NUMBER}", "/plattform/personen"
        anna = self._found("operator", people + "?q=anna.muster", r'href="(/plattform/personen/[0-9a-f-]{36})"')
        nina = self._found("operator", people + "?q=neu%40", r'href="(/plattform/personen/[0-9a-f-]{36})"')
        here, inside = self._in_tenant, lambda slug, rest: self._in_tenant(slug, rest)  # noqa: E731
        return [
            State("operator", tenants, "voll", picture="mandanten"),
            State("operator", tenants + "?q=zzzz", "nichts gefunden"),
            State("support", tenants, "Support"),
            State("operator", tenants + "/neu", "Frage"),
            State("operator", tenants + "/neu", "Fehler", 422, send={}),
            State("operator", here(TENANT), "aktiv", picture="mandant"),
            State("support", here(TENANT), "Support"),
            State("operator", here(EMPTY), "leer"),
            State("operator", here(SUSPENDED), "gesperrt"),
            State("operator", here(ENDING), "endet"),
            State("operator", inside(TENANT, "/name"), "Frage"),
            State("operator", inside(TENANT, "/name"), "Fehler", 422, act=spoil),
            State("operator", inside(TENANT, "/grenzen"), "Frage"),
            State("operator", inside(TENANT, "/grenzen"), "Fehler", 422, act=spoil),
            State("operator", inside(TENANT, "/einladen"), "Frage"),
            State("operator", inside(TENANT, "/einladen"), "Fehler", 422, act=spoil),
            State("operator", inside(TENANT, "/sperren"), "Frage"),
            State("operator", inside(TENANT, "/sperren"), "Fehler", 422, act=spoil),
            State("operator", inside(SUSPENDED, "/freischalten"), "Frage"),
            State("operator", inside(TENANT, "/beenden"), "Frage"),
            State("operator", inside(TENANT, "/beenden"), "Fehler", 422, act=spoil),
            State("operator", inside(ENDING, "/behalten"), "Frage"),
            State("support", inside(TENANT, "/ansehen"), "Frage", picture="einsicht"),
            State("support", inside(TENANT, "/ansehen"), "Fehler", 422, act=spoil),
            State("operator", numbers, "voll", picture="plattform-rufnummern"),
            State("operator", numbers + "?q=99999", "nichts gefunden"),
            State("support", numbers, "Support"),
            State("operator", one, "aktiv"),
            State("operator", one + "/leiten", "Frage"),
            State("operator", one + "/leiten", "Fehler", 422, send={"grund": ""}),
            State("operator", one + "/umziehen", "Frage"),
            State("operator", lambda: one + "/umziehen?mandant=" + self._tenant_path(EMPTY).rsplit("/", 1)[1], "mit Ziel"),
            State("operator", lambda: one + "/umziehen?mandant=" + self._tenant_path(EMPTY).rsplit("/", 1)[1], "Fehler",
                  422, send={"grund": ""}),
            State("operator", people, "voll"),
            State("operator", people + "?q=zzzz", "nichts gefunden"),
            State("operator", anna, "mit Faktor"),
            State("operator", nina, "ohne Faktor"),
            State("operator", lambda: anna() + "/zweiter-faktor", "Frage"),
            State("operator", lambda: anna() + "/zweiter-faktor", "Fehler", 422, act=spoil),
            State("operator", "/plattform/systemstatus", "läuft", picture="systemstatus"),
            State("operator", log, "voll", picture="plattform-audit-protokoll"),
            State("operator", log + "?q=zzzz", "nichts gefunden"),
        ]

    def _inside(self):
        """Support in a tenant, with the banner over every page."""
        def enter(window):
            window.submit(FORM, {"grund": "Anna Muster meldet falsche Ansagen"})

        def leave(window):
            window.submit("form[action='/plattform/einsicht/beenden']")

        return [
            State("support", self._in_tenant(TENANT, "/ansehen"), "hinein", act=enter, at="/uebersicht"),
            State("support", "/anrufe", "Einsicht", picture="einsicht-anrufe"),
            State("support", "/einstellungen", "Einsicht"),
            State("owner", "/einstellungen", "während der Einsicht"),
            State("support", "/team", "hinaus", act=leave, at="/plattform(/mandanten.*)?"),
        ]

    def _errors(self):
        return [
            State("owner", f"/anrufe/{NOBODY}", "gibt es nicht", 403, picture="nicht-sichtbar"),
            State("viewer", "/api-schluessel", "falsche Rolle", 403),
            State("support", "/plattform/mandanten/neu", "falsche Rolle", 403),
            State("owner", "/plattform/mandanten", "kein Betrieb", 403),
            State("guest", "/gibt-es-nicht", "keine Adresse", 404),
            State("owner", "/gibt-es-nicht", "keine Adresse", 404),
            State("guest", "/sprache", "kein Formular", 405),
        ]

    def _open_parts(self):
        """What is closed until somebody opens it."""
        def account(window):
            window.page.locator("details.account summary").click()

        def sheet(selector):
            return lambda window: window.page.evaluate(
                "(selector) => document.querySelector(selector).showPopover()", selector)

        def row(window):
            window.page.locator("details.menu summary").first.click()

        return [
            State("owner", "/uebersicht", "Kontomenü offen", act=account),
            State("operator", "/plattform/mandanten", "Kontomenü offen", act=account),
            State("owner", "/team", "Zeilenmenü offen", act=row),
            State("owner", "/uebersicht", "Navigation offen", act=sheet("#navigation")),
            State("owner", "/anrufe", "Filter offen", act=sheet("#mehr-filter")),
        ]

    def _throttled(self):
        def again(window):
            for _ in range(12):
                window.page.fill("#email", "immer.dieselbe@autohaus-donau.example")
                window.page.fill("#passwort", "falsch")
                with window.expecting(422, 429), window.page.expect_navigation() as navigation:
                    window.page.locator("form[action='/anmelden'] button[type=submit]").click()
                    window.page.wait_for_load_state("load")
                if navigation.value.status == 429:
                    return
            raise AssertionError("twelve wrong passwords are not too many")

        return State("guest", "/anmelden", "zu viele Versuche", act=again)


def spoil(window):
    """Sends the page's form with every text emptied."""
    names = window.page.evaluate("""(form) => [...document.querySelector(form).elements].filter((one) =>
      one.name && ["text", "email", "tel", "number", "textarea", "search", "password"].includes(one.type)).map((one) => one.name)""",
                                 FORM)
    window.submit(FORM, {name: "" for name in names}, 422)
