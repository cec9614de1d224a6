"""The audit trail: who did what, when and to which record, each line sealed together with the line before it.

A line holds ids, counts and names of fields, never an answer or anything a person typed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json.encoder import encode_basestring as _text
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, aliased

from evalassist.evaluation import Evaluation
from evalassist.records.accounts import Account
from evalassist.records.models import StoredAudit, utc_text
from evalassist.records.triggers import HIGHEST_LINE
from evalassist.records.vault import Anchor

log = logging.getLogger(__name__)

MOVED, RESTORED, CONNECTED = "moved-to-server", "restored", "connected"
"""Nothing is read or kept in records that were moved, until an administrator puts them back or connects to them anew.
"""
ASKS_FOR_ITS_SEAL = {"until": "its seal is named"}
"""In the detail of a line that says that a database was left: it is taken back only by one that names its seal."""
TAKES_BACK = "takes-back"
"""In the detail of a line that says that somebody connected or put a backup back: the seals of what it takes back."""
HALF_MOVED = {"until": "the file says so, too"}
"""In the detail of a line that a copy of a file begins with on a server: nobody works there before the file was left.
"""
MOVED_INTO = "into"
"""In the detail of a line that says that a file was moved: the seals of the lines by which its copy is half moved."""
STANDS_IN = "stands-in"
"""In the detail of a line that says so of a database, or that it was left: which one; in a copy it counts for nothing.
"""
CLOCK_SLACK = timedelta(minutes=1)
"""A clock that was set back further than this is told in a line of its own."""
_END = (StoredAudit.number, StoredAudit.mac, type_coerce(StoredAudit.at, Text).label("at"))
_LAST = select(*_END).order_by(StoredAudit.number.desc()).limit(1)
_LAST_AND_KNOWN = select(*_END).where(
    or_(
        StoredAudit.number == select(func.max(StoredAudit.number)).scalar_subquery(),
        StoredAudit.number == bindparam("known"),
    )
)
_NEXT = aliased(StoredAudit)
_NUMBER = as_type(StoredAudit.number, BigInteger)
_LAST_WITH_ROOM = HIGHEST_LINE - 2
_LAST_IN_A_ROW = (
    select(*_END)
    # two are free: an act may need a line before it that says that the clock was set back
    .where(StoredAudit.number > 0, ~exists().where(_NEXT.number.between(_NUMBER + 1, _NUMBER + 2)))
    .order_by(StoredAudit.number)
    .limit(1)
)
_PLACE = text(
    "SELECT system_identifier, oid, pg_catalog.pg_postmaster_start_time()"
    " FROM pg_catalog.pg_control_system(), pg_catalog.pg_database WHERE datname = pg_catalog.current_database()"
)
_WHOLE = select(
    StoredAudit.number,
    type_coerce(StoredAudit.at, Text),
    *(StoredAudit.account_id, StoredAudit.who, StoredAudit.action, StoredAudit.target, StoredAudit.detail),
)
_BEFORE = aliased(StoredAudit)
_WITH_SEALS = _WHOLE.add_columns(StoredAudit.mac, _BEFORE.mac).outerjoin(
    _BEFORE, _BEFORE.number == StoredAudit.number - 1
)
_APPEND = insert(StoredAudit)
_AT_ONCE = 5000
"""So many lines of two trails are compared together."""
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))

Line = tuple[int, str, str, str, str, str, str]
"""Number, time in UTC, account id, who, action, target, detail."""


class Sealer:
    """HMAC-SHA256 with one key, begun once for all lines: so a million of them are verified in seconds."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner, self._outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))

    def seal(self, before: str, line: Line) -> str:
        """The seal of a line: over the seal of the line before it, and its own canonical JSON."""
        number, at, account_id, who, action, target, detail = line
        words = (
            f"{before}[{number},{_text(at)},{_text(account_id)},{_text(who)},{_text(action)},{_text(target)},"
            f"{_text(detail)}]"
        )
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(words.encode())
        outer.update(inner.digest())
        return outer.hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)


def _was_set_back(now: datetime, last_at: str) -> bool:
    try:
        return now.isoformat() < last_at and datetime.fromisoformat(last_at) - now > CLOCK_SLACK
    except (ValueError, TypeError):  # another program wrote that line, which is told by verify
        return False


_NO_LINE = Anchor()


class Written(NamedTuple):
    """A line as it was written."""

    line: Line
    head: Anchor
    lacks: bool
    """The trail does not hold the line that was known."""


