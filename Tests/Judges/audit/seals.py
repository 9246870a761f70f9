"""What stands sealed under a tenant's key, sealed and opened by another library than the product's."""

import base64
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def binding(tenant, *parts):
    """The tenant and each part, preceded by its length in bytes."""
    return ("t" + tenant + "".join(f"|{len(part.encode())}:{part}" for part in parts)).encode()


class TenantSeals:
    def __init__(self, ring, folder):
        self.ring, self.folder = ring, folder

    def key(self, tenant):
        """The tenant's key out of its file, unwrapped by the ring."""
        version, nonce, sealed = (self.folder / f"{tenant}.key").read_text().strip().split(":")
        nonce, sealed = base64.b64decode(nonce), base64.b64decode(sealed)
        ring = dict(line.split(":", 1) for line in self.ring.read_text().splitlines() if line)
        place = ("tenant_key", "file", tenant, "key")
        wrapped, value = sealed[:60], sealed[60:]
        data_key = AESGCM(base64.b64decode(ring[version])).decrypt(
            wrapped[:12], wrapped[12:], binding(tenant, "key", version, *place)
        )
        return base64.b64decode(AESGCM(data_key).decrypt(nonce, value, binding(tenant, "value", version, *place)))

    def seal(self, tenant, column, row, text):
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(self.key(tenant)).encrypt(nonce, text.encode(), binding(tenant, column, row))
        return b"\1" + nonce + sealed

    def open(self, tenant, column, row, sealed):
        assert sealed[0] == 1
        return AESGCM(self.key(tenant)).decrypt(sealed[1:13], sealed[13:], binding(tenant, column, row)).decode()
