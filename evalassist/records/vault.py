"""The vault: a small file beside the records that holds their keys, sealed for each account and for the paper key.

A slot is one account's way in: the password (with a key file, where one is used) opens the slot's private key,
and the keys of the records are sealed to its public half. So a password changes without touching the records,
and new keys can be sealed to everybody without anybody's password.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evalassist.errors import EvalAssistError, StoreError
from evalassist.files import read_small, write_whole
from evalassist.records.doorstep import VAULT
from evalassist.translate import tr

FILE_NAME = VAULT
FORMAT = 1
PAPER = "paper"
"""The id of the slot that the paper key opens."""
MEMORY_KIB, PASSES, LANES = 65_536, 3, 4
"""What Argon2id spends on one try of a password: 64 MiB, three passes; about 0.1 s."""
LEAST_MEMORY_KIB, LEAST_PASSES, MOST_MEMORY_KIB = 19_456, 2, 2**20
KEY_BYTES = 32
PAPER_BYTES = 20
PAPER_CHECK_SIGNS = 4


class WrongPasswordError(EvalAssistError):
    """The name or the password is not right. Check Caps Lock and the keyboard's language, then try again."""


class WrongPaperKeyError(EvalAssistError):
    """This is not the paper key of these records. Compare it with the paper, sign by sign."""


class VaultDamagedError(StoreError):
    """The vault, the file that opens the records, is damaged or was changed.

    The records were not touched. Put the vault from your latest backup in its place; the paper key alone cannot
    replace it.
    """


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the records, and what seals the audit trail; each is 32 random bytes."""

    database: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    place: bytes = field(default=b"", repr=False)
    """Where a server is used: what seals its name on this workstation, and is known nowhere else."""


def new_keys() -> Keys:
    return Keys(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


def practice_keys(keys: Keys) -> Keys:
    """What opens the practice patient's file: it stays the same when a password changes the key of the records."""
    return Keys(_derived(keys.audit, b"evalassist/practice/v1"), keys.audit)


MOST_WAYS_IN = 1000
NO_WAYS: Mapping[str, str] = MappingProxyType({})
Base64 = Annotated[str, Field(max_length=1000)]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Stretching(_Kept):
    """How a password is made into a key; weaker numbers than the floor are refused, whoever wrote them."""

    salt: Base64
    memory_kib: Annotated[int, Field(ge=LEAST_MEMORY_KIB, le=MOST_MEMORY_KIB)] = MEMORY_KIB
    passes: Annotated[int, Field(ge=LEAST_PASSES, le=100)] = PASSES
    lanes: Annotated[int, Field(ge=1, le=16)] = LANES


class Slot(_Kept):
    """One way into the records: an account's, or that of the paper key."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    """The account's id."""
    kind: Literal["password", "paper"]
    name: Annotated[str, Field(max_length=100)] = ""
    """What is typed to sign in."""
    stretching: Stretching | None = None
    key_file: bool = False
    """Whether a key file is needed beside the password."""
    public: Base64
    private: Base64
    """The private key, locked by the password."""
    sealed: Annotated[tuple[Base64, ...], Field(min_length=1, max_length=2)]
    """The keys of the records, sealed to `public`; two while the records get a new key, the new ones last."""


class Anchor(_Kept):
    """The last line of the audit trail known outside the records: a trail that ends before it was cut."""

    number: Annotated[int, Field(ge=0, lt=2**63)] = 0
    mac: Annotated[str, Field(max_length=64)] = ""


