"""Makes the stored records of each released version that the tests open: `python tests/golden_records/make.py`.

A file is never made anew once its version is released; only the missing ones are.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from evalassist.records.connection import connect  # noqa: E402
from evalassist.records.migrations import APPLICATION_ID, MIGRATIONS, renew_triggers  # noqa: E402
from evalassist.records.plain import sha256_of  # noqa: E402

KEY = bytes(range(32))
"""Of these files alone."""
NOTE = '{"summary": "Anterior knee pain, right"}'
AT = "2026-03-02T10:00:00.000000+00:00"


def make(version: int, file: Path) -> None:
    """Records as this version wrote them: a signed visit with an addendum and a paper, a draft, a place."""
    file.touch()
    with closing(connect(file, KEY)) as db:
        db.execute("BEGIN")
        for migrate in MIGRATIONS[:version]:
            migrate(db)
        db.execute("INSERT INTO patient VALUES ('p', 'Ann Lee', 'ann lee', '1990-01-01', 'F', 'en', 'MR-1')")
        db.executemany("INSERT INTO patient_word VALUES (?, 'p')", [("ann",), ("lee",), ("mr-1",)])
        db.execute("INSERT INTO episode VALUES ('e', 'p', '2026-03-02')")
        columns = (
            "id, episode_id, kind, sore_knee, visit_date, version, change_number, updated_at, signed_at, clinician,"
            " licence, note_sha256, content_release, impression, opinions, plan_edits, answers, note"
        )
        signed = (AT, "Pat", "PT-1", sha256_of(NOTE))
        for row in (
            (
                "v",
                "e",
                "initial",
                "right",
                "2026-03-02",
                1,
                1,
                AT,
                *signed,
                "1",
                "",
                "{}",
                "[]",
                '{"nprs-now": 4}',
                NOTE,
            ),
            (
                "w",
                "e",
                "re-evaluation",
                "right",
                "2026-04-02",
                3,
                2,
                AT,
                *[None] * 4,
                "1",
                "mild",
                "{}",
                "[]",
                "{}",
                None,
            ),
        ):
            db.execute(f"INSERT INTO evaluation ({columns}) VALUES ({', '.join('?' * len(row))})", row)
        sealed = [sha256_of(NOTE), "Called.", "Pat", datetime.fromisoformat(AT).timestamp()]
        db.execute(
            "INSERT INTO addendum (evaluation_id, number, text, clinician, written_at, sha256)"
            " VALUES ('v', 1, 'Called.', 'Pat', ?, ?)",
            (AT, sha256_of(json.dumps(sealed))),
        )
        paper = ("d", "v", "handout", "en", "a4", AT, "Pat", sha256_of(b"%PDF"), b"%PDF")
        names = "id, evaluation_id, kind, language, paper, kept_at, kept_by, sha256, pdf"
        if version < 4:
            db.execute(
                f"INSERT INTO document ({names}, use) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'printed')", paper
            )
        else:
            db.execute(
                f"INSERT INTO document ({names}, content_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
                paper,
            )
            db.execute("INSERT INTO document_use VALUES ('d', 1, 'printed', ?, 'Pat')", (AT,))
        db.execute("INSERT INTO place VALUES ('w', 'history', 'nprs-now')")
        if version >= 2:
            db.execute("INSERT INTO default_change VALUES (1, 'slr', 75.0, ?, 'Pat', 'our table')", (AT,))
        if version >= 5:
            db.execute(
                "INSERT INTO account (id, sign_in, name, licence, role, added_at)"
                " VALUES ('a', 'pat', 'Pat', 'PT-1', 'administrator', ?)",
                (AT,),
            )
        if version == len(MIGRATIONS):
            renew_triggers(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("COMMIT")
        db.execute("VACUUM")


if __name__ == "__main__":
    for number in range(1, len(MIGRATIONS) + 1):
        golden = HERE / f"records-{number}.db"
        if not golden.exists():
            make(number, golden)
            print(f"made {golden.name}")
