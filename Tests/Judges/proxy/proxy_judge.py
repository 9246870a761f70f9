"""Upgrades on connections that were used before: on one socket of our own, and through nginx with keep-alive."""

import argparse
import base64
import os
import socket
import sys
import threading
import time


class Connection:
    """One HTTP/1.1 connection, read by hand so that nothing hides a reconnect."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.buffer = b""

    def head(self):
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError(f"closed inside a head: {self.buffer[:200]!r}")
            self.buffer += more
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        return int(lines[0].split()[1]), headers

    def body(self, headers):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while b"0\r\n\r\n" not in self.buffer:
                self.buffer += self.socket.recv(65536)
            self.buffer = self.buffer.split(b"0\r\n\r\n", 1)[1]
            return
        length = int(headers.get("content-length", "0"))
        while len(self.buffer) < length:
            self.buffer += self.socket.recv(65536)
        self.buffer = self.buffer[length:]

    def plain(self, path="/livez"):
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: voice.example.com\r\n\r\n".encode())
        status, headers = self.head()
        self.body(headers)
        return status, headers

    def upgrade(self, path="/media"):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET {path} HTTP/1.1\r\nHost: voice.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
            ).encode()
        )
        return self.head()

    def close(self):
        self.socket.close()


def wait_for(port):
    deadline = time.monotonic() + 20
    while True:
        try:
            Connection(port).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                sys.exit(f"nothing listens on {port}")
            time.sleep(0.1)


def expect(condition, text):
    if not condition:
        sys.exit(f"   {text}")


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--backend", type=int, required=True)
    ask.add_argument("--front", type=int, required=True)
    given = ask.parse_args()
    wait_for(given.backend)
    wait_for(given.front)

    # The second, third and twentieth request of one connection.
    for before in (1, 2, 19):
        connection = Connection(given.backend)
        for _ in range(before):
            _, headers = connection.plain()
            expect(headers.get("connection", "").lower() != "close", "a plain request closed its connection")
        status, headers = connection.upgrade()
        expect(status == 101, f"upgrade as request {before + 1} of a connection: {status}")
        expect("sec-websocket-extensions" not in headers, "permessage-deflate was accepted")
        connection.close()
    print("   an upgrade is served as the 2nd, 3rd and 20th request of a connection")

    # Through the proxy: many plain requests at once fill its pool of connections, then upgrades use them.
    def warm():
        connection = Connection(given.front)
        for _ in range(5):
            connection.plain()
        connection.close()

    for attempt in range(10):
        threads = [threading.Thread(target=warm) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        connection = Connection(given.front)
        status, headers = connection.upgrade()
        expect(status == 101, f"upgrade {attempt + 1} through nginx: {status}")
        connection.close()
    print("   ten upgrades through nginx, each after forty plain requests")

    # A path that is not the media socket's is refused with an answer, not with silence.
    connection = Connection(given.front)
    status, _ = connection.upgrade("/livez")
    expect(status != 101 and status < 500, f"upgrade on /livez through nginx: {status}")
    connection.close()


if __name__ == "__main__":
    main()
