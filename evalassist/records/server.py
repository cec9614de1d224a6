"""A PostgreSQL server as the place of the records: how it is named, and how a workstation remembers it."""

from __future__ import annotations

import base64
import json
import re
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from evalassist.errors import StoreError
from evalassist.files import read_small, write_whole
from evalassist.records.doorstep import SERVER
from evalassist.records.vault import KEY_BYTES, Keys, Vault
from evalassist.translate import tr

FILE_NAME = SERVER
PORT = 5432
_SCHEMES = ("postgresql", "postgresql+psycopg")
_HERE = ("localhost", "127.0.0.1", "::1")
_NONCE_BYTES = 12
_WAYS = "ways"
_PEM = "-----BEGIN"
_CERTIFICATE = re.compile(r"-----BEGIN ((X509 |TRUSTED )?CERTIFICATE)-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server, and the user who connects."""

    host: str
    """Its name or address, or the folder of its socket on this computer."""
    database: str
    user: str
    password: str = field(default="", repr=False)
    port: int = PORT
    certificate: str = ""
    """The certificate that signed the server's, or the file that holds it; empty: one of those this computer trusts."""

    def __str__(self) -> str:
        return f"the database “{self.database}” on {self.host}"

    @property
    def is_local(self) -> bool:
        if (
            "," in self.host
        ):  # libpq takes these for several hosts, and would trust all as it trusts the first
            return False
        return self.host in _HERE or self.host.startswith("/")

    @property
    def url(self) -> str:
        """As it may be shown: without the password."""
        return f"postgresql+psycopg://{self.user}@{self.host}:{self.port}/{self.database}"

    def pinned(self) -> Server:
        """The same with the certificate itself: who exchanges its file from now on leads nobody elsewhere.

        A private key that stands in the same file is left there.
        """
        if not self.certificate:
            return self
        try:
            is_file = _PEM not in self.certificate
            read = Path(self.certificate).read_text(encoding="utf-8") if is_file else self.certificate
        except (OSError, ValueError):
            read = ""
        certificates = [each[0] for each in _CERTIFICATE.finditer(read)]
        if not certificates:
            raise StoreError(
                tr(
                    "The certificate {certificate}, by which the server proves itself, cannot be read. Nothing was "
                    "sent. Check the file with whoever looks after the server."
                ).format(certificate=self.certificate if is_file else self.host)
            )
        return replace(self, certificate="\n".join((*certificates, "")))

    def connecting(self) -> dict[str, Any]:
        """What psycopg is told; over a network it must prove who the server is, and everything is encrypted.

        The password itself is never sent: the server and this side prove to each other that they know it. Without
        one, a server that asks for none is taken too.
        """
        told = {"host": self.host, "port": self.port, "dbname": self.database, "user": self.user}
        if self.password:
            told |= {"password": self.password, "require_auth": "scram-sha-256"}
        else:
            told["require_auth"] = "scram-sha-256,none"
        if self.is_local:
            return told | {"sslmode": "prefer"}
        # one that is pinned is put in the place of the system's when the connection is made
        return told | {"sslmode": "verify-full", "sslrootcert": "system", "gssencmode": "disable"}


def is_server(where: object) -> bool:
    return str(where).startswith("postgresql")


def server_of(url: str) -> Server:
    """The server named by `postgresql://user@host/database`."""
    try:
        read = make_url(url)
    except ArgumentError:
        raise _bad_url() from None
    asked = {key: value if isinstance(value, str) else value[0] for key, value in read.query.items()}
    host = asked.pop("host", None) or read.host or ""
    port = asked.pop("port", None) or str(read.port or PORT)
    mode, certificate = asked.pop("sslmode", ""), asked.pop("sslrootcert", "")
    if read.drivername not in _SCHEMES or not (host and read.database and read.username and port.isdecimal()):
        raise _bad_url()
    if asked:
        raise StoreError(
            tr("The address of the database says {asked}, which is not known here. Leave it out.").format(
                asked=", ".join(asked)
            )
        )
    server = Server(host, read.database, read.username, read.password or "", int(port), certificate)
    if mode and mode != "verify-full" and not server.is_local:
        raise StoreError(
            tr(
                "Over a network the records are sent only with sslmode=verify-full; {mode} was asked for. "
                "Nothing was sent. Leave sslmode out, and give the server a certificate."
            ).format(mode=mode)
        )
    return server


def same_place(one: Server, other: Server) -> bool:
    """Whether two addresses name one database, whoever connects."""
    return (one.host.lower(), one.port, one.database) == (other.host.lower(), other.port, other.database)


def _bad_url() -> StoreError:
    return StoreError(
        "The address of the database cannot be read. Write it as postgresql://user@host/database."
    )


# ------------------------------------------------------------ what a workstation keeps


def write_server(file: Path, server: Server, keys: Keys, vault: Vault | None = None) -> None:
    """Keep where the records are; the password only sealed, so that nobody reads it from the disk.

    `vault`: whose ways in open it; without one it is whoever knows the key of the trail.
    """
    plain: dict[str, Any] = asdict(replace(server.pinned(), password=""))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _ciphers(keys)[0].encrypt(nonce, server.password.encode(), _bound(plain))
    plain["password"] = base64.b64encode(nonce + sealed).decode()
    if vault is not None:
        plain[_WAYS] = vault.ways_to(keys)
    write_whole(file, json.dumps(plain, indent=1).encode())


def read_server(file: Path, keys: Keys) -> Server:
    """Where the records are; a file in which anything was changed is refused, so that nothing is sent elsewhere."""
    server, sealed, _ = _named(file)
    bound = _bound(asdict(server))
    for cipher in _ciphers(keys):
        with suppress(ValueError, InvalidTag):
            password = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound).decode()
            return replace(server, password=password)
    raise _changed(file)


def ways_to(file: Path) -> dict[str, str]:
    """The key of the server's name as it is sealed to everybody; none where there is none yet."""
    with suppress(StoreError):
        return _named(file)[2]
    return {}


def is_named(file: Path, server: Server) -> bool:
    """Whether the file names this place; nothing is sent there for it, so nobody's seal is asked."""
    return same_place(server, _named(file)[0])


def _named(file: Path) -> tuple[Server, bytes, dict[str, str]]:
    try:
        plain = json.loads(read_small(file))
        sealed, ways = base64.b64decode(plain["password"]), plain.pop(_WAYS, {})
        server = Server(**plain | {"password": ""})
        words = (server.host, server.database, server.user, server.certificate, *ways.values())
        if not (isinstance(server.port, int) and all(isinstance(each, str) for each in words)):
            raise ValueError
        return server, sealed, ways
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _changed(file) from None


def _changed(file: Path) -> StoreError:
    return StoreError(
        tr(
            "The file {file}, which says where the clinic's database is, is damaged or was changed. "
            "Nothing was sent. Connect this workstation anew with `evalassist connect-to-postgres`."
        ).format(file=file)
    )


def _ciphers(keys: Keys) -> list[AESGCM]:
    """The one to seal with first.

    The key of the trail, which sealed it alone before, never changes: whoever once had an account knows it.
    """
    former = (b"evalassist/server/v1", keys.audit)
    ways = [(b"evalassist/server/v2", keys.place + keys.audit), former] if keys.place else [former]
    return [AESGCM(HKDF(SHA256(), KEY_BYTES, None, purpose).derive(secret)) for purpose, secret in ways]


def _bound(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, sort_keys=True).encode()
