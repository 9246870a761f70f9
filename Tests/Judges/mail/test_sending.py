"""What `voiceagent` sends, read by a server and a parser that are not ours."""

import email
import email.header
import email.policy
import email.utils
import random

import pytest
from conftest import PASSWORD, USER

LETTERS = "abcdefghijklmnopqrstuvwxyz ABC 0123456789 .,;:!?=_-<>&\"'()@ äöüßÄÖÜ€ éñ 😀 中 \t"


def order(port, scheme="smtp", tls="none", user=None, **fields):
    login = f"{user.replace('@', '%40')}@" if user else ""
    base = {
        "url": f"{scheme}://{login}127.0.0.1:{port}", "tls": tls, "from": "VoiceAgent <post@voiceagent.example>",
        "to": "anna@autohaus.example", "name": "Anna Größl", "subject": "Grüße", "text": "Guten Tag\n",
        "html": "<p>Guten Tag</p>", "id": "1",
    }
    return base | fields


def parsed(source):
    return email.message_from_bytes(source, policy=email.policy.default)


def content(part):
    return part.get_content().replace("\r\n", "\n")


def name_of(source):
    """The recipient's name by Python's older parser: the newer one keeps the blanks between two encoded words."""
    shown, address = email.utils.parseaddr(email.message_from_bytes(source)["To"])
    return str(email.header.make_header(email.header.decode_header(shown))), address


def sentence(rng, longest):
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, longest)))


def test_made_mails_are_read_as_they_were_written(serve, send):
    seed = 20261122
    rng = random.Random(seed)
    keeper, port = serve()
    orders = []
    for number in range(150):
        lines = [rng.choice(["", ".", "..", "From x", ". " + sentence(rng, 20), sentence(rng, 900)]) for _ in range(8)]
        orders.append(order(
            port, id=str(number), subject=sentence(rng, 200).strip(), name=sentence(rng, 100).strip().replace("\t", " "),
            text="\n".join(lines) + "\n", html="<p>" + sentence(rng, 2_000) + "</p>\n",
        ))
    assert send(*orders) == ["sent"] * len(orders)
    assert len(keeper.mails) == len(orders)
    for source, wanted in zip(keeper.mails, orders):
        assert source.isascii()
        assert all(len(line) <= 76 for line in source.split(b"\r\n"))
        mail = parsed(source)
        assert not mail.defects, (seed, wanted["id"], mail.defects)
        # A reader may not tell a tab from a blank in a header.
        assert mail["Subject"].split() == wanted["subject"].split(), (seed, wanted["id"])
        assert name_of(source) == (wanted["name"], "anna@autohaus.example"), (seed, wanted["id"])
        assert mail["From"].addresses[0].display_name == "VoiceAgent"
        assert mail["Message-ID"] == f"<{wanted['id']}@voiceagent.example>"
        assert mail["Date"].datetime is not None
        assert mail["Auto-Submitted"] == "auto-generated"
        plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert not plain.defects and not page.defects
        assert content(plain) == wanted["text"], (seed, wanted["id"])
        assert content(page) == wanted["html"], (seed, wanted["id"])


def test_text_alone(serve, send):
    keeper, port = serve()
    assert send(order(port, html=None, text="nur Text, ohne Ende")) == ["sent"]
    mail = parsed(keeper.mails[0])
    assert mail.get_content_type() == "text/plain"
    assert content(mail) == "nur Text, ohne Ende\n"


def test_the_envelope_and_the_greeting(serve, send):
    keeper, port = serve()
    assert send(order(port)) == ["sent"]
    assert keeper.recipients == [("post@voiceagent.example", ["anna@autohaus.example"], "voiceagent.example", False)]


@pytest.mark.parametrize("kind, scheme", [("starttls", "smtp"), ("implicit", "smtps")])
@pytest.mark.parametrize("auth", [False, True])
def test_encrypted(serve, send, certificate, kind, scheme, auth):
    keeper, port = serve(kind, auth and kind == "starttls")
    login = {"user": USER, "password": PASSWORD} if auth and kind == "starttls" else {}
    assert send(order(port, scheme, "required", ca_file=str(certificate[0]), **login)) == ["sent"]
    # The server knows of encryption that began later; one that is implicit speaks nothing else.
    assert len(keeper.mails) == 1 and keeper.recipients[0][3] == (kind == "starttls")


@pytest.mark.parametrize("kind, scheme", [("starttls", "smtp"), ("implicit", "smtps")])
def test_a_certificate_nobody_vouches_for_is_refused(serve, send, kind, scheme):
    keeper, port = serve(kind)
    assert send(order(port, scheme, "required")) == ["smtp_tls"]
    assert keeper.mails == []


def test_no_encryption_where_it_is_required(serve, send):
    keeper, port = serve("clear")
    assert send(order(port, tls="required"), order(port, tls="opportunistic")) == ["smtp_tls", "sent"]
    assert len(keeper.mails) == 1


def test_a_wrong_password(serve, send, certificate):
    keeper, port = serve("starttls", True)
    outcome = send(
        order(port, tls="required", ca_file=str(certificate[0]), user=USER, password="falsch"),
        order(port, tls="required", ca_file=str(certificate[0])),
    )
    assert outcome == ["smtp_unauthorized", "smtp_unauthorized"]
    assert keeper.mails == []


@pytest.mark.parametrize("rcpt, data, code", [
    ("450 later", None, "smtp_450"), ("550 nobody", None, "smtp_550"),
    (None, "451 later", "smtp_451"), (None, "554 no", "smtp_554"),
])
def test_refusals(serve, send, rcpt, data, code):
    keeper, port = serve()
    keeper.rcpt, keeper.data = rcpt, data
    assert send(order(port)) == [code]


def test_injection_is_refused_or_disarmed(serve, send):
    keeper, port = serve()
    outcome = send(
        order(port, to="a@b.example>\r\nRCPT TO:<c@d.example"), order(port, name="A\r\nBcc: c@d.example"),
        order(port, subject="A\r\nBcc: c@d.example\r\n\r\nB"),
    )
    assert outcome == ["mail_address_control_character", "mail_address_control_character", "sent"]
    assert [recipients for _, recipients, _, _ in keeper.recipients] == [["anna@autohaus.example"]]
    assert parsed(keeper.mails[0])["Bcc"] is None