class Vault(_Kept):
    """All ways into one records file. A change makes a new value; nothing counts until it is written."""

    format: Literal[1] = 1
    records_id: Annotated[str, Field(min_length=1, max_length=64)]
    check: Annotated[str, Field(max_length=64)] = ""
    """Tells by their keys whether others are these records, and gives nothing away; none in a vault from before."""
    slots: Annotated[tuple[Slot, ...], Field(max_length=MOST_WAYS_IN)] = ()
    anchor: Anchor = Anchor()
    begun: bool = False
    """Whether the records it opens were made: from then on a missing records file is an alarm."""

    def slot(self, slot_id: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.id == slot_id), None)

    def slot_named(self, name: str) -> Slot | None:
        """The account that signs in with this name; capitals and spaces around it do not matter."""
        wanted = _plain_name(name)
        return next(
            (each for each in self.slots if each.kind == "password" and _plain_name(each.name) == wanted),
            None,
        )

    def with_slot(self, slot: Slot) -> Vault:
        """With this slot, in the place of one with the same id."""
        others = tuple(each for each in self.slots if each.id != slot.id)
        if len(others) >= MOST_WAYS_IN:
            raise EvalAssistError(
                tr(
                    "{many} accounts are the most. Remove one that is not used any more. Nothing was changed."
                ).format(many=MOST_WAYS_IN)
            )
        return self.model_copy(update={"slots": (*others, slot)})

    def without_slot(self, slot_id: str) -> Vault:
        return self.model_copy(update={"slots": tuple(each for each in self.slots if each.id != slot_id)})

    def fits(self, keys: Keys) -> bool:
        """Whether these can be the keys of the records that this vault opens."""
        return self.check in ("", _check(keys))

    def with_anchor(self, anchor: Anchor) -> Vault:
        return self.model_copy(update={"anchor": anchor})

    def with_new_keys(self, keys: Keys, now: Keys) -> Vault:
        """The new keys sealed to everybody beside those of now; no password is needed.

        Those of now are sealed anew: a change of keys that was cut short may have left older ones there.
        """
        return self._resealed(lambda slot: (_seal(self, slot, now), _seal(self, slot, keys)))

    def with_newest_keys_only(self) -> Vault:
        """Once the records have the new key: the old ones are forgotten."""
        return self._resealed(lambda slot: slot.sealed[-1:])

    def ways_to(self, place: Keys) -> dict[str, str]:
        """The key of the server's name, sealed to everybody.

        Never with the key of the trail: the server's user can put a slot of their own there. One to which nothing
        can be sealed is passed over, so that it keeps nobody else out.
        """
        both, ways = Keys(place.place, _way(place)), dict[str, str]()
        for slot in self.slots:
            with suppress(ValueError, VaultDamagedError):
                ways[self.way_of(slot)] = _seal(self, slot, both)
        return ways

    def way_of(self, slot: Slot) -> str:
        """Its name among those: by all that it is bound to, so that no other with its public half takes its place."""
        return hashlib.sha256(_bound(self, slot) + slot.public.encode()).hexdigest()

    def _resealed(self, sealed: Callable[[Slot], tuple[str, ...]]) -> Vault:
        slots = tuple(slot.model_copy(update={"sealed": sealed(slot)}) for slot in self.slots)
        return self.model_copy(update={"slots": slots})


# ------------------------------------------------------------ making slots


def new_vault() -> Vault:
    return Vault(records_id=str(uuid4()))


def with_password(
    vault: Vault, keys: Keys, slot_id: str, name: str, password: str, key_file: bytes | None = None
) -> Vault:
    """The vault with this account's way in, new or in the place of its former one."""
    salt = _text(secrets.token_bytes(16))
    stretching = Stretching(salt=salt, memory_kib=MEMORY_KIB, passes=PASSES, lanes=LANES)
    head = Slot(
        id=slot_id,
        kind="password",
        name=name,
        stretching=stretching,
        key_file=key_file is not None,
        public="",
        private="",
        sealed=("",),
    )
    return with_check(vault, keys).with_slot(
        _filled(vault, head, _password_key(password, stretching, key_file), keys)
    )


def with_paper_key(vault: Vault, keys: Keys) -> tuple[Vault, str]:
    """The vault with a new paper key, and that key as it is printed; the former paper opens nothing any more."""
    secret = secrets.token_bytes(PAPER_BYTES)
    head = Slot(id=PAPER, kind="paper", public="", private="", sealed=("",))
    return with_check(vault, keys).with_slot(_filled(vault, head, _paper_key(secret), keys)), paper_text(
        secret
    )


def with_check(vault: Vault, keys: Keys) -> Vault:
    """The vault, saying by its check which records it opens."""
    return vault.model_copy(update={"check": _check(keys)})


def _filled(vault: Vault, head: Slot, key: bytes, keys: Keys) -> Slot:
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(12)
    secret = private.private_bytes_raw() + _mark(keys)
    locked = nonce + AESGCM(key).encrypt(nonce, secret, _bound(vault, head) + public)
    slot = head.model_copy(update={"public": _text(public), "private": _text(locked)})
    return slot.model_copy(update={"sealed": (_seal(vault, slot, keys),)})


# ------------------------------------------------------------ opening


