"""Writes corpus.json: hashes, one-time codes and passkeys with the verdict of independent libraries on each.

argon2-cffi makes the hashes, pyotp the codes; fido2 writes and judges what authenticators send, signed by cryptography's
keys. Tests/CredentialsTests comes to the same verdicts; test_credentials.py holds the file to the libraries again. Keys and
salts are random, so every run writes another file of the same meaning.
"""
import base64
import hashlib
import json
import os
import pathlib
import random
import struct

import pyotp
from argon2.low_level import Type, hash_secret, verify_secret
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.attestation import InvalidData, InvalidSignature, PackedAttestation
from fido2.cose import ES256, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData, PublicKeyCredentialRpEntity, RegistrationResponse,
)

HERE = pathlib.Path(__file__).parent
RELYING_PARTY = "example.org"
ORIGIN = "https://app.example.org"
PASSWORDS = ["passwort", " außen leer ", "Grüße 😀", "e\u0301", "é", "x" * 128, "a\u0000b", "пароль от двери", ""]


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def argon2_verdict(phc, password):
    try:
        return verify_secret(phc.encode(), password.encode(), Type.ID)
    except VerifyMismatchError:
        return False


def argon2_cases():
    for password in PASSWORDS:
        for memory, iterations, lanes, salt, length in [(64, 1, 1, 16, 32), (128, 2, 2, 24, 64), (8, 3, 1, 64, 48)]:
            phc = hash_secret(password.encode(), os.urandom(salt), iterations, memory, lanes, length, Type.ID).decode()
            for typed in [password, password + " ", password.swapcase() + "!"]:
                yield {"phc": phc, "typed": typed, "right": argon2_verdict(phc, typed)}


def code_cases():
    generator = random.Random(6238)
    for _ in range(200):
        secret = pyotp.random_base32(32)
        seconds = generator.randrange(0, 1 << 33)
        yield {"secret": secret, "seconds": seconds, "code": pyotp.TOTP(secret).at(seconds)}


class Signer:
    """A key pair and how it signs."""

    def __init__(self, kind):
        self.kind = kind
        if kind == "es256":
            self.key = ec.generate_private_key(ec.SECP256R1())
            self.cose = ES256.from_cryptography_key(self.key.public_key())
        elif kind == "eddsa":
            self.key = ed25519.Ed25519PrivateKey.generate()
            self.cose = EdDSA.from_cryptography_key(self.key.public_key())
        else:
            self.key = rsa.generate_private_key(65_537, 2_048)
            self.cose = RS256.from_cryptography_key(self.key.public_key())

    def sign(self, message):
        if self.kind == "es256":
            return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        if self.kind == "eddsa":
            return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


# What may be untrue in one ceremony, beside nothing.
LIES = {
    "honest": {},
    "counting": {"counter": 4_000_000_000},
    "backed up": {"flags": 0x1D},
    "no cross-origin member": {"cross": None},
    "other challenge": {"challenge": bytes(32)},
    "other origin": {"origin": "https://evil.example"},
    "origin of a subdomain": {"origin": "https://x.app.example.org"},
    "other relying party": {"rp": "evil.example"},
    "nobody present": {"flags": 0x04},
    "nobody verified": {"flags": 0x01},
    "other ceremony": {"turned": True},
    "bytes behind the end": {"trailing": b"\0"},
    "other signer": {"stranger": True},
    "altered signature": {"altered": True},
}