def append(
    db: Connection,
    key: bytes,
    by: Account,
    action: str,
    target: str,
    detail: Mapping[str, object],
    known: Anchor = _NO_LINE,
) -> Written:
    """Write the next line, inside the transaction of what it tells; `known`: one that must be there."""
    found = {row.number: row for row in db.execute(_LAST_AND_KNOWN, {"known": known.number})}
    number, mac, last_at = found[max(found)] if found else (0, "", "")
    # another program wrote it, which verify tells; nobody is kept from working by it
    if number > _LAST_WITH_ROOM:
        number, mac, last_at = db.execute(_LAST_IN_A_ROW).one()
    lacks = known.number > 0 and (known.number not in found or found[known.number].mac != known.mac)
    now = _now()
    acts = [(action, target, _sorted(dict(detail)))]
    if _was_set_back(now, last_at):
        log.warning("the clock was set back")
        acts.insert(0, ("clock-set-back", "", "{}"))
    at, sealer = utc_text(now), Sealer(key)
    for one in acts:
        number += 1
        line = (number, at, by.id, by.name, *one)
        mac = sealer.seal(mac, line)
        row = dict(zip(("action", "target", "detail"), one, strict=True))
        db.execute(
            _APPEND, row | {"number": number, "at": now, "account_id": by.id, "who": by.name, "mac": mac}
        )
    return Written(line, Anchor(number=number, mac=mac), lacks)


def head(db: Session, key: bytes) -> Anchor:
    """The last line, to be known outside the records.

    What another program wrote, without the key of the trail, is no line of it.
    """
    wanted, size = _WITH_SEALS, 1
    while rows := db.execute(wanted.order_by(StoredAudit.number.desc()).limit(size)).all():
        if found := _sealed(rows, key):
            return found[0]
        wanted, size = _WITH_SEALS.where(StoredAudit.number < rows[-1][0]), size * 10
    return Anchor()


def _sealed(rows: Iterable[Sequence[Any]], key: bytes) -> list[Anchor]:
    """Those that were written with the key of the trail."""
    seal, found = Sealer(key).seal, []
    for *line, mac, mac_before in rows:
        with suppress(TypeError, ValueError):  # a file keeps anything in a column
            if mac == seal(mac_before or "", cast(Line, tuple(line))):
                found.append(Anchor(number=line[0], mac=mac))
    return found


def ends(db: Session, numbers: Iterable[int]) -> set[tuple[int, str]]:
    """The numbers and seals of those of these lines that there are."""
    found = db.execute(select(StoredAudit.number, StoredAudit.mac).where(StoredAudit.number.in_(numbers)))
    return {(row.number, row.mac) for row in found}


def tells_more(
    db: Session, key: bytes, ends_there: Callable[[list[int]], set[tuple[int, str]]], without: Iterable[str]
) -> bool:
    """Whether another trail, of which `ends_there` gives `ends`, lacks a line of this one, beside those of some acts.

    Every line is looked for: another program can write numbers that hide what follows. Its own lines do not count.
    """
    lines = select(StoredAudit.number, StoredAudit.mac).where(StoredAudit.action.not_in(without))
    wanted = lines = lines.order_by(StoredAudit.number).limit(_AT_ONCE)
    while rows := db.execute(wanted).all():
        there = ends_there([row.number for row in rows])
        lacking = [row.number for row in rows if (row.number, row.mac) not in there]
        if lacking and _sealed(db.execute(_WITH_SEALS.where(StoredAudit.number.in_(lacking))), key):
            return True
        wanted = lines.where(StoredAudit.number > rows[-1].number)
    return False


def holds(db: Session | Connection, anchor: Anchor) -> bool:
    """Whether the trail still holds the line that was known outside."""
    known = select(StoredAudit.mac).where(StoredAudit.number == anchor.number)
    return anchor.number == 0 or db.scalar(known) == anchor.mac


def last_line(db: Session) -> Line | None:
    """The last line, whole; None where there is none yet."""
    found = db.execute(_WHOLE.order_by(StoredAudit.number.desc()).limit(1)).one_or_none()
    return None if found is None else cast(Line, tuple(found))


def has_lines(db: Session, lines: Iterable[Line]) -> bool:
    """Whether the trail holds each of these lines just so."""
    wanted = set(lines)  # two of one number are of two trails: none holds both
    found = db.execute(_WHOLE.where(StoredAudit.number.in_([line[0] for line in wanted])))
    return {tuple(row) for row in found} == wanted


