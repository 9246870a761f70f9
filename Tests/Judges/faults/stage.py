"""The stage of the fault judge: private servers, a sandbox, processes of voiceagent, telephones, and the books."""

import json
import os
import pathlib
import re
import select
import shlex
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
VOICEAGENT = os.environ["VOICEAGENT"]
SANDBOX = os.environ["SANDBOX"]
ACCOUNT = "AC00000000000000000000000000000000"
AUTH_TOKEN = "auth-token-of-the-judge-0123456789"
NUMBER = "+43732900100"
CALLER = "+436641234567"
OVERFLOW = "+43732900300"
TENANT = "autohaus-donau"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_until(condition, seconds, what, pause=0.1):
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)


def http_status(url, timeout=2):
    """The status of a GET, or 0 if there was no answer."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Servers:
    """PostgreSQL and Redis, private to this judge."""

    def __init__(self):
        self.name = f"faults-{os.getpid()}"
        self.environment = self._start()
        self.folder = re.search(r"host=(.*)$", self.environment["DATABASE_URL"])[1]

    def _run(self, verb, *rest):
        command = [str(ROOT / "bin/private-servers"), verb, "--name", self.name, *rest]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def _start(self):
        lines = self._run("start").splitlines()
        pairs = (shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export "))
        return dict(pairs)

    def restart_postgres(self):
        self._run("restart", "postgres")

    def stop_postgres(self):
        """A fast shutdown: sessions are cut off, as at an administrator's hands."""
        pid = int((pathlib.Path(self.folder) / "data/postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        wait_until(lambda: not (pathlib.Path(self.folder) / "data/postmaster.pid").exists(), 20, "PostgreSQL's end")

    def kill_redis(self):
        os.kill(int((pathlib.Path(self.folder) / "redis.pid").read_text()), signal.SIGKILL)

    def start_again(self):
        self._start()

    def redis(self, *command):
        subprocess.run(["redis-cli", "-s", f"{self.folder}/redis.sock", *command], check=True, stdout=subprocess.PIPE)

    def sql(self, query):
        """Rows as lists of strings, seen by the superuser."""
        command = ["psql", "-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "postgres"]
        done = subprocess.run(
            [*command, "-d", "voiceagent", "-c", query], check=True, stdout=subprocess.PIPE, text=True
        )
        return [line.split("\t") for line in done.stdout.splitlines() if line]

    def stop(self):
        self._run("stop")


class Process:
    """A program of ours, with its log."""

    def __init__(self, name, command, environment, folder):
        self.name = name
        self.log = folder / f"{name}.log"
        self._output = open(self.log, "wb")
        self.child = subprocess.Popen(
            command, env=environment, stdout=self._output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )

    def signal(self, which):
        self.child.send_signal(which)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait()

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def end(self):
        if self.child.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        self._output.close()


class Node(Process):
    """One `voiceagent serve`, with an address of its own."""

    def __init__(self, name, stage):
        self.port, metrics = free_ports(2)
        self.base = f"http://127.0.0.1:{self.port}"
        self.metrics = f"http://127.0.0.1:{metrics}/metrics"
        environment = stage.settings | {
            "PORT": str(self.port), "METRICS_PORT": str(metrics), "PUBLIC_BASE_URL": self.base, "NODE_NAME": name,
        }
        super().__init__(name, [VOICEAGENT, "serve"], environment, stage.folder)

    def wait_ready(self):
        def ready():
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.name} ended:\n{self.tail()}")
            return http_status(self.base + "/readyz") == 200

        wait_until(ready, 30, f"{self.name} is ready")

    def figure(self, name):
        with urllib.request.urlopen(self.metrics, timeout=5) as page:
            lines = page.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.match(rf"{name}[ {{]", line))


class Call:
    """One `sandbox dial`, watched while it goes on."""

    def __init__(self, stage, name, steps, url, fallback=None, status=None, options=()):
        self.stage = stage
        self.name = name
        self.lines = []
        self._changed = threading.Condition()
        script = stage.folder / f"{name}.jsonl"
        script.write_text("".join(json.dumps(step, ensure_ascii=False) + "\n" for step in steps))
        self.file = stage.folder / f"{name}.json"
        command = [
            SANDBOX, "dial", "--from", CALLER, "--to", NUMBER, "--url", url.base + "/twilio/voice",
            "--account-sid", ACCOUNT, "--auth-token", AUTH_TOKEN, "--world", stage.world,
            "--script", str(script), "--report", str(self.file), "--talk-seconds", "6",
        ]
        if fallback:
            command += ["--fallback-url", fallback.base + "/twilio/voice/fallback"]
        if status:
            command += ["--status-callback", status.base + "/twilio/call/status"]
        self.child = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )
        stage.children.append(self.child)
        stage.calls.setdefault(name, []).append(self)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stdout:
            with self._changed:
                self.lines.append((time.time(), line.rstrip("\n")))
                self._changed.notify_all()
        with self._changed:
            self.lines.append((time.time(), None))
            self._changed.notify_all()

    def wait_for(self, pattern, seconds=45):
        """The moment at which a line of the transcript appeared."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                for at, line in self.lines:
                    if line is not None and re.search(pattern, line):
                        return at
                left = deadline - time.monotonic()
                if left <= 0 or (self.lines and self.lines[-1][1] is None):
                    raise TimeoutError(f"{self.name}: nobody said “{pattern}”\n{self.transcript}")
                self._changed.wait(left)

    @property
    def transcript(self):
        return "\n".join(line for _, line in self.lines if line is not None)

    def end(self, seconds=150):
        """The report, once the call is over."""
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise TimeoutError(f"{self.name} did not end\n{self.transcript}") from None
        self._reader.join(5)
        if not self.file.exists():
            raise RuntimeError(f"{self.name} left no report\n{self.transcript}")
        return Report(self.stage, json.loads(self.file.read_text()), self.transcript)


AUDIBLE = {"agent", "announcement", "person", "caller", "whisper"}


class Report:
    """What a telephone heard, and what the books say of it."""

    def __init__(self, stage, told, transcript):
        self.stage = stage
        self.told = told
        self.transcript = transcript
        self.sid = told["callSid"]

    def __getattr__(self, name):
        return self.told[name]

    @property
    def heard(self):
        """Everything the caller heard."""
        return "\n".join(line["text"] for line in self.lines if line["speaker"] in {"agent", "announcement", "person"})

    @property
    def audio(self):
        """Seconds of sound of each media stream, by the telephone's clock."""
        return [stream["audioMs"] / 1000 for stream in self.streams]

    @property
    def forwarded(self):
        return sum(dial["durationSeconds"] for dial in self.dials if dial["bridged"])

    @property
    def bridged(self):
        return any(dial["bridged"] for dial in self.dials)

    @property
    def kinds(self):
        return [request["kind"] for request in self.requests]

    def silence(self):
        """The longest time, in seconds, in which nobody was to be heard."""
        spans = sorted((line["startMs"], line["endMs"]) for line in self.lines if line["speaker"] in AUDIBLE)
        longest, until = 0, 0
        for start, end in spans:
            longest, until = max(longest, start - until), max(until, end)
        return longest / 1000

    def booked(self, kind):
        rows = self.stage.servers.sql(
            f"SELECT milliseconds FROM usage_segment s JOIN call c ON c.id = s.call_id AND c.tenant_id = s.tenant_id"
            f" WHERE c.call_sid = '{self.sid}' AND s.kind = '{kind}' ORDER BY s.ordinal, lower(period)"
        )
        return [int(row[0]) / 1000 for row in rows]

    def state(self):
        """State, outcome and number of open legs."""
        rows = self.stage.servers.sql(
            f"SELECT c.state, COALESCE(c.outcome, '-'), (SELECT count(*) FROM call_leg l WHERE l.call_id = c.id AND"
            f" l.tenant_id = c.tenant_id AND l.ended_at IS NULL) FROM call c WHERE c.call_sid = '{self.sid}'"
        )
        return (rows[0][0], rows[0][1], int(rows[0][2])) if rows else ("unknown", "-", 0)

    def settled(self, seconds=35):
        """Waits until the call has ended in the books and no leg is open."""
        def is_settled():
            state, _, legs = self.state()
            return state == "ended" and legs == 0

        wait_until(is_settled, seconds, f"the books of {self.sid} are closed, now {self.state()}", pause=0.3)
        return self.state()


