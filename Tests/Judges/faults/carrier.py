"""A carrier made by hand from Python's standard library: signed webhooks and a raw WebSocket that may misbehave."""

import base64
import hashlib
import hmac
import json
import os
import re
import socket
import struct
import time
import urllib.parse
import urllib.request
import uuid

from stage import ACCOUNT, AUTH_TOKEN, CALLER, NUMBER

TEXT, BINARY, CLOSE = 1, 2, 8
SILENCE = base64.b64encode(b"\xff" * 160).decode()


def sign(url, form=()):
    text = url + "".join(name + value for name, value in sorted(form))
    return base64.b64encode(hmac.new(AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


class RawCall:
    """A call that is rung properly; what its media stream does is up to the caller."""

    def __init__(self, node):
        self.node = node
        self.sid = "CA" + uuid.uuid4().hex
        self.stream = "MZ" + uuid.uuid4().hex
        twiml = self.post("/twilio/voice", status="ringing")
        self.token = re.search(r'<Parameter name="token" value="([^"]+)"', twiml)[1]
        self.media = re.search(r'<Stream url="([^"]+)"', twiml)[1]
        self.sequence = 0
        self.at = 0
        self._rest = b""
        self.socket = self._connect()

    def post(self, path, status, **more):
        form = [
            ("AccountSid", ACCOUNT), ("CallSid", self.sid), ("CallStatus", status), ("From", CALLER), ("To", NUMBER),
            ("Direction", "inbound"), *more.items(),
        ]
        url = self.node.base + path
        request = urllib.request.Request(
            url, urllib.parse.urlencode(form).encode(), {"X-Twilio-Signature": sign(url, form)}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode()

    def _connect(self):
        place = urllib.parse.urlparse(self.media)
        connection = socket.create_connection((place.hostname, place.port), timeout=15)
        key = base64.b64encode(os.urandom(16)).decode()
        head = [
            f"GET {place.path} HTTP/1.1", f"Host: {place.netloc}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"X-Twilio-Signature: {sign(self.media)}",
        ]
        connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                raise RuntimeError("no handshake")
            answer += piece
        status, self._rest = answer.split(b"\r\n\r\n", 1)
        if b" 101 " not in status:
            raise RuntimeError(status.decode(errors="replace"))
        return connection

    # What a stream says.

    def frame(self, payload, opcode=TEXT, fin=True):
        if isinstance(payload, str):
            payload = payload.encode()
        size = len(payload)
        head = bytes([(0x80 if fin else 0) | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        mask = os.urandom(4)
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")) if size else 0
        self.socket.sendall(head + mask + masked.to_bytes(size, "big"))

    def say(self, event, **more):
        self.sequence += 1
        self.frame(json.dumps({"event": event, "sequenceNumber": str(self.sequence), "streamSid": self.stream, **more}))

    def connected(self):
        self.frame(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))

    def start(self):
        self.say("start", start={
            "accountSid": ACCOUNT, "streamSid": self.stream, "callSid": self.sid, "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": self.token},
        })

    def sound(self, seconds):
        """Silence in real time."""
        for _ in range(int(seconds * 50)):
            self.say("media", media={
                "track": "inbound", "chunk": str(self.at // 20 + 1), "timestamp": str(self.at), "payload": SILENCE,
            })
            self.at += 20
            time.sleep(0.02)

    # What comes back.

    def _read(self, size):
        while len(self._rest) < size:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError
            self._rest += piece
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def receive(self):
        """(opcode, payload) of one frame; the server's are short of 64 KiB and never masked."""
        head = self._read(2)
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack(">H", self._read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._read(8))[0]
        return head[0] & 0x0F, self._read(size)

    def close_code(self, seconds=15):
        """Reads to the end; the close code, or 0 if the connection just ended."""
        self.socket.settimeout(seconds)
        try:
            while True:
                opcode, payload = self.receive()
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        except (EOFError, ConnectionError):
            return 0

    def hears_sound(self, seconds=10):
        """Whether the agent is to be heard."""
        self.socket.settimeout(seconds)
        while True:
            opcode, payload = self.receive()
            if opcode == TEXT and json.loads(payload)["event"] == "media":
                return True
            if opcode == CLOSE:
                return False

    def hang_up(self):
        self.socket.close()
        self.post("/twilio/call/status", status="completed", CallDuration="1", SequenceNumber="0")
