"""Holds `voiceagent signature check` against the RequestValidator of the official twilio package.

Made requests go both ways: what the package signs must be accepted, what the package accepts must be accepted, and a
request that was altered after signing must be refused. The seed is printed, so that a disagreement can be repeated.

usage: VOICEAGENT_BIN=… python3 test_signatures.py      (or with pytest)
settings: SIGNATURE_SEED, SIGNATURE_ROUNDS (requests of each kind, 2000 unless told)
"""

import json
import os
import random
import string
import subprocess
import sys

from twilio.request_validator import RequestValidator

ROUNDS = int(os.environ.get("SIGNATURE_ROUNDS", "2000"))
SEED = int(os.environ.get("SIGNATURE_SEED", "20261122"))

LETTERS = string.ascii_letters + string.digits
TEXT = LETTERS + " +&=%?#/:'\"<>;,.*~()[]{}|\\^`!$@-_\täöüßÄÖÜéñ€😀\u0301中\u200b"
# Without ";" and an empty query: Python's own URL parser drops them at the end, and with them the package.
PATH = LETTERS + "-_.~!$&'()*+,=:@/%"
QUERY_PLAIN = LETTERS + "-._~"


class Fields:
    """A form that may repeat a name, as the package's own frameworks hand it over."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        return iter(name for name, _ in self.pairs)

    def __len__(self):
        return len(self.pairs)

    def getall(self, name):
        return [value for key, value in self.pairs if key == name]


def text(rng, least, most, alphabet=TEXT):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def percent(rng, value):
    """Encodes as clients do: everything strange, now and then more than needed, in either case."""
    result = ""
    for byte in value.encode():
        char = chr(byte)
        if char in QUERY_PLAIN and rng.random() > 0.05:
            result += char
        else:
            result += rng.choice(["%{:02X}", "%{:02x}"]).format(byte)
    return result


def make_url(rng, schemes=("https", "http"), with_query=True):
    """Scheme, host, port or None, and everything from the path on."""
    scheme = rng.choice(schemes)
    host = ".".join(text(rng, 1, 12, string.ascii_lowercase + string.digits) for _ in range(rng.randint(2, 4)))
    port = rng.choice([None, None, 80, 443, 8080, 8443, rng.randint(1, 65535)])
    rest = "/" + text(rng, 0, 30, PATH)
    if with_query and rng.random() < 0.6:
        pairs = []
        for _ in range(rng.randint(1, 4)):
            name = percent(rng, text(rng, 1, 8))
            pairs.append(name if rng.random() < 0.1 else name + "=" + percent(rng, text(rng, 0, 12)))
        rest += "?" + "&".join(pairs)
    return scheme, host, port, rest


def spell(scheme, host, port, rest):
    return f"{scheme}://{host}{'' if port is None else f':{port}'}{rest}"


def make_fields(rng):
    names = [text(rng, 1, 16, LETTERS) for _ in range(rng.randint(0, 25))] + [text(rng, 1, 6)]
    pairs = [(rng.choice(names), text(rng, 0, 40)) for _ in range(rng.randint(0, 40))]
    # Repeats of a name, also with the same value.
    pairs += [rng.choice(pairs) for _ in range(rng.randint(0, 3)) if pairs]
    rng.shuffle(pairs)
    return pairs


def signed_port(rng, scheme, port):
    """The port as the carrier may write it when it signs: left out, or written out."""
    standard = 443 if scheme in ("https", "wss") else 80
    return rng.choice([None, port if port is not None else standard])


def form_requests(rng):
    for _ in range(ROUNDS):
        token = text(rng, 8, 40, LETTERS)
        scheme, host, port, rest = make_url(rng)
        fields = make_fields(rng) if rng.random() < 0.9 else []
        validator = RequestValidator(token)
        header = validator.compute_signature(spell(scheme, host, signed_port(rng, scheme, port), rest), Fields(fields))
        url = spell(scheme, host, port, rest)
        question = {"header": header, "url": url, "params": fields, "token": token}
        assert validator.validate(url, Fields(fields), header), f"the package refuses what it signed: {question}"
        yield True, "form", question

        user = f"{scheme}://{text(rng, 1, 8, LETTERS)}:{text(rng, 0, 8, LETTERS)}@{url.split('://', 1)[1]}"
        yield True, "user name and fragment are not signed", {**question, "url": user + "#rc=2&rp=ct"}
        both = [text(rng, 8, 40, LETTERS), token]
        yield True, "two tokens", {**question, "token": both}

        for what, changed in altered(rng, question):
            yield False, what, changed


def altered(rng, question):
    """The same request, changed in one way that must be noticed."""
    at = rng.randrange(len(question["header"]))
    wrong = rng.choice([c for c in LETTERS + "+/=" if c != question["header"][at]])
    yield "header", {**question, "header": question["header"][:at] + wrong + question["header"][at + 1:]}
    yield "header cut short", {**question, "header": question["header"][:-1]}
    yield "token", {**question, "token": question["token"] + "x"}
    yield "no token", {**question, "token": []}
    yield "path", {**question, "url": question["url"].replace("://", "://x", 1)}
    scheme, rest = question["url"].split("://", 1)
    yield "scheme", {**question, "url": {"http": "https", "https": "http"}[scheme] + "://" + rest}
    yield "query", {**question, "url": question["url"] + ("&" if "?" in question["url"] else "?") + "added=1"}
    yield "field added", {**question, "params": question["params"] + [["Added", "1"]]}
    if question["params"]:
        at = rng.randrange(len(question["params"]))
        name, value = question["params"][at]
        yield "value", {**question, "params": replaced(question["params"], at, (name, value + " "))}
        # A longer name with nothing taken from the value: the signed text differs in any case.
        yield "name", {**question, "params": replaced(question["params"], at, (name + "x", value))}
        if question["params"].count((name, value)) == 1:
            yield "field removed", {**question, "params": question["params"][:at] + question["params"][at + 1:]}


def replaced(pairs, at, pair):
    return pairs[:at] + [pair] + pairs[at + 1:]


def body_requests(rng):
    for _ in range(ROUNDS // 4):
        token = text(rng, 8, 40, LETTERS)
        body = json.dumps({text(rng, 1, 8): text(rng, 0, 60)}, ensure_ascii=rng.random() < 0.5)
        validator = RequestValidator(token)
        scheme, host, port, rest = make_url(rng)
        rest += ("&" if "?" in rest else "?") + "bodySHA256=" + validator.compute_hash(body)
        header = validator.compute_signature(spell(scheme, host, signed_port(rng, scheme, port), rest), {})
        url = spell(scheme, host, port, rest)
        assert validator.validate(url, body, header)
        question = {"header": header, "url": url, "body": body, "token": token}
        yield True, "body", question
        yield False, "body altered", {**question, "body": body + " "}
        yield False, "body's token", {**question, "token": "x" + token}
        yield False, "body's URL", {**question, "url": url.replace("://", "://x", 1)}


def handshakes(rng):
    for _ in range(ROUNDS // 4):
        token = text(rng, 8, 40, LETTERS)
        scheme, host, port, rest = make_url(rng, schemes=("wss", "ws"), with_query=False)
        validator = RequestValidator(token)
        # The package knows no standard port for these schemes, so the spelling is chosen here.
        signed = spell(scheme, host, signed_port(rng, scheme, port), rest.rstrip("/") + rng.choice(["", "/"]))
        question = {
            "header": validator.compute_signature(signed, {}),
            "url": spell(scheme, host, port, rest.rstrip("/") + rng.choice(["", "/"])),
            "token": token,
            "handshake": True,
        }
        yield True, "handshake", question
        yield False, "handshake's token", {**question, "token": token + "x"}
        yield False, "handshake's path", {**question, "url": question["url"] + "x"}
        yield False, "handshake's host", {**question, "url": question["url"].replace("://", "://x", 1)}


def vectors():
    """The vendor's published examples."""
    fields = [["CallSid", "CA1234567890ABCDE"], ["Digits", "1234"], ["To", "+18005551212"]]
    for host, number, header in [
        ("example.com", "+14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("mycompany.com", "+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ]:
        yield True, "published vector", {
            "header": header,
            "url": f"https://{host}/myapp.php?foo=1&bar=2",
            "params": fields + [["From", number], ["Caller", number]],
            "token": "12345",
        }


def answers(questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    program = os.environ["VOICEAGENT_BIN"]
    done = subprocess.run(
        [program, "signature", "check"], input=lines, capture_output=True, text=True, timeout=600, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def judge():
    rng = random.Random(SEED)
    cases = [*vectors(), *form_requests(rng), *body_requests(rng), *handshakes(rng)]
    given = answers([question for _, _, question in cases])
    assert len(given) == len(cases), f"{len(cases)} questions, {len(given)} answers"
    wrong = [
        (what, expected, answer, question)
        for (expected, what, question), answer in zip(cases, given)
        if answer != {"valid": expected}
    ]
    return len(cases), sum(expected for expected, _, _ in cases), wrong


def test_the_official_package_agrees_on_every_signature():
    _, _, wrong = judge()
    assert not wrong, wrong[:5]


if __name__ == "__main__":
    total, valid, wrong = judge()
    for what, expected, answer, question in wrong[:20]:
        print(f"{what}: expected {expected}, got {answer}: {json.dumps(question)}", file=sys.stderr)
    print(f"twilio signatures: {total} requests (seed {SEED}), {valid} signed and {total - valid} altered, "
          f"{len(wrong)} disagreements")
    sys.exit(1 if wrong else 0)
