"""What damage leaves is brought into new records, and what is missing is told."""

from __future__ import annotations

import random
import shutil
import struct
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from evalassist.errors import StoreError
from evalassist.records import vault as vaults
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.doorstep import RECORDS
from evalassist.records.integrity import sums_of
from evalassist.records.pages import Pages
from evalassist.records.salvage import Salvaged, salvage
from evalassist.records.store import Store
from evalassist.records.vault import Keys, new_keys

KEYS = new_keys()
PATIENTS = 400
PAGE = 4096
DRAFT = (
    "INSERT INTO evaluation (id, episode_id, kind, sore_knee, visit_date, version, change_number, updated_at,"
    " content_release, impression, opinions, plan_edits, answers) VALUES (?, ?, 'initial', 'right', '2026-01-01', 1,"
    " ?, '2026-01-01T00:00:00.000000+00:00', '1', '', '{}', '[]', ?)"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Sound records of 400 patients with three drafts each, of 2 to 6 KB."""
    random.seed(3)
    file = tmp_path_factory.mktemp("whole") / RECORDS
    Store(file, KEYS).close()
    with closing(connect(file, KEYS.database)) as db:
        db.execute("BEGIN")
        for n in range(PATIENTS):
            db.execute(
                "INSERT INTO patient VALUES (?, ?, ?, '1990-01-01', 'F', 'en', ?)",
                (f"p{n}", f"Name {n}", f"name {n}", f"MR{n}"),
            )
            words = [(word, f"p{n}") for word in ("name", str(n), f"mr{n}", "1990-01-01")]
            db.executemany("INSERT INTO patient_word VALUES (?, ?)", words)
            db.execute("INSERT INTO episode VALUES (?, ?, '2026-01-01')", (f"e{n}", f"p{n}"))
        for n in range(3 * PATIENTS):
            answers = '{"x": "' + "a" * random.randint(2000, 6000) + '"}'
            db.execute(DRAFT, (f"v{n}", f"e{n % PATIENTS}", n, answers))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


@pytest.fixture
def folder(tmp_path: Path, whole: bytes) -> Path:
    made = tmp_path / "damaged"
    made.mkdir()
    (made / RECORDS).write_bytes(whole)
    return made


def flip(folder: Path, pages: list[int]) -> bytes:
    """Damage one bit of each page, and return the file as it is then."""
    data = bytearray((folder / RECORDS).read_bytes())
    for page in pages:
        data[(page - 1) * PAGE + random.randrange(16, PAGE)] ^= 1 << random.randrange(8)
    (folder / RECORDS).write_bytes(data)
    return bytes(data)


def saved(folder: Path, to: Path, keys: Keys = KEYS) -> Salvaged:
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    made = salvage(folder, to, [keys])
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before
    return made


def held(file: Path) -> dict[str, str]:
    with closing(connect(file, KEYS.database)) as db:
        return sums_of(db)


def test_sound_records_come_through_whole(folder: Path, tmp_path: Path) -> None:
    made = saved(folder, tmp_path / "new")
    assert made.complete
    assert made.lines() == []
    assert held(made.records) == held(folder / RECORDS)


@pytest.mark.parametrize("seed", range(4))
def test_fifty_damaged_pages_cost_two_rows_of_a_hundred_at_most(
    folder: Path, tmp_path: Path, whole: bytes, seed: int
) -> None:
    random.seed(seed)
    pages = random.sample(range(1, len(whole) // PAGE + 1), len(whole) // PAGE // 80)  # as 50 of 4,035 pages
    flip(folder, pages)
    made = saved(folder, tmp_path / "new")
    assert made.share >= 0.98, made.lines()
    assert not made.complete
    with Store(made.records, KEYS) as store:
        rows = store.drafts()
        assert len(rows) == made.tables["evaluation"].read
        for row in rows[:50]:
            assert store.load(row.id).patient.name.startswith("Name ")
        lost = {f"v{n}" for n in range(3 * PATIENTS)} - {row.id for row in rows}
    told = "\n".join(made.lines())
    if made.tables["evaluation"].exact:
        assert all(each in told for each in lost)
        assert {f"p{int(each[1:]) % PATIENTS}" for each in lost} <= set(made.patients)
    else:
        assert "evaluation: at least" in told
    assert "Name" not in told


def test_a_lost_patient_keeps_the_visits_under_what_is_still_known(
    folder: Path, tmp_path: Path, whole: bytes
) -> None:
    pages = Pages(whole, KEYS.database)
    roots = {row[1]: row[3] for row in pages.tree(1).rows.values()}
    random.seed(2)
    flip(folder, [child for table in ("patient", "episode") for child in leaves(pages, roots[table])[:2]])
    made = saved(folder, tmp_path / "new")
    assert made.tables["patient"].rebuilt > 20
    assert made.tables["episode"].rebuilt > 20
    assert made.share == 1
    assert "patient: " in made.lines()[0]
    with Store(made.records, KEYS) as store:
        assert len(store.drafts()) == 3 * PATIENTS
        found = store.load("v0").patient
        assert (found.name, found.birth_date, found.sex) == ("name 0", date(1990, 1, 1), "X")
    (folder / RECORDS).write_bytes(whole)
    sound, now = held(folder / RECORDS), held(made.records)
    changed = {table for table in sound if sound[table] != now[table]}
    assert changed - {"audit"} == {"patient", "patient_word"}  # opening the visit added its line


def leaves(pages: Pages, root: int) -> list[int]:
    """The pages that hold the rows of a table with one branch."""
    page = pages.page(root)
    return [struct.unpack_from(">I", page, at)[0] for at in struct.unpack_from(">2H", page, 12)]


def test_what_cannot_be_read_is_taken_from_the_newest_backup(folder: Path, tmp_path: Path) -> None:
    vault, _ = vaults.with_paper_key(vaults.new_vault(), KEYS)
    vaults.write_vault(vault, folder / vaults.FILE_NAME)
    Backups(folder / RECORDS).make(KEYS.database, "asked")
    sound = held(folder / RECORDS)
    random.seed(5)
    flip(folder, random.sample(range(20, 1000), 30))
    made = saved(folder, tmp_path / "new")
    assert held(made.records) == sound
    assert not made.complete
    assert sum(each.from_backup for each in made.tables.values()) > 10
    assert "taken from the newest backup" in "\n".join(made.lines())
    assert (made.records.parent / vaults.FILE_NAME).read_bytes() == (folder / vaults.FILE_NAME).read_bytes()


@pytest.mark.parametrize("with_backup", [False, True])
def test_a_lost_beginning_and_a_lost_list_of_tables_cost_no_row(
    folder: Path, tmp_path: Path, with_backup: bool
) -> None:
    sound = held(folder / RECORDS)
    if with_backup:
        Backups(folder / RECORDS).make(KEYS.database, "asked")
    data = bytearray((folder / RECORDS).read_bytes())
    gone = PAGE if with_backup else PAGE - 16  # with a backup even what the seals begin with may be lost
    data[PAGE - gone : PAGE] = bytes(gone)
    (folder / RECORDS).write_bytes(data)
    made = saved(folder, tmp_path / "new")
    assert held(made.records) == sound
    assert made.complete


@pytest.mark.parametrize("version", range(1, 6))
def test_records_of_every_version_are_read_page_by_page(version: int, tmp_path: Path) -> None:
    golden = Path(__file__).parent / "golden_records" / f"records-{version}.db"
    keys = Keys(bytes(range(32)), bytes(32))
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    shutil.copy(golden, old / RECORDS)
    assert saved(old, new, keys).complete
    Store(old / RECORDS, keys).close()
    with (
        closing(connect(old / RECORDS, keys.database)) as one,
        closing(connect(new / RECORDS, keys.database)) as other,
    ):
        sums, others = sums_of(one), sums_of(other)
        for table in ("patient_word", "audit"):  # made anew, and told in the trail
            sums.pop(table), others.pop(table)
        assert sums == others


def test_damaged_records_cut_in_the_middle_give_what_is_left(
    folder: Path, tmp_path: Path, whole: bytes
) -> None:
    (folder / RECORDS).write_bytes(whole[: len(whole) * 2 // 3])
    made = saved(folder, tmp_path / "new")
    assert made.tables["evaluation"].read > 300
    with Store(made.records, KEYS) as store:
        assert len(store.drafts()) == made.tables["evaluation"].read


def test_the_last_changes_beside_the_file_come_along(folder: Path, tmp_path: Path) -> None:
    with Store(folder / RECORDS, KEYS) as store:
        draft = store.load("v7").with_impression("the last word")
        store.save(draft)
        aside = tmp_path / "aside"
        aside.mkdir()
        for file in folder.iterdir():
            (aside / file.name).write_bytes(file.read_bytes())
    (aside / f"{RECORDS}-shm").unlink()
    made = saved(aside, tmp_path / "new")
    with Store(made.records, KEYS) as store:
        assert store.load("v7").impression == "the last word"


def test_no_folder_that_holds_something_is_written_into(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not empty"):
        salvage(folder, folder, [KEYS])
    with pytest.raises(StoreError, match="no records in"):
        salvage(tmp_path / "nothing", tmp_path / "new", [KEYS])
    with pytest.raises(StoreError, match="nothing could be salvaged"):
        salvage(folder, tmp_path / "new", [new_keys()])
    assert not (tmp_path / "new" / RECORDS).exists()
