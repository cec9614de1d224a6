"""The audit trail: who did what, when and to which record, each line sealed together with the line before it.

A line holds ids, counts and names of fields, never an answer or anything a person typed.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Text, insert, select, type_coerce
from sqlalchemy.orm import Session

from evalassist.evaluation import Evaluation
from evalassist.records.accounts import Account
from evalassist.records.models import StoredAudit
from evalassist.records.vault import Anchor

log = logging.getLogger(__name__)

CLOCK_SLACK = timedelta(minutes=1)
"""A clock that was set back further than this is told in a line of its own."""
_LAST = (
    select(StoredAudit.number, StoredAudit.mac, type_coerce(StoredAudit.at, Text).label("at"))
    .order_by(StoredAudit.number.desc())
    .limit(1)
)
_APPEND = insert(StoredAudit)
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def seal(key: bytes, before: str, line: Sequence[object]) -> str:
    """The seal of a line: number, time in UTC, account id, who, action, target and detail, and the seal before."""
    return hmac.digest(key, (before + _canonical(line)).encode(), "sha256").hex()


def append(
    db: Connection, key: bytes, by: Account, action: str, target: str, detail: Mapping[str, object]
) -> None:
    """Write the next line, inside the transaction of what it tells."""
    last = db.execute(_LAST).one_or_none()
    number, mac, last_at = (0, "", "") if last is None else last
    now = datetime.now(UTC)
    acts = [(action, target, _sorted(dict(detail)))]
    if now.isoformat() < last_at and datetime.fromisoformat(last_at) - now > CLOCK_SLACK:
        log.warning("the clock was set back")
        acts.insert(0, ("clock-set-back", "", "{}"))
    at = now.isoformat(timespec="microseconds")
    for one in acts:
        number += 1
        mac = seal(key, mac, (number, at, by.id, by.name, *one))
        row = dict(zip(("action", "target", "detail"), one, strict=True))
        db.execute(
            _APPEND, row | {"number": number, "at": now, "account_id": by.id, "who": by.name, "mac": mac}
        )


def head(db: Session) -> Anchor:
    """The last line, to be known outside the records."""
    last = db.execute(_LAST).one_or_none()
    return Anchor() if last is None else Anchor(number=last.number, mac=last.mac)


def holds(db: Session, anchor: Anchor) -> bool:
    """Whether the trail still holds the line that was known outside."""
    known = select(StoredAudit.mac).where(StoredAudit.number == anchor.number)
    return anchor.number == 0 or db.scalar(known) == anchor.mac


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