def unlock(
    vault: Vault,
    name: str,
    password: str,
    key_file: bytes | None = None,
    ways: Mapping[str, str] = NO_WAYS,
) -> tuple[Slot, list[Keys]]:
    """The account's slot and the keys it opens, the newest last; `ways`: to the key of the server's name.

    A name that is not known takes as long as a wrong password, and is answered with the same words.
    """
    slot = vault.slot_named(name)
    if slot is None or slot.stretching is None:
        _password_key(password, Stretching(salt=_text(bytes(16))), key_file)
        raise WrongPasswordError
    key = _password_key(password, slot.stretching, key_file)
    return slot, _opened(vault, slot, key, ways, WrongPasswordError)


def confirm(vault: Vault, account_id: str, keys: Keys, password: str, key_file: bytes | None = None) -> None:
    """Ask an account for its password again: it has to open these keys, whoever wrote the way in."""
    slot = vault.slot(account_id)
    own = vault.model_copy(update={"slots": () if slot is None else (slot,)})
    _, found = unlock(own, "" if slot is None else slot.name, password, key_file)
    if (keys.database, keys.audit) not in [(each.database, each.audit) for each in found]:
        raise WrongPasswordError


def unlock_with_paper(vault: Vault, text: str, ways: Mapping[str, str] = NO_WAYS) -> list[Keys]:
    """The keys that the paper key opens, the newest last."""
    slot = vault.slot(PAPER)
    if slot is None:
        raise VaultDamagedError
    return _opened(vault, slot, _paper_key(paper_secret(text)), ways, WrongPaperKeyError)


def _opened(
    vault: Vault, slot: Slot, key: bytes, ways: Mapping[str, str], wrong: type[EvalAssistError]
) -> list[Keys]:
    public, locked = _bytes(slot.public), _bytes(slot.private)
    try:
        raw = AESGCM(key).decrypt(locked[:12], locked[12:], _bound(vault, slot) + public)
    except (InvalidTag, ValueError):
        raise wrong from None
    try:
        private, mark = X25519PrivateKey.from_private_bytes(raw[:KEY_BYTES]), raw[KEY_BYTES:]
        found = [_unseal(vault, slot, private, sealed) for sealed in slot.sealed]
    except (InvalidTag, ValueError):
        raise VaultDamagedError from None
    if mark and any(mark != _mark(keys) for keys in found):  # a slot from before there were marks has none
        raise VaultDamagedError
    with suppress(
        InvalidTag, ValueError, KeyError, VaultDamagedError
    ):  # then the name of the server is refused
        place = _unseal(vault, slot, private, ways[vault.way_of(slot)])
        if place.audit == _way(found[-1]):
            found[-1] = replace(found[-1], place=place.database)
    return found


# ------------------------------------------------------------ the paper key


def paper_text(secret: bytes) -> str:
    """The paper key as it is printed: nine groups of four letters and digits, the last one checks the others."""
    signs = base64.b32encode(secret).decode() + _paper_check(secret)
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def paper_secret(text: str) -> bytes:
    """What was typed from the paper; a slip of the hand is found before anything is tried."""
    signs = "".join(text.upper().split()).replace("-", "").translate(str.maketrans("018", "OIB"))
    if len(signs) != PAPER_BYTES * 8 // 5 + PAPER_CHECK_SIGNS:
        raise WrongPaperKeyError(
            tr(
                "The paper key has 36 letters and digits; {count} were typed. Type it as it stands on the paper."
            ).format(count=len(signs))
        )
    try:
        secret = base64.b32decode(signs[:-PAPER_CHECK_SIGNS])
    except ValueError:  # also letters that no key has
        secret = b""
    if _paper_check(secret) != signs[-PAPER_CHECK_SIGNS:]:
        raise WrongPaperKeyError(
            tr("A sign of the paper key is mistyped. Compare it with the paper, group by group.")
        )
    return secret


def _paper_check(secret: bytes) -> str:
    return base64.b32encode(hashlib.sha256(secret).digest()).decode()[:PAPER_CHECK_SIGNS]


# ------------------------------------------------------------ the file


def read_vault(file: Path) -> Vault:
    """The vault as written; one that is damaged is refused."""
    try:
        text = read_small(file)
    except ValueError:
        raise VaultDamagedError from None
    except OSError as error:
        raise EvalAssistError(
            tr(
                "The vault {file}, which opens the records, could not be read: {strerror}. "
                "Nothing was changed. Allow reading it, or put the vault of your latest backup there."
            ).format(file=file, strerror=error.strerror)
        ) from error
    return vault_of(text)


