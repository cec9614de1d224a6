"""Records of every released version open, come up to date, and hold what they held."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from evalassist.errors import SignedRecordError
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.integrity import columns_of, counts_of, sums_of
from evalassist.records.migrations import MIGRATIONS
from evalassist.records.store import Store
from evalassist.records.triggers import TRIGGERS
from evalassist.records.vault import Keys
from evalassist.records.verify import verify

GOLDEN = Path(__file__).resolve().parent / "golden_records"
KEYS = Keys(bytes(range(32)), bytes(32))
VERSIONS = range(1, len(MIGRATIONS) + 1)


def test_there_is_a_stored_file_of_every_version() -> None:
    assert {file.name for file in GOLDEN.glob("*.db")} == {f"records-{version}.db" for version in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS)
def test_records_of_each_version_come_up_to_date_and_lose_nothing(version: int, tmp_path: Path) -> None:
    golden = GOLDEN / f"records-{version}.db"
    file = tmp_path / "records.db"
    shutil.copy(golden, file)
    with Store(file, KEYS) as store:
        signed, draft = sorted(store.recent(), key=lambda row: row.visit_date)
        evaluation = store.load(signed.id)
        assert evaluation.answers == {"nprs-now": 4}
        assert evaluation.signature is not None
        assert evaluation.signature.signed_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
        assert "Anterior knee pain" in store.note_of(signed.id)
        assert store.document_bytes("d") == b"%PDF"
        assert [use.use for use in store.documents("v")[0].uses] == ["printed"]
        assert store.load(draft.id).impression == "mild"
        place = store.place(draft.id)
        assert place is not None
        assert place.item == "nprs-now"
        assert [row.patient.record_number for row in store.search_patients("ann")] == ["MR-1"]
        assert store.clinic_defaults() == ({"slr": 75} if version >= 2 else {})
        store.save(store.load(draft.id).with_impression("worse"))
        with pytest.raises(SignedRecordError):
            store.save(evaluation)
    assert not [fault for fault in verify(file, KEYS, {}).faults if "database" in fault]
    with (
        closing(connect(golden, KEYS.database, mode="ro")) as then,
        closing(connect(file, KEYS.database)) as now,
    ):
        stays = {
            table: [name for name in names if name in columns_of(now)[table]]
            for table, names in columns_of(then).items()
            if table not in ("evaluation", "audit")  # the draft was written again, which is told in the trail
        }
        assert sums_of(now, stays) == sums_of(then, stays)
        assert counts_of(now)["evaluation"] == 2
        triggers = dict(now.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
        assert triggers == TRIGGERS
        with pytest.raises(sqlite.IntegrityError, match="signed"):
            now.execute("UPDATE evaluation SET note = '{}' WHERE id = 'v'")
    kinds = [each.manifest.kind for each in Backups(file).all()]
    assert kinds == ([] if version == len(MIGRATIONS) else ["before-migration"])
