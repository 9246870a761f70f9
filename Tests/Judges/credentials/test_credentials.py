"""Holds corpus.json to the libraries that wrote it, and made.json, which Credentials wrote, to the libraries that read it."""
import json
import re

import numpy
import pyotp
import zxingcpp

from make_corpus import HERE, argon2_verdict, assertion_verdict, registration_verdict

CORPUS = json.loads((HERE / "corpus.json").read_text("utf-8"))
MADE = json.loads((HERE / "made.json").read_text("utf-8"))


def test_hashes_are_right_where_argon2_cffi_says_so():
    cases = CORPUS["argon2"] + MADE["argon2"]
    assert sum(case["right"] for case in cases) > 20
    assert [case for case in cases if argon2_verdict(case["phc"], case["typed"]) != case["right"]] == []


def test_our_hashes_have_the_parameters_asked_for():
    assert MADE["argon2"]
    for case in MADE["argon2"]:
        assert case["phc"].startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_codes_are_those_of_pyotp():
    assert len(CORPUS["codes"]) >= 200
    assert [case for case in CORPUS["codes"] if pyotp.TOTP(case["secret"]).at(case["seconds"]) != case["code"]] == []


def test_passkeys_are_accepted_where_fido2_says_so():
    verdicts = [case["registers"] for case in CORPUS["passkeys"]]
    assert 20 < sum(verdicts) < len(verdicts) - 20
    for case in CORPUS["passkeys"]:
        challenge = case["challenge"]
        registered, _ = registration_verdict(challenge, case["trueRegistration"])
        assert (registration_verdict(challenge, case["registration"])[0] is not None) == case["registers"], case["name"]
        assert (assertion_verdict(challenge, case["assertion"], registered) is None) == case["signsIn"], case["name"]


def test_an_authenticator_app_reads_our_link():
    account = MADE["otpauth"]
    read = pyotp.parse_uri(account["url"])
    assert (read.secret, read.issuer, read.name) == (account["secret"], account["issuer"], account["account"])
    assert (read.digits, read.interval, read.digest().name) == (6, 30, "sha1")


def test_a_camera_reads_our_drawings():
    assert len(MADE["qr"]) == 3
    for drawing in MADE["qr"]:
        codes = zxingcpp.read_barcodes(picture(drawing["svg"]))
        assert [code.text for code in codes] == [drawing["text"]]


def picture(svg, scale=6):
    """The drawing in shades of grey, read from its path alone."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    modules = numpy.full((side, side), 255, numpy.uint8)
    for column, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        modules[int(row), int(column):int(column) + int(width)] = 0
    return numpy.kron(modules, numpy.ones((scale, scale), numpy.uint8))
