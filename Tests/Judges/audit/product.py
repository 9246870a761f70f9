"""The program under judgement: its servers, its commands, and a Python that appends to its chain."""

import base64
import hashlib
import json
import os
import pathlib
import re
import secrets
import shlex
import subprocess

from seals import TenantSeals

ROOT = pathlib.Path(__file__).resolve().parents[3]
VOICEAGENT = os.environ["VOICEAGENT"]


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Product:
    def __init__(self, work):
        self.work = work
        self.name = f"audit-{os.getpid()}"
        lines = self._servers("start").splitlines()
        exports = dict(shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export "))
        self.socket = re.search(r"host=(.*)$", exports["DATABASE_URL"])[1]
        self.anchors = work / "anchors"
        self.anchors.mkdir()
        keys = work / "keys"
        keys.touch(mode=0o600)
        keys.write_text("1:" + subprocess.check_output(["openssl", "rand", "-base64", "32"], text=True))
        tenant_keys = work / "tenant-keys"
        tenant_keys.mkdir(mode=0o700)
        self.seals = TenantSeals(keys, tenant_keys)
        base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
        self.environment = base | exports | {
            "SECRETS_KEY_FILE": str(keys), "TENANT_KEYS_DIR": str(tenant_keys),
            "AUDIT_ANCHOR_DIR": str(self.anchors), "LANG": "de_AT.UTF-8",
            "RESOURCES_DIR": str(ROOT / "Resources"), "MIGRATIONS_DIR": str(ROOT / "Migrations"),
        }

    def _servers(self, verb):
        command = [str(ROOT / "bin/private-servers"), verb, "--name", self.name]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def close(self):
        self._servers("stop")

    def run(self, *arguments):
        """The exit code and everything that was printed."""
        done = subprocess.run(
            [VOICEAGENT, *map(str, arguments)], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        return done.returncode, done.stdout

    def must(self, *arguments):
        code, output = self.run(*arguments)
        if code != 0:
            raise RuntimeError(f"voiceagent {' '.join(map(str, arguments))} ended with {code}: {output}")
        return output

    def sql(self, script):
        """Runs statements as the superuser, as one transaction. Rows as lists of texts."""
        command = ["psql", "-X", "-q", "-A", "-t", "-1", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.socket,
                   "-U", "postgres", "-d", "voiceagent"]
        done = subprocess.run(command, input=script, check=True, stdout=subprocess.PIPE, text=True)
        return [line.split("\t") for line in done.stdout.splitlines() if line]

    def append(self, tenant, count):
        """Appends entries to a tenant's chain by hand: hashed here, from what the documentation says."""
        seq, last = self.sql(f"SELECT seq, encode(hash, 'hex') FROM audit_head WHERE tenant_id = '{tenant}'")[0]
        seq, last = int(seq), last
        script = []
        for number in range(count):
            seq += 1
            entry = {
                "chain": tenant, "seq": seq, "at": f"2026-08-02T10:{number % 60:02}:00.{number:06}Z",
                "actor": {"kind": "person", "name": f"p{number % 3}", "address_prefix": "192.0.2.0/24"},
                "action": "flow.published", "object_kind": "flow_version", "object_id": f"v{number}",
                "before": None if number % 2 else {"state": "staged"},
                "after": {"state": "live", "text": "ä\n\"\\\u0001/€", "list": [1, None, True]},
                "reason": None if number % 3 else f"Grund {number}", "request_id": f"r{number}",
            }
            detail = None
            if number % 4:
                salt, body = secrets.token_bytes(32), canonical({"name": f"Änne {number}", "mail": "a@example.at"})
                entry["personal_hash"] = hashlib.sha256(salt + body.encode()).hexdigest()
                text = base64.b64encode(salt).decode() + body
                detail = self.seals.seal(tenant, "audit_detail.body", str(seq), text)
            value = hashlib.sha256(bytes.fromhex(last) + canonical(entry).encode()).hexdigest()
            script.append(self._insert(tenant, entry, last, value))
            if detail:
                script.append(
                    "INSERT INTO audit_detail (tenant_id, seq, body) VALUES"
                    f" ('{tenant}', {seq}, '\\x{detail.hex()}');"
                )
            last = value
        script.append(f"UPDATE audit_head SET seq = {seq}, hash = '\\x{last}' WHERE tenant_id = '{tenant}';")
        self.sql("\n".join(script))
        return seq

    @staticmethod
    def _insert(tenant, entry, previous, value):
        documents = ", ".join(
            "NULL" if entry[name] is None else quoted(canonical(entry[name])) for name in ("before", "after")
        )
        texts = ", ".join("NULL" if entry[name] is None else quoted(entry[name]) for name in ("reason", "request_id"))
        personal = f"'\\x{entry['personal_hash']}'" if "personal_hash" in entry else "NULL"
        return (
            "INSERT INTO audit_entry (tenant_id, seq, at, actor, action, object_kind, object_id, before, after, reason,"
            " request_id, previous_hash, hash, personal_hash) VALUES"
            f" ('{tenant}', {entry['seq']}, '{entry['at']}', {quoted(canonical(entry['actor']))},"
            f" '{entry['action']}', '{entry['object_kind']}', '{entry['object_id']}', {documents}, {texts},"
            f" '\\x{previous}', '\\x{value}', {personal});"
        )


def quoted(text):
    return "'" + text.replace("'", "''") + "'"
