"""The programs and servers that the mail judge uses."""

import json
import os
import ssl
import subprocess
import urllib.request

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "post@firma", "geheim äöü"


class Keeper:
    """Takes every mail, or refuses as it is told."""

    def __init__(self):
        self.mails, self.recipients = [], []
        self.rcpt = self.data = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data
        self.mails.append(envelope.content)
        self.recipients.append((envelope.mail_from, envelope.rcpt_tos, session.host_name, session.ssl is not None))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    # Not handled: the server itself words the refusal.
    return AuthResult(success=isinstance(data, LoginPassword) and data == right, handled=False)


class ImplicitTLS(Controller):
    """A controller whose own check that it listens speaks TLS as well."""

    def _trigger_server(self):
        import socket

        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), 5) as plain, context.wrap_socket(plain) as line:
            line.recv(1024)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def serve(certificate):
    """Starts servers: `serve(kind, auth)` with kind clear, starttls or implicit; answers keeper and port."""
    controllers = []

    def start(kind="clear", auth=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        keeper = Keeper()
        options = {"hostname": "127.0.0.1", "port": free_port(), "enable_SMTPUTF8": True}
        if auth:
            options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": kind == "starttls"}
        if kind == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        if kind == "implicit":
            controller = ImplicitTLS(keeper, ssl_context=context, **options)
        else:
            controller = Controller(keeper, **options)
        controller.start()
        controllers.append(controller)
        return keeper, controller.port

    yield start
    for controller in controllers:
        controller.stop()


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def send():
    """Sends through `voiceagent mail send` and answers its outcomes."""

    def run(*orders):
        lines = "".join(json.dumps(order) + "\n" for order in orders)
        done = subprocess.run(
            [os.environ["VOICEAGENT"], "mail", "send"], input=lines, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


class World:
    def __init__(self, http, smtp):
        self.http, self.smtp = http, smtp

    def inbox(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/_inbox.json", timeout=10) as answer:
            return json.load(answer)

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=10):
            pass


@pytest.fixture
def world(request, tmp_path):
    """A sandbox of the test's own; `world` may be parametrised with further arguments."""
    http, smtp = free_port(), free_port()
    program = subprocess.Popen(
        [os.environ["SANDBOX"], "serve", "--port", str(http), "--grpc-port", "0", "--smtp-port", str(smtp),
         "--smtps-port", "0", *getattr(request, "param", [])],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    try:
        for line in program.stdout:
            if line.startswith("MAIL_URL="):
                break
        yield World(http, smtp)
    finally:
        program.terminate()
        program.wait(10)
        program.stdout.close()