class Ceremony:
    def __init__(self, signer, credential, challenge, lie):
        self.signer, self.credential, self.challenge, self.lie = signer, credential, challenge, lie

    def client_data(self, kind):
        if self.lie.get("turned"):
            kind = {"webauthn.create": "webauthn.get", "webauthn.get": "webauthn.create"}[kind]
        data = {
            "type": kind,
            "challenge": text(self.lie.get("challenge", self.challenge)),
            "origin": self.lie.get("origin", ORIGIN),
            "crossOrigin": self.lie.get("cross", False),
        }
        return json.dumps({key: value for key, value in data.items() if value is not None}).encode()

    def authenticator_data(self, attested):
        flags = self.lie.get("flags", 0x05) | (0x40 if attested else 0)
        head = hashlib.sha256(self.lie.get("rp", RELYING_PARTY).encode()).digest()
        head += bytes([flags]) + struct.pack(">I", self.lie.get("counter", 0))
        body = AttestedCredentialData.create(bytes(16), self.credential, self.signer.cose) if attested else b""
        return head + body + self.lie.get("trailing", b"")

    def signature(self, data, client):
        signer = Signer(self.signer.kind) if self.lie.get("stranger") else self.signer
        signature = signer.sign(data + hashlib.sha256(client).digest())
        if self.lie.get("altered"):
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return signature

    def document(self, response):
        identifier = text(self.credential)
        return {"id": identifier, "rawId": identifier, "type": "public-key", "clientExtensionResults": {},
                "response": {key: text(value) for key, value in response.items()}}

    def registration(self, packed):
        client = self.client_data("webauthn.create")
        data = self.authenticator_data(True)
        statement = {"alg": self.signer.cose[3], "sig": self.signature(data, client)} if packed else {}
        # AttestationObject of fido2 refuses untrue data itself.
        attestation = cbor.encode({"fmt": "packed" if packed else "none", "attStmt": statement, "authData": data})
        return self.document({"clientDataJSON": client, "attestationObject": attestation})

    def assertion(self):
        client = self.client_data("webauthn.get")
        data = self.authenticator_data(False)
        return self.document({"clientDataJSON": client, "authenticatorData": data,
                              "signature": self.signature(data, client)})


def server():
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=RELYING_PARTY, name="VoiceAgent"), verify_origin=lambda origin: origin == ORIGIN
    )


def state(challenge):
    return {"challenge": challenge, "user_verification": "required"}


def registration_verdict(challenge, document):
    """fido2's verdict; it leaves the attestation to the caller where none was asked for."""
    try:
        data = server().register_complete(state(challenge), document)
        response = RegistrationResponse.from_dict(document).response
        if response.attestation_object.fmt == "packed":
            PackedAttestation().verify(
                response.attestation_object.att_stmt, data, hashlib.sha256(response.client_data).digest()
            )
    except (ValueError, InvalidSignature, InvalidData, AssertionError) as refusal:
        return None, str(refusal) or type(refusal).__name__
    return data, None


def assertion_verdict(challenge, document, data):
    try:
        server().authenticate_complete(state(challenge), [data.credential_data], document)
    except (ValueError, AssertionError) as refusal:
        return str(refusal) or type(refusal).__name__
    return None


def passkey_cases():
    for kind in ["es256", "eddsa", "rs256"]:
        for name, lie in LIES.items():
            for packed in [False, True]:
                signer, credential, challenge = Signer(kind), os.urandom(48), os.urandom(32)
                honest = Ceremony(signer, credential, challenge, {})
                untrue = Ceremony(signer, credential, challenge, lie)
                first = untrue.registration(packed)
                true_registration = honest.registration(packed)
                data, _ = registration_verdict(text(challenge), true_registration)
                answer = untrue.assertion()
                yield {
                    "name": f"{kind} {'packed' if packed else 'none'}: {name}",
                    "challenge": text(challenge),
                    "trueRegistration": true_registration,
                    "registration": first,
                    "registers": registration_verdict(text(challenge), first)[0] is not None,
                    "assertion": answer,
                    "signsIn": assertion_verdict(text(challenge), answer, data) is None,
                }


def main():
    corpus = {"argon2": list(argon2_cases()), "codes": list(code_cases()), "passkeys": list(passkey_cases())}
    (HERE / "corpus.json").write_text(json.dumps(corpus, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print({kind: len(cases) for kind, cases in corpus.items()})


if __name__ == "__main__":
    main()
