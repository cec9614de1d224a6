"""The pages of an encrypted records file, read one by one without the database: for what it refuses to open.

Each page proves by its own seal that it is as it was written, so nothing read here is half right. The layout is that
of SQLite's file format and of SQLCipher 4: 4,096 bytes, of which the last 80 hold the initial vector and the seal.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIZE, SALT, VECTOR, SEAL = 4096, 16, 16, 64
USABLE = SIZE - VECTOR - SEAL
INDEX_BRANCH, TABLE_BRANCH, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
LOWEST, HIGHEST = -(2**63), 2**63 - 1
Row = tuple[Any, ...]


class UnreadableError(Exception):
    """A page that is needed cannot be read."""


@dataclass(slots=True)
class Tree:
    """What the pages of one table or index hold."""

    rows: dict[int, Row] = field(default_factory=dict)
    """By rowid; for an index, numbered as they come."""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """The spans of rowids whose pages cannot be read."""
    broken: list[int] = field(default_factory=list)
    """Rowids of rows that go on in a page that cannot be read."""

    @property
    def whole(self) -> bool:
        return not (self.gaps or self.broken)


class Pages:
    """All pages of a file that can be read with its key."""

    def __init__(self, data: bytes, key: bytes, salt: bytes | None = None) -> None:
        """`salt`: of the file, where its own is damaged."""
        self._data, self._key = data, key
        self.salt = salt or data[:SALT]
        # SQLCipher derives the key of the seals this way; the salt is turned by its fixed mask
        mask = bytes(each ^ 0x3A for each in self.salt)
        self._seal_key = hashlib.pbkdf2_hmac("sha512", key, mask, 2, 32)
        self.count = len(data) // SIZE
        self._seen: set[int] = set()

    def page(self, number: int) -> bytes:
        """One page, deciphered."""
        raw = self._data[(number - 1) * SIZE : number * SIZE]
        if len(raw) < SIZE:
            raise UnreadableError
        begin = SALT if number == 1 else 0
        sealed = raw[begin:-SEAL] + number.to_bytes(4, "little")
        if not hmac.compare_digest(hmac.digest(self._seal_key, sealed, "sha512"), raw[-SEAL:]):
            raise UnreadableError
        cipher = Cipher(algorithms.AES(self._key), modes.CBC(raw[USABLE : USABLE + VECTOR])).decryptor()
        return bytes(begin) + cipher.update(raw[begin:USABLE])

    def any_readable(self) -> bool:
        """Whether one page at least can be read: the key is that of the file."""
        for number in range(1, self.count + 1):
            try:
                self.page(number)
            except UnreadableError:
                continue
            return True
        return False

    def tree(self, root: int) -> Tree:
        """Walk a table or an index from its first page."""
        found = Tree()
        self._walk(root, LOWEST, HIGHEST, found)
        return found

    def stray_leaves(self) -> Iterator[Tree]:
        """The leaves of tables that no walk has met: what hung below a lost page, or lies there unused."""
        unused = self._unused()
        for number in range(2, self.count + 1):
            if number not in self._seen and number not in unused:
                try:
                    page = self.page(number)
                    if page[0] == TABLE_LEAF:
                        found = Tree()
                        self._leaf(page, 0, found)
                        yield found
                except (UnreadableError, IndexError, struct.error):
                    continue

    def _walk(self, number: int, low: int, high: int, found: Tree) -> None:
        try:
            page = self.page(number)
        except UnreadableError:
            found.gaps.append((low, high))
            return
        self._seen.add(number)
        at = 100 if number == 1 else 0
        kind = page[at]
        if kind in (TABLE_LEAF, INDEX_LEAF):
            self._leaf(page, at, found)
            return
        for pointer in _pointers(page, at, 12):
            (child,) = struct.unpack_from(">I", page, pointer)
            if kind == TABLE_BRANCH:
                key, _ = _varint(page, pointer + 4)
                self._walk(child, low, key, found)
                low = key + 1
            else:  # a branch of an index holds rows of its own
                self._walk(child, low, high, found)
                self._cell(page, pointer + 4, found, index=True)
        (last,) = struct.unpack_from(">I", page, at + 8)
        self._walk(last, low, high, found)

    def _leaf(self, page: bytes, at: int, found: Tree) -> None:
        for pointer in _pointers(page, at, 8):
            self._cell(page, pointer, found, index=page[at] == INDEX_LEAF)

    def _cell(self, page: bytes, at: int, found: Tree, *, index: bool) -> None:
        length, at = _varint(page, at)
        rowid = len(found.rows) + len(found.broken)
        if not index:
            rowid, at = _varint(page, at)
        try:
            found.rows[rowid] = _record(self._payload(page, at, length, index=index))
        except UnreadableError:
            found.broken.append(rowid)

    def _payload(self, page: bytes, at: int, length: int, *, index: bool) -> bytes:
        most = (USABLE - 12) * 64 // 255 - 23 if index else USABLE - 35
        if length <= most:
            return page[at : at + length]
        least = (USABLE - 12) * 32 // 255 - 23
        here = least + (length - least) % (USABLE - 4)
        here = here if here <= most else least
        parts, left = [page[at : at + here]], length - here
        (following,) = struct.unpack_from(">I", page, at + here)
        while left > 0:
            more = self.page(following)
            parts.append(more[4 : 4 + min(left, USABLE - 4)])
            left -= len(parts[-1])
            (following,) = struct.unpack_from(">I", more)
        return b"".join(parts)

    def _unused(self) -> set[int]:
        """The pages that the file keeps for later, as far as their list can be read; old rows may lie there."""
        unused: set[int] = set()
        try:
            (trunk,) = struct.unpack_from(">I", self.page(1), 32)
            while trunk and trunk not in unused:
                unused.add(trunk)
                page = self.page(trunk)
                trunk, many = struct.unpack_from(">II", page)
                unused.update(struct.unpack_from(f">{many}I", page, 8))
        except UnreadableError:
            pass
        return unused


def _pointers(page: bytes, at: int, header: int) -> tuple[int, ...]:
    (cells,) = struct.unpack_from(">H", page, at + 3)
    return struct.unpack_from(f">{cells}H", page, at + header)


def _varint(page: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = page[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    value = value << 8 | page[at + 8]
    return value - 2**64 if value >= 2**63 else value, at + 9


_WHOLE_NUMBERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def _record(payload: bytes) -> Row:
    header, at = _varint(payload, 0)
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Any] = []
    for kind in kinds:
        if kind in _WHOLE_NUMBERS:
            length = _WHOLE_NUMBERS[kind]
            values.append(int.from_bytes(payload[at : at + length], "big", signed=True))
        elif kind == 7:
            length = 8
            values.append(struct.unpack_from(">d", payload, at)[0])
        elif kind < 12:
            length = 0
            values.append({8: 0, 9: 1}.get(kind))
        else:
            length = (kind - 12) // 2
            part = payload[at : at + length]
            values.append(part.decode() if kind % 2 else part)
        at += length
    return tuple(values)


def with_last_changes(data: bytes, wal: bytes) -> bytes:
    """The pages as they are with all finished changes that still lie in the -wal file."""
    pages, waiting = bytearray(data), {}
    for at in range(32, len(wal) - 24 - SIZE + 1, 24 + SIZE):
        number, finishes, salts = struct.unpack_from(">II8s", wal, at)
        if salts != wal[16:24]:  # of an earlier round
            break
        waiting[number] = wal[at + 24 : at + 24 + SIZE]
        if finishes:
            for each, page in waiting.items():
                pages += bytes(max(0, each * SIZE - len(pages)))
                pages[(each - 1) * SIZE : each * SIZE] = page
            waiting = {}
    return bytes(pages)
