#!/usr/bin/env python3
"""Checks an audit log exported by VoiceAgent (JSON Lines), offline and without VoiceAgent.

    python3 verify.py LOG.jsonl [--anchor FILE_OR_FOLDER]... [--key PUBLIC_KEY]... [--before TIME] [--language de|en]

Needs Python 3.9 or newer and nothing else. What it does:

- Each entry's hash is SHA-256 over the hash of the entry before it (32 zero bytes at first) and the entry's exact text.
  Entries are numbered from 1 without gaps and name their chain.
- Names, addresses and the like stand beside the entry with a random salt; the entry holds SHA-256 over salt and text.
  They can be erased; the log stays valid, and the number of erased details is printed.
- The head says how many entries there are and what the last hash is.
- An anchor is a head that was signed and kept elsewhere. Only anchors show that a log was cut together with its head,
  or written anew as a whole. --key checks their signatures (Ed25519); the public key comes from the operator.

It ends with
    0   intact
    10  chain mismatch    entries were changed, removed, inserted or moved
    11  log longer        the log has entries that its head does not know
    12  head longer       the head knows entries that the log does not have: its end was cut off
    13  anchor mismatch   the log is another one than that of which the anchor was taken, or the anchor is no true one
    64  wrong use
    66  a file cannot be read, or is no export
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys

INTACT, CHAIN, LONGER, SHORTER, ANCHOR, USAGE, UNREADABLE = 0, 10, 11, 12, 13, 64, 66
ZERO = "00" * 32

TEXTS = {
    "de": {
        INTACT: "Unverändert: {count} Einträge, letzter Hash {hash}.",
        CHAIN: "Kette gebrochen: Einträge wurden geändert, entfernt, eingefügt oder verschoben.",
        LONGER: "Protokoll länger als sein Kopf: Es gibt Einträge, von denen der Kopf nichts weiß.",
        SHORTER: "Kopf länger als das Protokoll: Das Ende wurde abgeschnitten.",
        ANCHOR: "Anker passt nicht: Das Protokoll wurde gekürzt oder neu geschrieben, oder der Anker ist nicht echt.",
        UNREADABLE: "Die Datei ist kein Export oder kann nicht gelesen werden.",
        "place": "Zeile {line}: {reason}",
        "erased": "Gelöschte Personenangaben: {count}.",
        "anchors": "Geprüfte Anker: {count}, der neueste bei Eintrag {seq} von {time}.",
        "signed": "Die Unterschriften der Anker stimmen.",
        "unsigned": "Die Unterschriften der Anker wurden nicht geprüft (--key fehlt).",
        "not_json": "kein JSON-Objekt",
        "no_true_anchor": "kein Anker",
        "other_key": "der Anker von {time} ist mit einem anderen Schlüssel unterschrieben",
        "signature": "die Unterschrift des Ankers von {time} ist falsch",
        "other_than_anchor": "Eintrag {seq} ist ein anderer, als der Anker kennt",
        "no_export": "kein Export eines Protokolls",
        "no_chain": "der Kopf nennt keine Kette",
        "anchor_of_other_chain": "der Anker in der ersten Zeile gehört zu einer anderen Kette",
        "head_unreadable": "der Kopf ist nicht lesbar",
        "after_end": "nach dem Ende kommen noch Zeilen",
        "entry_no_text": "der Eintrag ist kein Text",
        "gap": "hier fehlt Eintrag {seq}",
        "other_chain": "Eintrag {seq} gehört zu einer anderen Kette",
        "link": "Eintrag {seq} setzt den vorigen nicht fort",
        "content": "Eintrag {seq} ist nicht, was aufgezeichnet wurde",
        "detail_missing": "die Personenangaben zu Eintrag {seq} fehlen, oder er hatte keine",
        "detail_unreadable": "die Personenangaben zu Eintrag {seq} sind nicht lesbar",
        "detail": "die Personenangaben zu Eintrag {seq} sind nicht, was aufgezeichnet wurde",
        "no_end": "das Ende fehlt",
        "count": "{count} Einträge, der Kopf kennt {head}",
        "head_hash": "der Kopf hat einen anderen Hash als der letzte Eintrag",
        "end_count": "die letzte Zeile zählt andere Einträge",
        "cut": "das Protokoll endet mit Eintrag {count}, ein Anker kennt Eintrag {seq}",
        "digest": "an der Datei wurde etwas geändert",
        "no_unicode": "der Text ist kein Unicode",
        "empty": "die Datei ist leer",
        "no_anchor": "Ohne Anker geprüft: Ob das Protokoll gekürzt oder ganz neu geschrieben wurde, zeigt erst ein Anker.",
    },
    "en": {
        INTACT: "Intact: {count} entries, last hash {hash}.",
        CHAIN: "Chain mismatch: entries were changed, removed, inserted or moved.",
        LONGER: "Log longer than its head: there are entries that the head does not know.",
        SHORTER: "Head longer than the log: its end was cut off.",
        ANCHOR: "Anchor mismatch: the log was cut or written anew, or the anchor is no true one.",
        UNREADABLE: "The file is no export or cannot be read.",
        "place": "Line {line}: {reason}",
        "erased": "Erased personal details: {count}.",
        "anchors": "Anchors checked: {count}, the newest at entry {seq} of {time}.",
        "signed": "The anchors' signatures are right.",
        "unsigned": "The anchors' signatures were not checked (no --key).",
        "not_json": "not a JSON object",
        "no_true_anchor": "not an anchor",
        "other_key": "the anchor of {time} was signed with another key",
        "signature": "the signature of the anchor of {time} is wrong",
        "other_than_anchor": "entry {seq} is another one than the anchor knows",
        "no_export": "not an export of an audit log",
        "no_chain": "the header names no chain",
        "anchor_of_other_chain": "the anchor in the header is of another chain",
        "head_unreadable": "the head cannot be read",
        "after_end": "there are lines after the end",
        "entry_no_text": "the entry is no text",
        "gap": "entry {seq} is missing here",
        "other_chain": "entry {seq} is of another chain",
        "link": "entry {seq} does not continue the one before it",
        "content": "entry {seq} is not what was recorded",
        "detail_missing": "the personal details of entry {seq} are missing, or it had none",
        "detail_unreadable": "the personal details of entry {seq} cannot be read",
        "detail": "the personal details of entry {seq} are not what was recorded",
        "no_end": "the end is missing",
        "count": "{count} entries, the head knows {head}",
        "head_hash": "the head has another hash than the last entry",
        "end_count": "the last line counts other entries",
        "cut": "the log ends with entry {count}, an anchor knows entry {seq}",
        "digest": "something in the file was changed",
        "no_unicode": "the text is no Unicode",
        "empty": "the file is empty",
        "no_anchor": "Checked without an anchor: only an anchor shows whether the log was cut or written anew as a whole.",
    },
}


class Fault(Exception):
    """The first thing that is wrong: a verdict, the line, and what exactly, as a key of TEXTS with its values."""

    def __init__(self, verdict, line, reason, **values):
        super().__init__(reason)
        self.verdict, self.line, self.reason, self.values = verdict, line, reason, values


def canonical(value):
    """Members sorted, no white space, only the escapes JSON demands."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def is_hex(text, size):
    return isinstance(text, str) and len(text) == 2 * size and set(text) <= set("0123456789abcdef")


