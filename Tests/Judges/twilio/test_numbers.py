"""The official twilio package finds a number at the sandbox and changes where its calls go, as it would at Twilio, so that
the sandbox's REST interface is what `voiceagent number direct` will meet.

usage: SANDBOX=… python3 test_numbers.py
"""

import os
import subprocess
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "auth-token-of-the-judge", "+43732900100"
APPLICATION, TRUNK = "AP" + "1" * 32, "TK" + "2" * 32


class SandboxHttp(TwilioHttpClient):
    """Goes to the sandbox wherever the package wants to go to Twilio."""

    def __init__(self, base):
        super().__init__(timeout=10)
        self.base = base

    def request(self, method, url, *arguments, **options):
        return super().request(method, url.replace("https://api.twilio.com", self.base), *arguments, **options)


def judge(base):
    client = Client(ACCOUNT, TOKEN, http_client=SandboxHttp(base))
    found = client.incoming_phone_numbers.list(phone_number=NUMBER)
    assert [number.phone_number for number in found] == [NUMBER]
    number = client.incoming_phone_numbers(found[0].sid)

    changed = number.update(
        voice_url="https://a.example/voice?x=1&y=ä", voice_method="POST", voice_fallback_url="https://b.example/f",
        status_callback="https://a.example/s", voice_application_sid=APPLICATION,
    )
    assert changed.voice_url == "https://a.example/voice?x=1&y=ä" and changed.voice_method == "POST"
    assert changed.voice_fallback_url == "https://b.example/f" and changed.status_callback == "https://a.example/s"
    assert changed.voice_application_sid == APPLICATION and not changed.trunk_sid

    attached = number.update(trunk_sid=TRUNK)
    assert attached.trunk_sid == TRUNK and not attached.voice_application_sid
    assert attached.voice_url == changed.voice_url

    detached = number.update(trunk_sid="", voice_application_sid="")
    assert not detached.trunk_sid and not detached.voice_application_sid
    read = number.fetch()
    assert (read.voice_url, read.sid, read.account_sid) == (changed.voice_url, found[0].sid, ACCOUNT)

    for wrong in ({"voice_url": "ftp://a.example"}, {"voice_method": "PUT"}, {"trunk_sid": "TK1"}):
        try:
            number.update(**wrong)
        except TwilioRestException as refusal:
            assert refusal.status == 400, wrong
        else:
            raise AssertionError(f"{wrong} was taken")
    try:
        client.incoming_phone_numbers("PN" + "9" * 32).fetch()
    except TwilioRestException as refusal:
        assert (refusal.status, refusal.code) == (404, 20404)
    else:
        raise AssertionError("a number of nobody's was found")


def main():
    sandbox = subprocess.Popen(
        [os.environ["SANDBOX"], "serve", "--port", "0", "--grpc-port", "0", "--smtp-port", "0", "--smtps-port", "0",
         "--account-sid", ACCOUNT, "--auth-token", TOKEN, "--number", NUMBER],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        base = next(line.split("=", 1)[1].strip() for line in sandbox.stdout if line.startswith("TWILIO_API_BASE="))
        judge(base)
        print("the official package finds and changes numbers at the sandbox")
    finally:
        sandbox.terminate()
        sandbox.wait(10)
        sandbox.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
