"""Signed trigger ids and sealed cookies: what proves that this server let a person act."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.servers.mattermost.model import Json, Refused

FAILED = "interactive_message.decode_trigger_id."


class Keys:
    """The keys of one server; they outlive its restarts."""

    def __init__(self) -> None:
        self._signing: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self._cookies = Fernet(Fernet.generate_key())

    @property
    def public(self) -> str:
        """The public key as served: base64 of its DER form."""
        der = self._signing.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(der).decode()

    def replace(self) -> None:
        """A new signing key, as after an administrator removed the old one."""
        self._signing = generate_private_key(SECP256R1())

    def trigger(self, client_id: str, user_id: str, at: int) -> str:
        """A trigger id for a user at a moment (milliseconds since 1970)."""
        signed = f"{client_id}:{user_id}:{at}:".encode()
        signature = self._signing.sign(signed, ECDSA(SHA256()))
        return b64encode(signed + b64encode(signature)).decode()

    def read_trigger(self, trigger_id: str, now: int, life: int) -> tuple[str, str]:
        """The client's trigger id and the user, of a trigger id not older than `life` seconds."""
        try:
            parts = b64decode(trigger_id).decode().split(":")
        except (NotBase64, UnicodeDecodeError):
            raise Refused(400, FAILED + "base64_decode_failed") from None
        if len(parts) != 4:
            raise Refused(400, FAILED + "missing_data")
        client_id, user_id, at, signature = parts
        try:
            moment = int(at)
        except ValueError:
            raise Refused(400, FAILED + "missing_data") from None
        if now - moment > life * 1000:
            raise Refused(400, FAILED + "expired", seconds=life)
        try:
            signed = f"{client_id}:{user_id}:{at}:".encode()
            self._signing.public_key().verify(b64decode(signature), signed, ECDSA(SHA256()))
        except NotBase64:
            raise Refused(400, FAILED + "base64_decode_failed_signature") from None
        except InvalidSignature:
            raise Refused(400, FAILED + "verify_signature_failed") from None
        return client_id, user_id

    def cookie(self, content: Json) -> str:
        """What an ephemeral button carries instead of its integration."""
        return self._cookies.encrypt(json.dumps(content).encode()).decode()

    def read_cookie(self, cookie: str) -> Json:
        """The content of a cookie of this server."""
        try:
            content: Json = json.loads(self._cookies.decrypt(cookie.encode()))
        except InvalidToken:
            raise Refused(400, "api.post.do_action.action_integration.app_error") from None
        return content