def is_number(value):
    return type(value) is int


def no_repeats(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def parse(text, verdict, line):
    """The JSON object in a line."""
    try:
        value = json.loads(text, object_pairs_hook=no_repeats)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Fault(verdict, line, "not_json")
    return value


# Ed25519 after RFC 8032, for checking only. A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
SQRT_M1 = pow(2, (PRIME - 1) // 4, PRIME)


def point_add(left, right):
    a = (left[1] - left[0]) * (right[1] - right[0]) % PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % PRIME
    c = 2 * left[3] * right[3] * CURVE_D % PRIME
    d = 2 * left[2] * right[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def point_times(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        factor >>= 1
    return result


def point_of(data):
    """The point that 32 bytes name, None if they name none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * SQRT_M1 % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


BASE = point_of((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(message, signature, key):
    public, commitment = point_of(key), point_of(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or response >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left = point_times(response, BASE)
    right = point_add(commitment, point_times(challenge, public))
    return all((left[axis] * right[2] - right[axis] * left[2]) % PRIME == 0 for axis in (0, 1))


class Anchors:
    """Heads that were kept elsewhere, of one chain."""

    def __init__(self, keys):
        self.keys = keys
        self.heads = {}
        self.count = 0
        self.newest = None

    def add(self, anchor, line):
        shape = {
            "version": lambda value: value == 1 and is_number(value), "chain": lambda value: isinstance(value, str),
            "seq": lambda value: is_number(value) and value >= 0, "hash": lambda value: is_hex(value, 32),
            "time": lambda value: isinstance(value, str), "previous": lambda value: is_hex(value, 32),
            "key": lambda value: is_hex(value, 32), "signature": lambda value: is_hex(value, 64),
        }
        if set(anchor) != set(shape) or not all(shape[name](value) for name, value in anchor.items()):
            raise Fault(ANCHOR, line, "no_true_anchor")
        if self.keys:
            signed = canonical({name: value for name, value in anchor.items() if name != "signature"})
            if anchor["key"] not in self.keys:
                raise Fault(ANCHOR, line, "other_key", time=anchor["time"])
            if not is_signed(signed.encode(), bytes.fromhex(anchor["signature"]), bytes.fromhex(anchor["key"])):
                raise Fault(ANCHOR, line, "signature", time=anchor["time"])
        self.count += 1
        if self.newest is None or anchor["time"] >= self.newest["time"]:
            self.newest = anchor
        if (anchor["seq"], anchor["hash"]) != (0, ZERO):
            self.heads.setdefault(anchor["seq"], set()).add(anchor["hash"])

    def pass_by(self, seq, value, line):
        hashes = self.heads.pop(seq, None)
        if hashes is not None and hashes != {value}:
            raise Fault(ANCHOR, line, "other_than_anchor", seq=seq)


def anchor_lines(paths):
    """Each anchor of the files, with its line; a folder stands for all files below it."""
    for path in paths:
        files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        for file in files:
            lines = file.read_text(encoding="utf-8").split("\n")
            # What follows the last end of line was not finished when it was written.
            for number, line in enumerate(lines[:-1], 1):
                yield parse(line, ANCHOR, number)


class Log:
    def __init__(self, anchors, kept):
        self.anchors = anchors
        self.kept = kept
        self.chain = None
        self.heads = []
        self.seq, self.hash = 0, ZERO
        self.erased = 0
        self.digest = hashlib.sha256()
        self.trailer = None

    def read_header(self, raw):
        header = parse(raw, UNREADABLE, 1)
        if header.get("format") != "voiceagent-audit" or header.get("version") != 1:
            raise Fault(UNREADABLE, 1, "no_export")
        self.chain = header.get("chain")
        if not isinstance(self.chain, str):
            raise Fault(UNREADABLE, 1, "no_chain")
        self.heads.append(self.head_of(header, 1))
        embedded = header.get("anchor")
        if embedded is not None:
            if not isinstance(embedded, dict) or embedded.get("chain") != self.chain:
                raise Fault(ANCHOR, 1, "anchor_of_other_chain")
            self.anchors.add(embedded, 1)
        for anchor in self.kept:
            if anchor.get("chain") == self.chain:
                self.anchors.add(anchor, 1)
        self.digest.update(raw + b"\n")

    def head_of(self, members, line):
        head = members.get("head")
        if not isinstance(head, dict) or not is_number(head.get("seq")) or not is_hex(head.get("hash"), 32):
            raise Fault(CHAIN, line, "head_unreadable")
        return head

    def read(self, raw, line):
        if self.trailer is not None:
            raise Fault(LONGER, line, "after_end")
        members = parse(raw, CHAIN, line)
        if "entry" in members:
            self.digest.update(raw + b"\n")
            self.read_entry(members, line)
        else:
            self.trailer = members
            self.heads.append(self.head_of(members, line))

    def read_entry(self, members, line):
        text = members["entry"]
        if not isinstance(text, str):
            raise Fault(CHAIN, line, "entry_no_text")
        entry = parse(text, CHAIN, line)
        seq = entry.get("seq")
        if not is_number(seq) or seq != self.seq + 1:
            raise Fault(CHAIN, line, "gap", seq=self.seq + 1)
        if entry.get("chain") != self.chain:
            raise Fault(CHAIN, line, "other_chain", seq=seq)
        if members.get("previous_hash") != self.hash:
            raise Fault(CHAIN, line, "link", seq=seq)
        if members.get("hash") != sha256(bytes.fromhex(self.hash), encoded(text, line)):
            raise Fault(CHAIN, line, "content", seq=seq)
        self.read_personal(members.get("personal"), entry.get("personal_hash"), seq, line)
        self.seq, self.hash = seq, members["hash"]
        self.anchors.pass_by(seq, self.hash, line)

    def read_personal(self, personal, expected, seq, line):
        if personal is None and expected is None:
            return
        if not isinstance(personal, dict) or expected is None:
            raise Fault(CHAIN, line, "detail_missing", seq=seq)
        if personal == {"erased": True}:
            self.erased += 1
            return
        salt, body = personal.get("salt"), personal.get("body")
        if set(personal) != {"salt", "body"} or not is_hex(salt, 32) or not isinstance(body, str):
            raise Fault(CHAIN, line, "detail_unreadable", seq=seq)
        if sha256(bytes.fromhex(salt), encoded(body, line)) != expected:
            raise Fault(CHAIN, line, "detail", seq=seq)

    def finish(self, line):
        if self.trailer is None:
            raise Fault(SHORTER, line, "no_end")
        for head in self.heads:
            if self.seq > head["seq"]:
                raise Fault(LONGER, line, "count", count=self.seq, head=head["seq"])
            if self.seq < head["seq"]:
                raise Fault(SHORTER, line, "count", count=self.seq, head=head["seq"])
            if self.hash != head["hash"]:
                raise Fault(CHAIN, line, "head_hash")
        if not is_number(self.trailer.get("count")) or self.trailer["count"] != self.seq:
            raise Fault(CHAIN, line, "end_count")
        if self.anchors.heads:
            seq = max(self.anchors.heads)
            raise Fault(ANCHOR, line, "cut", count=self.seq, seq=seq)
        if self.trailer.get("digest") != self.digest.hexdigest():
            raise Fault(CHAIN, line, "digest")


def encoded(text, line):
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Fault(CHAIN, line, "no_unicode") from None


def verify(path, anchors, kept):
    """The log, if it is intact. Reads line by line."""
    log = Log(anchors, kept)
    line = 0
    with open(path, "rb") as file:
        for line, raw in enumerate(file, 1):
            raw = raw[:-1] if raw.endswith(b"\n") else raw
            if line == 1:
                log.read_header(raw)
            else:
                log.read(raw, line)
    if line == 0:
        raise Fault(UNREADABLE, 1, "empty")
    log.finish(line)
    return log


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments=None):
    ask = Arguments(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("log", type=pathlib.Path, help="the exported file (.jsonl)")
    ask.add_argument("--anchor", type=pathlib.Path, action="append", default=[], help="file or folder of anchors")
    ask.add_argument("--key", action="append", default=[], help="public key of the anchors, 64 hexadecimal digits")
    ask.add_argument("--before", metavar="TIME",
                     help="leave out anchors of this time and later, such as 2026-08-02T10:30:00Z")
    ask.add_argument("--language", choices=sorted(TEXTS),
                     default="en" if os.environ.get("LANG", "").lower().startswith("en") else "de")
    given = ask.parse_args(arguments)
    if not all(is_hex(key, 32) for key in given.key):
        ask.error("--key is not 64 hexadecimal digits")
    texts = TEXTS[given.language]
    anchors = Anchors(given.key)
    try:
        kept = list(anchor_lines(given.anchor))
        if given.before is not None:
            kept = [anchor for anchor in kept if str(anchor.get("time")) < given.before]
        log = verify(given.log, anchors, kept)
    except Fault as fault:
        print(texts[fault.verdict])
        print(texts["place"].format(line=fault.line, reason=texts[fault.reason].format(**fault.values)))
        return fault.verdict
    except (OSError, UnicodeDecodeError) as error:
        print(texts[UNREADABLE])
        print(error, file=sys.stderr)
        return UNREADABLE
    print(texts[INTACT].format(count=log.seq, hash=log.hash))
    print(texts["erased"].format(count=log.erased))
    if anchors.count:
        newest = anchors.newest
        print(texts["anchors"].format(count=anchors.count, seq=newest["seq"], time=newest["time"]))
        print(texts["signed"] if given.key else texts["unsigned"])
    else:
        print(texts["no_anchor"])
    return INTACT


if __name__ == "__main__":
    sys.exit(main())