class Stage:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.children = []
        # By the name they were given, for the messages of a judge who disagrees.
        self.calls = {}
        self.processes = []
        self.servers = Servers()
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise

    def _set_up(self):
        http, grpc, smtp = free_ports(3)
        self.world = f"http://127.0.0.1:{http}"
        google = self.folder / "google.json"
        keys = self.folder / "keys"
        keys.touch(mode=0o600)
        keys.write_text("1:" + subprocess.check_output(["openssl", "rand", "-base64", "32"], text=True))
        tenant_keys = self.folder / "tenant-keys"
        tenant_keys.mkdir(mode=0o700)
        base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LANG"}}
        self.settings = base | self.servers.environment | {
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "TWILIO_API_BASE": self.world,
            "GOOGLE_CREDENTIALS": str(google), "GOOGLE_LOCATION": "eu",
            "GOOGLE_SPEECH_ENDPOINT": f"http://127.0.0.1:{grpc}", "GOOGLE_TTS_ENDPOINT": f"http://127.0.0.1:{grpc}",
            "LLM_BASE_URL": self.world + "/v1", "LLM_API_KEY": "model-key-of-the-judge", "LLM_MODEL": "sandbox",
            "STRIPE_SECRET_KEY": "sk_test_judge000000000000000000", "STRIPE_API_BASE": self.world,
            "STRIPE_PUBLISHABLE_KEY": "pk_test_judge000000000000000000", "SECRETS_KEY_FILE": str(keys),
            "TENANT_KEYS_DIR": str(tenant_keys),
            "MAIL_URL": f"smtp://127.0.0.1:{smtp}", "MAIL_TLS": "none", "MAIL_FROM": "post@voiceagent.example",
            "RESOURCES_DIR": str(ROOT / "Resources"), "MIGRATIONS_DIR": str(ROOT / "Migrations"),
            "PUBLIC_BASE_URL": "http://127.0.0.1:1", "LOG_LEVEL": "info",
        }
        self.keep(Process("sandbox", [
            SANDBOX, "serve", "--port", str(http), "--grpc-port", str(grpc), "--smtp-port", str(smtp),
            "--smtps-port", "0", "--account-sid", ACCOUNT, "--auth-token", AUTH_TOKEN,
            "--model-key", self.settings["LLM_API_KEY"], "--number", NUMBER,
            "--write-credentials", str(google),
        ], dict(os.environ), self.folder))
        wait_until(lambda: http_status(self.world + "/_control") == 200, 30, "the sandbox")
        flow = str(ROOT / "Resources/flows/autohaus.json")
        self.command("migrate")
        self.command("tenant", "create", TENANT, "--name", "Autohaus Donau", "--overflow", OVERFLOW,
                     "--concurrent-calls", "200")
        self.command("flow", "import", "--tenant", TENANT, "--flow", "telefon", flow)
        self.command("flow", "stage", "--tenant", TENANT, "--flow", "telefon")
        self.command("flow", "publish", "--tenant", TENANT, "--flow", "telefon")
        self.command("number", "assign", "--tenant", TENANT, "--flow", "telefon", NUMBER)

    def command(self, *arguments):
        done = subprocess.run(
            [VOICEAGENT, *arguments], env=self.settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"voiceagent {' '.join(arguments)}: {done.stdout}")

    def keep(self, process):
        self.processes.append(process)
        return process

    def nodes(self, *names):
        nodes = [self.keep(Node(name, self)) for name in names]
        for node in nodes:
            node.wait_ready()
        return nodes

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
        for process in reversed(self.processes):
            process.end()
        self.servers.stop()


class Proxy:
    """Passes connections on to a node, until it is told to tear the media stream."""

    def __init__(self, node):
        self.node = node
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._streams = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.node.port))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target, near, far), daemon=True).start()

    def _pass(self, source, target, near, far):
        try:
            while True:
                # Nobody may sit in recv when the connection is torn: it would be held open until then.
                if not select.select([source], [], [], 0.05)[0]:
                    continue
                if not (data := source.recv(65536)):
                    break
                if source is near and data.startswith(b"GET /media "):
                    self._streams.append((near, far))
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            pass  # Torn, as it was meant to be.

    def reset(self):
        """Both ends get a RST."""
        for pair in self._streams:
            for one in pair:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            for one in pair:
                os.close(one.detach())
        self._streams = []

    def close(self):
        self._listener.close()


def complain(text):
    print(text, file=sys.stderr, flush=True)
