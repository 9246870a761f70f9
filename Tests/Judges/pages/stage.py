"""A demo of the judge's own, driven by the commands people type."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
TENANT = "autohaus-donau"
FLOW = "telefon"
OWNER = "anna.muster@autohaus-donau.example"
OPERATOR = "betrieb@voiceagent.example"
SUPPORT = "hilfe@voiceagent.example"


def wait_until(condition, seconds, what, pause=0.2):
    """What `condition` answers as soon as it is something."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: nothing within {seconds} s")
        time.sleep(pause)


def text_of(catalog={}):
    """The texts of the pages: text_of()("de", "calls.title")."""
    if not catalog:
        for file in (ROOT / "Resources/locales").glob("*/*.json"):
            for key, text in json.loads(file.read_text()).items():
                catalog[file.parent.name, f"{file.stem}.{key}"] = text

    def text(language, key, **arguments):
        found = catalog[language, key]
        for name, value in arguments.items():
            found = found.replace("{" + name + "}", str(value))
        return found

    text.slices = sorted({key.split(".")[0] for _, key in catalog})
    text.keys = {key for _, key in catalog}
    return text


SLICES = "|".join(text_of().slices)
# A key instead of its text. The names of acts look alike, and stand in code or among the facts of the audit log.
KEY = re.compile(rf"(?<![\w@./-])(?:{SLICES})\.[a-z][a-z0-9_]*\b(?!\.)")


class Stage:
    def __init__(self, work):
        self.work = work
        self.name = f"judge-pages-{os.getpid()}"
        self.calls = []
        self._starting = None
        # Servers of its own, whatever the caller works with.
        given = {"DATABASE_URL", "DATABASE_PLATFORM_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in given}

    def _demo(self, *arguments, check=True):
        done = subprocess.run(
            [str(ROOT / "bin/demo"), arguments[0], "--name", self.name, *arguments[1:]], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"bin/demo {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done.stdout

    def start(self):
        """Until the pages are there. The demo's own call goes on meanwhile; `settled` waits for its end."""
        self._log = self.work / "demo.log"
        with self._log.open("w") as log:
            self._starting = subprocess.Popen(
                [str(ROOT / "bin/demo"), "--name", self.name], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT,
            )
        wait_until(lambda: self._starting.poll() is not None or " is ready" in self._log.read_text(), 900, "the demo")
        if self._starting.poll() is not None:
            self.settled()
        self.url = self._demo("url").strip()
        self.inbox = self._demo("url", "inbox").strip()
        self.world = self._demo("url", "world").strip()
        self.invitations = {owner: self.mail_link(owner) for owner in (OWNER, OPERATOR, SUPPORT)}

    def settled(self):
        """The demo has made its call."""
        if self._starting.wait(180) != 0:
            raise RuntimeError(f"bin/demo ended with {self._starting.returncode}:\n{self._log.read_text()[-4000:]}")

    def stop(self):
        for call in self.calls:
            call.break_off()
        if self._starting and self._starting.poll() is None:
            self._starting.terminate()
            self._starting.wait(60)
        self._demo("stop", check=False)

    def logs(self):
        folder = ROOT / ".run" / f"{self.name}-state"
        return {name: (folder / f"{name}.log").read_text() for name in ("serve", "work")}

    def command(self, *arguments):
        """A command of the operator, and what it printed."""
        return self._demo("voiceagent", *arguments)

    def routes(self):
        """Method, path and access of every address."""
        rows = [line.split() for line in self.command("routes").splitlines()[1:]]
        return [(row[0], row[1], row[2]) for row in rows if len(row) > 2]

    # --- the world outside -------------------------------------------------------------------------------------------

    def _world(self, path, body=None):
        request = urllib.request.Request(self.world + path, method="POST" if body else "GET")
        if body:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def register_number(self, number):
        """The carrier's account owns the number from now on."""
        self._world("/_control/numbers", {"phoneNumber": number})

    def mail_link(self, recipient, subject="", but=()):
        """The first link to us in the newest mail to them; waits for it."""
        def newest():
            for mail in self._world("/_inbox.json?to=" + recipient):
                keys = KEY.findall(mail["subject"] + "\n" + mail["text"])
                assert not keys, f"the mail “{mail['subject']}” has keys instead of texts: {keys}"
                links = [link for link in mail["links"] if link.startswith(self.url) and link not in but]
                if links and subject in mail["subject"]:
                    return links[0]
            return None
        return wait_until(newest, 120, f"a mail to {recipient}")

    def forget_world_mails(self):
        request = urllib.request.Request(self.world + "/_inbox.json", method="DELETE")
        urllib.request.urlopen(request, timeout=10).close()

    def dial(self, *options):
        """A call in the background; its log shows the books when it is over."""
        call = Call(self, len(self.calls), options)
        self.calls.append(call)
        return call

    def script(self, name, *steps):
        file = self.work / f"{name}.jsonl"
        file.write_text("".join(json.dumps(step, ensure_ascii=False) + "\n" for step in steps))
        return file


class Call:
    """Somebody at the sandbox's telephone."""

    def __init__(self, stage, number, options):
        self.log = stage.work / f"call-{number}.log"
        self._report = stage.work / f"call-{number}.json"
        with self.log.open("w") as log:
            # The shell and the telephone that it starts end together.
            self._process = subprocess.Popen(
                [str(ROOT / "bin/demo"), "dial", "--name", stage.name, "--report", str(self._report), *options],
                env=stage.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_on(self):
        return self._process.poll() is None

    def report(self, seconds=180):
        """What the telephone tells when the call is over."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the call is not over after {seconds} s: {self.said()}") from None
        assert self._report.exists(), f"the telephone tells nothing: {self.said()}"
        return json.loads(self._report.read_text())

    def went_well(self):
        """Waits for the end; everything went as its caller had in mind."""
        problems = self.report()["problems"]
        assert not problems and self._process.returncode == 0, f"{problems} {self.said()}"

    def said(self):
        """The end of its log, in one line."""
        return " | ".join(self.log.read_text().split("\n")[-30:])[-1500:]

    def break_off(self):
        if self.is_on():
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)


def route_pattern(path):
    """Matches the addresses of a route: `/anrufe/:id`."""
    parts = []
    for part in path.strip("/").split("/"):
        parts.append(".+" if part == "**" else "[^/]+" if part.startswith(":") else re.escape(part))
    return re.compile("^/" + "/".join(parts) + "$")


class RouteTable:
    """Which route an address belongs to, and which have been seen."""

    def __init__(self, rows):
        self.rows = rows
        # What is spelled out comes before what is not.
        self._gets = sorted(
            (path for method, path, _ in rows if method == "GET"),
            key=lambda path: (path.count("**"), path.count(":"), -len(path)),
        )
        self._patterns = [(path, route_pattern(path)) for path in self._gets]
        self.seen = set()

    def route(self, address):
        return next((path for path, pattern in self._patterns if pattern.match(address)), None)

    def see(self, address):
        route = self.route(address)
        if route:
            self.seen.add(route)

    def pages(self):
        """GET routes for browsers; the API, the carrier and the probes have judges of their own."""
        others = ("/api/", "/twilio/", "/livez", "/readyz", "/media")
        return [path for path in self._gets if not path.startswith(others)]

    def unseen(self):
        return [path for path in self.pages() if path not in self.seen]