def vault_of(text: bytes) -> Vault:
    """The vault that these bytes hold."""
    try:
        body, check = text.rsplit(b"\n", 1)
        if hashlib.sha256(body).hexdigest().encode() != check:
            raise VaultDamagedError
        return Vault.model_validate_json(body)
    except (ValueError, ValidationError):
        raise VaultDamagedError from None


def vault_bytes(vault: Vault) -> bytes:
    """The vault as its file holds it: JSON and, on the last line, its SHA-256."""
    body = vault.model_dump_json(indent=1).encode()
    return body + b"\n" + hashlib.sha256(body).hexdigest().encode()


def write_vault(vault: Vault, file: Path) -> None:
    """Write the vault whole or not at all, and keep the one before it beside it, unless that is damaged."""
    former, previous = b"", previous_of(file)
    try:
        with suppress(FileNotFoundError, ValueError, VaultDamagedError):
            former = read_small(file)
            vault_of(former)
            write_whole(previous, former)
        write_whole(file, vault_bytes(vault))
    except OSError as error:
        with suppress(OSError, ValueError):  # it may have come into its place before the disk failed
            if read_small(file) != former == read_small(previous):
                previous.replace(file)
        raise EvalAssistError(
            tr(
                "The vault could not be kept in {file}: {strerror}. The earlier one stays as it was. "
                "Free some space or allow writing there, then try again."
            ).format(file=file, strerror=error.strerror)
        ) from error


def previous_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.previous")


# ------------------------------------------------------------ the arithmetic of keys


def _plain_name(name: str) -> str:
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def _password_key(password: str, how: Stretching, key_file: bytes | None) -> bytes:
    words = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    try:
        stretched = Argon2id(
            salt=_bytes(how.salt),
            length=32,
            iterations=how.passes,
            lanes=how.lanes,
            memory_cost=how.memory_kib,
        ).derive(words)
    except ValueError:  # a salt that is too short
        raise VaultDamagedError from None
    if key_file is not None:
        stretched += hashlib.sha256(key_file).digest()
    return _derived(stretched, b"evalassist/password/v1")


def _paper_key(secret: bytes) -> bytes:
    return _derived(secret, b"evalassist/paper/v1")


def _derived(secret: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(secret)


def _bound(vault: Vault, slot: Slot) -> bytes:
    """What a slot's secrets are bound to: a slot that was swapped, renamed or weakened opens nothing."""
    stretching = slot.stretching.model_dump() if slot.stretching else None
    parts = [vault.format, vault.records_id, slot.id, slot.kind, slot.name, slot.key_file, stretching]
    return json.dumps(parts, sort_keys=True).encode()


def _mark(keys: Keys) -> bytes:
    """What lies locked beside a private key: anybody can seal to a slot, but only keys of the same records count."""
    return _derived(keys.audit, b"evalassist/mark/v1")


def _way(keys: Keys) -> bytes:
    """What proves that the key of a server's name comes from these records; it opens nothing, nor is it a mark."""
    return _derived(keys.audit, b"evalassist/way/v1")


def _check(keys: Keys) -> str:
    return _text(_derived(keys.audit, b"evalassist/check/v1"))


def _seal(vault: Vault, slot: Slot, keys: Keys) -> str:
    once = X25519PrivateKey.generate()
    shared, public = once.public_key().public_bytes_raw(), _bytes(slot.public)
    key = _derived(
        once.exchange(X25519PublicKey.from_public_bytes(public)), b"evalassist/seal/v1", shared + public
    )
    # the key is used once, so a fixed nonce is safe
    return _text(shared + AESGCM(key).encrypt(bytes(12), keys.database + keys.audit, _bound(vault, slot)))


def _unseal(vault: Vault, slot: Slot, private: X25519PrivateKey, sealed: str) -> Keys:
    raw, public = _bytes(sealed), private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(raw[:32]))
    key = _derived(shared, b"evalassist/seal/v1", raw[:32] + public)
    both = AESGCM(key).decrypt(bytes(12), raw[32:], _bound(vault, slot))
    return Keys(both[:KEY_BYTES], both[KEY_BYTES:])


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise VaultDamagedError from None
    if _text(raw) != text:  # two ways to write the same bytes: one of them is not ours
        raise VaultDamagedError
    return raw
