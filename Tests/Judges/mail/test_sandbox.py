"""The sandbox's post office, used by a client that is not ours, and its reading held against Python's."""

import email.message
import email.policy
import random
import smtplib

import pytest
from test_sending import order, sentence

SENDER, RECIPIENT = "post@voiceagent.example", "anna@autohaus.example"


def brought(world, message, **options):
    with smtplib.SMTP("127.0.0.1", world.smtp, timeout=20) as client:
        client.send_message(message, SENDER, [RECIPIENT], **options)


def written(subject, text, html=None, cte=None):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, RECIPIENT, subject
    message.set_content(text, cte=cte)
    if html:
        message.add_alternative(html, subtype="html", cte=cte)
    return message


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
def test_mails_are_read_as_they_were_written(world, cte):
    seed = 20261122
    rng = random.Random(seed)
    for _ in range(40):
        subject = " ".join(sentence(rng, 80).split()) or "x"
        text = "\n".join(rng.choice([".", "..", "", sentence(rng, 200).rstrip()]) for _ in range(6)) + "\n"
        html = "<p>" + sentence(rng, 300).strip() + "</p>\n"
        brought(world, written(subject, text, html, cte), mail_options=["BODY=8BITMIME"] if cte == "8bit" else [])
        mail = world.inbox()[0]
        assert mail["subject"] == subject, seed
        assert mail["text"].rstrip("\n") == text.rstrip("\n"), seed
        assert mail["html"].rstrip("\n") == html.rstrip("\n"), seed
        assert mail["recipients"] == [RECIPIENT] and mail["sender"] == SENDER


def test_announced_and_enforced(world):
    with smtplib.SMTP("127.0.0.1", world.smtp, timeout=20) as client:
        client.ehlo()
        assert client.has_extn("8bitmime") and client.has_extn("smtputf8") and not client.has_extn("auth")
        limit = int(client.esmtp_features["size"])
        assert client.mail(SENDER, [f"SIZE={limit + 1}"])[0] == 552
        assert client.rcpt(RECIPIENT)[0] == 503
        assert client.docmd("DATA")[0] == 503
        assert client.mail(SENDER)[0] == 250
        assert client.docmd("DATA")[0] == 503
        assert client.rcpt(RECIPIENT)[0] == 250
        code, _ = client.data(b"Subject: x\r\n\r\n" + b"0123456789\r\n" * (limit // 10))
        assert code == 552
        assert client.noop()[0] == 250
    with smtplib.SMTP("127.0.0.1", world.smtp, timeout=20) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail(SENDER, [RECIPIENT], "Subject: x\r\n\r\nGrüße\r\n".encode())
    assert world.inbox() == []


@pytest.mark.parametrize("world", [["--smtp-user", "anna", "--smtp-password", "geheim"]], indirect=True)
def test_credentials(world, send):
    for mechanism in ("auth_plain", "auth_login"):
        with smtplib.SMTP("127.0.0.1", world.smtp, timeout=20) as client:
            client.ehlo()
            client.user, client.password = "anna", "geheim"
            assert client.auth(mechanism.removeprefix("auth_"), getattr(client, mechanism))[0] == 235
            client.send_message(written("x", "y"), SENDER, [RECIPIENT])
    with smtplib.SMTP("127.0.0.1", world.smtp, timeout=20) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("anna", "falsch")
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(written("x", "y"), SENDER, [RECIPIENT])
    assert len(world.inbox()) == 2
    right = order(world.smtp, user="anna", password="geheim", tls="none")
    assert send(right, right | {"password": "falsch"}, order(world.smtp)) == [
        "sent", "smtp_unauthorized", "smtp_unauthorized",
    ]


def test_ours_to_ours_with_faults(world, send):
    faults = {"error": "smtp_451", "denied": "smtp_550", "quota": "smtp_452", "error-midway": "smtp_unreachable"}
    for fault, code in faults.items():
        world.control("POST", "/_control/faults", {"target": "post", "fault": fault, "times": 1})
        assert send(order(world.smtp)) == [code]
    assert world.inbox() == []
    assert send(order(world.smtp, text="https://voice.example/einladung?t=1&u=2\n")) == ["sent"]
    mail = world.inbox()[0]
    assert mail["links"] == ["https://voice.example/einladung?t=1&u=2"]
    assert mail["subject"] == "Grüße" and mail["to"] == "Anna Größl <anna@autohaus.example>"