def tells_since(db: Connection, known: Anchor, action: str) -> bool:
    """Whether a line that is known, or one behind it, tells of such an act, whatever other programs wrote there.

    Where that line is not there the database was put back to an earlier state, and any line may be newer than it.
    """
    highest = db.scalar(select(func.max(StoredAudit.number))) or 0
    # behind that one, lines go where there is room: also below the known one
    since = known.number if highest <= _LAST_WITH_ROOM and holds(db, known) else 0
    return bool(db.scalar(select(exists().where(StoredAudit.number >= since, StoredAudit.action == action))))


def tells_of(db: Session, action: str) -> bool:
    """Whether the trail tells of such an act."""
    return bool(db.scalar(select(exists().where(StoredAudit.action == action))))


def stands_in(db: Session) -> tuple[str, str]:
    """Which database this is, and since when its server runs, as its user cannot choose it; ("", "") of a file.

    A copy of a database has another name here. One of the whole server, file by file, has the same, but runs since
    another moment.
    """
    if db.connection().dialect.name != "postgresql":
        return "", ""
    cluster, number, since = db.execute(_PLACE).one()
    return f"{cluster}/{number}", str(since)


def left_by(
    db: Session, key: bytes, *, sealed: bool = False, because: Mapping[str, object] = MappingProxyType({})
) -> list[str]:
    """The seals of the lines that say that the records were moved away, as far as nobody took them back since.

    `sealed`: only those that were written with the key of the trail; the others keep people out all the same, whatever
    number they bear, until a line names them. `because`: only those that say so in their detail.
    A line takes back only those whose seals it names, in the database that it names: one that was copied from another
    one, or that another program wrote without the key of the trail, takes none.
    Lines of before this version name no place, or no seals: they still take back what was moved before this version,
    and no more.
    """
    before, seal = aliased(StoredAudit), Sealer(key).seal
    lines = (
        _WHOLE.add_columns(StoredAudit.mac, before.mac)
        .outerjoin(before, before.number == StoredAudit.number - 1)
        .where(StoredAudit.action.in_((MOVED, RESTORED, CONNECTED)))
        .order_by(StoredAudit.number.desc())
    )
    found, left, answers = db.execute(lines).all(), list[str](), list[str]()
    moved: list[tuple[str, str, bool, int]] = []
    here = stands_in(db)[0] if found else ""
    for *line, mac, mac_before in found:
        action, detail = line[4], line[6]
        is_sealed = mac == seal(mac_before or "", cast(Line, tuple(line)))
        if action == MOVED:
            moved.append((mac, detail, is_sealed, len(answers)))
        elif is_sealed:
            answers.append(detail)
    for mac, detail, is_sealed, later in moved:
        is_older, places = detail == _sorted({}), (here,) if _said(detail, STANDS_IN) else (here, "")
        taken_back = any(
            (_sorted(mac) in each and _said(each, STANDS_IN) in places)
            or (is_older and TAKES_BACK not in each and at < later)
            for at, each in enumerate(answers[:later] if is_sealed else answers)
        )
        wanted = all(_said(detail, name) == value for name, value in because.items())
        if not taken_back and (is_sealed or not sealed) and wanted:
            left.append(mac)
    return left


def _said(detail: str, name: str) -> object:
    """What a line says of this, as which database it names; "" where nothing, or what cannot be read, stands there."""
    with suppress(ValueError, RecursionError, AttributeError):
        return json.loads(detail).get(name, "")
    return ""


def signed_by(db: Session, evaluation_id: str) -> str | None:
    """The account that signed this evaluation; None where the trail does not tell, as of one from other records."""
    line = (StoredAudit.action == "signed", StoredAudit.target == evaluation_id)
    return db.scalar(select(StoredAudit.account_id).where(*line))


FIELDS = ("visit_date", "kind", "sore_knee", "impression", "defaults", "plan_edits", "exercise_log")


def changed(before: Evaluation, now: Evaluation) -> dict[str, object]:
    """What differs between two versions of a draft: ids of answers and conclusions, names of fields."""
    told = {
        "answers": _differing(before.answers, now.answers),
        "conclusions": _differing(before.opinions, now.opinions),
        "fields": [name for name in FIELDS if getattr(before, name) != getattr(now, name)],
    }
    return {name: ids for name, ids in told.items() if ids}


def _differing(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    ids: Iterable[str] = dict.fromkeys((*before, *now))
    pairs = ((one, before.get(one), now.get(one)) for one in ids)
    return [one for one, then, today in pairs if then is not today and then != today]
