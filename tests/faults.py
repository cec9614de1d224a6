"""Faults done to the records on purpose, and what is left of what was kept: `python3 dev.py faults [--short]`.

Each row of the table is one kind of fault: how many were done, how many saves were lost that had been
acknowledged (0 is the only good number), and how many times the fault was told in plain words.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import logging
import os
import random
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
logging.getLogger("evalassist").addHandler(logging.NullHandler())
logging.getLogger("evalassist").propagate = False
logging.getLogger("sqlalchemy.pool").setLevel(
    logging.CRITICAL
)  # a connection that could not be closed is told by the fault
sys.path.insert(0, str(HERE.parent.parent))

from evalassist.errors import EvalAssistError, StoreError  # noqa: E402
from evalassist.evaluation import Evaluation, Patient  # noqa: E402
from evalassist.records import vault as vaults  # noqa: E402
from evalassist.records.accounts import Account  # noqa: E402
from evalassist.records.connection import connect, first_fault  # noqa: E402
from evalassist.records.doorstep import keep_last_name  # noqa: E402
from evalassist.records.entrance import Entrance  # noqa: E402
from evalassist.records.store import Store, StoreConflictError  # noqa: E402
from evalassist.records.vault import Keys, new_keys  # noqa: E402

SURNAME = "Quillfeather"
"""The patient's name: it must be readable nowhere."""
RECORDS = "evalassist.db"
PASSWORD = "correct horse"


@dataclass(frozen=True, slots=True)
class Row:
    fault: str
    done: int
    lost: int = 0
    """Acknowledged saves that are gone, wrong values, files that do not open though nothing was damaged."""
    told: int = 0
    """How many were answered with a sentence for the therapist."""
    note: str = ""


def begin() -> Evaluation:
    return Evaluation.begin(Patient(SURNAME, date(1990, 5, 2), "F"), "right", date(2026, 3, 1))


def with_number(evaluation: Evaluation, number: int) -> Evaluation:
    """A draft as long as a full one, that says how often it was kept."""
    return evaluation.with_impression(str(number)).with_answer("history-notes", f"{number} " + "x" * 3000)


def number_in(path: Path, keys: Keys, evaluation_id: str) -> int:
    """The number of the draft on the disk; 0 when it is not there, and every part of it fits."""
    with Store(path, keys) as store:
        found = [row for row in store.drafts() if row.id == evaluation_id]
        if not found:
            return 0
        kept = store.load(evaluation_id)
    assert str(kept.answers["history-notes"]).split()[0] == kept.impression, "half of a save was kept"
    return int(kept.impression)


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def in_a_fork(work: Callable[[Callable[[str], None]], None]) -> list[str]:
    """Run this in a process of its own that says lines; what it says until it ends, however it ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        saying, code = os.fdopen(writing, "w"), 1
        try:
            work(lambda line: print(line, file=saying, flush=True))
            code = 0
        except BaseException as error:
            print(f"defect {type(error).__name__}: {error}", file=saying, flush=True)
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = said.read().splitlines()
    os.waitpid(child, 0)
    return lines


# ------------------------------------------------------------ R1: the window is killed


def window_killed(times: int) -> Row:
    """The real program off screen is killed while somebody types; each time they sign in and go on."""
    lost, worst_typing, letters, offered_s, open_s = 0, 0, 0, [], []
    with folder() as home:
        draft = begin()
        store, _ = Entrance(home).begin(Account("", "chen", "A. Chen", "1", "administrator"), PASSWORD)
        with store:
            store.save(with_number(draft, 0))
        keep_last_name(home, "chen")
        keys, chance = store.keys, random.Random(1)
        for _ in range(times):
            started = time.perf_counter()
            window = subprocess.Popen(
                [sys.executable, HERE.with_name("killed_window.py"), SURNAME],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "EVALASSIST_HOME": str(home)},
            )
            assert window.stdout is not None
            with window:
                assert window.stdout.readline() == "offered\n", "the draft was not offered again"
                offered_s.append(time.perf_counter() - started)
                assert window.stdout.readline() == "open\n", "the draft was not opened again"
                open_s.append(time.perf_counter() - started)
                time.sleep(chance.uniform(0.3, 2.0))
                window.send_signal(signal.SIGKILL)
                said = [
                    line.split() for line in window.stdout.read().splitlines(keepends=True) if "\n" in line
                ]
            kept = max((int(words[1]) for words in said if words[0] == "kept"), default=0)
            typed = max((int(words[1]) for words in said if words[0] == "typed"), default=0)
            with Store(home / RECORDS, keys) as store:
                on_disk = len(store.load(draft.id).impression)
            lost += on_disk < kept
            letters = max(letters, on_disk)
            worst_typing = max(worst_typing, typed - on_disk)
    assert letters > 0, "nobody typed"
    note = (
        f"{letters} letters typed; at most {worst_typing} lost; offered again after "
        f"{statistics.median(offered_s):.1f} s (at most {max(offered_s):.1f}), open after {max(open_s):.1f} at most"
    )
    return Row("R1 window killed while typing", times, lost, note=note)


# ------------------------------------------------------------ R2: the power goes


def power_cut(images: int) -> Row:
    """What is on the disk when the power goes: every write that was not synced may be there, or not, or half."""
    with folder() as place:
        home, log = place / "home", place / "log"
        home.mkdir()
        keys = new_keys()
        Store(home / RECORDS, keys).close()
        before = (home / RECORDS).read_bytes()
        said = in_a_fork(lambda say: _record_saves(home, log, keys, say))
        if any(line.startswith("defect") for line in said):
            raise SystemExit("\n".join(said))
        draft_id, chance = said[0], random.Random(7)
        steps = list(_recorded(log))
        cuts = sorted(chance.sample(range(len(steps)), min(images, len(steps))))
        lost = unopened = 0
        for at, (disk, acknowledged) in _images({str(home / RECORDS): before}, steps, cuts, chance):
            image = place / f"image-{at}"
            image.mkdir()
            for name, content in disk.items():
                (image / Path(name).name).write_bytes(content)
            path = image / RECORDS
            try:
                lost += number_in(path, keys, draft_id) < acknowledged
                with closing(connect(path, keys.database)) as db:
                    lost += bool(first_fault(db))
            except EvalAssistError:
                unopened += 1
            shutil.rmtree(image)
    return Row("R2 power cut", len(cuts), lost + unopened, note=f"{len(steps)} steps of the disk recorded")


def _record_saves(home: Path, log: Path, keys: Keys, say: Callable[[str], None]) -> None:
    _shim().faults_record(f"{home}/".encode(), str(log).encode())
    draft = begin()
    say(draft.id)
    acknowledged = os.open(home / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Store(home / RECORDS, keys) as store:
        for number in range(1, 301):
            store.save(with_number(draft, number))
            os.write(acknowledged, b"%d\n" % number)


Step = tuple[str, str, int, bytes]


def _recorded(log: Path) -> Iterator[Step]:
    content, at = log.read_bytes(), 0
    while at < len(content):
        end = content.index(b"\n", at)
        kind, length, offset, size = content[at:end].split()
        name_end = end + 1 + int(length)
        after = name_end + int(size)
        yield kind.decode(), content[end + 1 : name_end].decode(), int(offset), content[name_end:after]
        at = after


def _images(
    before: dict[str, bytes], steps: list[Step], cuts: list[int], chance: random.Random
) -> Iterator[tuple[int, tuple[dict[str, bytes], int]]]:
    """The disk at each cut: what was synced, and of the rest whatever chance left."""
    synced = {name: bytearray(content) for name, content in before.items()}
    waiting: dict[str, list[tuple[str, int, bytes]]] = {}
    acknowledged, next_cut = 0, iter(cuts)
    cut = next(next_cut, None)
    for at, (kind, name, offset, content) in enumerate(steps):
        while cut == at:
            yield at, (_left_over(synced, waiting, chance), acknowledged)
            cut = next(next_cut, None)
        if name.endswith("acknowledged"):
            acknowledged = int(content)
        elif kind in "WT":
            waiting.setdefault(name, []).append((kind, offset, content))
        elif kind == "S":
            file = synced.setdefault(name, bytearray())
            for step in waiting.pop(name, []):
                _apply(file, *step)
        elif kind == "U":
            synced.pop(name, None)
            waiting.pop(name, None)


def _left_over(
    synced: dict[str, bytearray], waiting: dict[str, list[tuple[str, int, bytes]]], chance: random.Random
) -> dict[str, bytes]:
    disk = {name: bytearray(content) for name, content in synced.items()}
    for name, steps in waiting.items():
        if name not in disk and chance.random() < 0.3:
            continue  # not even its name was on the disk
        match chance.choice(("none", "first", "some", "all")):
            case "none":
                left = []
            case "first":
                left = steps[: chance.randrange(len(steps) + 1)]
            case "some":
                left = [step for step in steps if chance.random() < 0.5]
            case _:
                left = steps
        file = disk.setdefault(name, bytearray())
        for kind, offset, content in left:
            torn = kind == "W" and chance.random() < 0.15
            _apply(
                file,
                kind,
                offset,
                content[: 512 * chance.randrange(len(content) // 512 + 1)] if torn else content,
            )
    return {name: bytes(content) for name, content in disk.items()}


def _apply(file: bytearray, kind: str, offset: int, content: bytes) -> None:
    if kind == "T":
        del file[offset:]
    file.extend(bytes(max(0, offset + len(content) - len(file))))
    file[offset : offset + len(content)] = content


# ------------------------------------------------------------ R3, R4: the disk refuses


def disk_refuses(times: int, error: int, name: str) -> Row:
    """The n-th call to the disk fails, once or from then on; the typed draft stays and the next save works."""
    lost = told = 0
    chance = random.Random(error)
    for _ in range(times):
        at, sticky = chance.randrange(1, 400), chance.random() < 0.5
        kind = chance.choice("arwst" if error == errno.EIO else "w")
        with folder() as home:
            keys = new_keys()
            draft = begin()
            with Store(home / RECORDS, keys) as store:
                store.save(with_number(draft, 1))
            said = in_a_fork(partial(_save_on, home, keys, draft, (at, kind, sticky), error))
            defects = [line for line in said if line.startswith("defect")]
            for defect in defects:
                print(f"  {name} at {at}{kind}{'+' if sticky else ''}: {defect}", file=sys.stderr)
            acknowledged = max((int(line.split()[1]) for line in said if line.startswith("kept")), default=1)
            told += any(line.startswith("told") for line in said)
            lost += len(defects) + (number_in(home / RECORDS, keys, draft.id) < acknowledged)
    return Row(name, times, lost, told)


def _save_on(
    home: Path,
    keys: Keys,
    draft: Evaluation,
    fault: tuple[int, str, bool],
    error: int,
    say: Callable[[str], None],
) -> None:
    at, kind, sticky = fault
    _shim().faults_fail(f"{home}/".encode(), at, kind.encode(), int(sticky), error)
    store = None
    for number in range(2, 40):
        try:
            store = store or _opened(home, keys, draft)
            store.save(with_number(draft, number))
            say(f"kept {number}")
        except StoreConflictError:
            raise  # nobody else is there
        except StoreError as fault_told:
            say(_told(fault_told))
    _shim().faults_fail(b"/nowhere", 0, b"a", 0, 0)  # the disk is well again
    store = store or _opened(home, keys, draft)
    store.save(with_number(draft, 40))
    say("kept 40")
    store.close()


def _opened(home: Path, keys: Keys, draft: Evaluation) -> Store:
    """The records with the draft in hand, as a window has them before anything is typed."""
    store = Store(home / RECORDS, keys)
    store.load(draft.id)
    return store


def _told(fault: StoreError) -> str:
    return "told" if str(fault).endswith(".") else f"defect no sentence: {fault}"


def memory_runs_out(times: int) -> Row:
    """SQLite may use so little memory that it fails."""
    lost = told = 0
    for step in range(times):
        with folder() as home:
            keys, draft, limit = new_keys(), begin(), 150_000 + 400_000 * step // times
            with Store(home / RECORDS, keys) as store:
                store.save(with_number(draft, 1))
            said = in_a_fork(partial(_save_in_little_memory, home, keys, draft, limit))
            for line in said:
                if line.startswith("defect"):
                    lost += 1
                    print(f"  R5 with {limit} bytes: {line}", file=sys.stderr)
            told += "told" in said
            acknowledged = max((int(each.split()[1]) for each in said if each.startswith("kept")), default=1)
            lost += number_in(home / RECORDS, keys, draft.id) < acknowledged
    return Row("R5 out of memory", times, lost, told)


def _save_in_little_memory(
    home: Path, keys: Keys, draft: Evaluation, limit: int, say: Callable[[str], None]
) -> None:
    store = Store(home / RECORDS, keys)
    store.load(draft.id)
    with closing(connect(home / RECORDS, keys.database)) as db:
        db.execute(f"PRAGMA hard_heap_limit = {limit}")  # of the whole process, and it can only be lowered
    for number in range(2, 12):
        try:
            store.save(with_number(draft, number))
            say(f"kept {number}")
        except StoreError as fault:
            say(_told(fault))


# ------------------------------------------------------------ R6, R7: the file is damaged


def bits_flipped(times: int) -> Row:
    """One bit of the records is another: it is found, never read as another value."""
    wrong = told = 0
    chance = random.Random(3)
    with folder() as home:
        keys, path = new_keys(), home / RECORDS
        kept: list[Evaluation] = []
        with Store(path, keys) as store:
            for _ in range(20):
                kept.append(with_number(begin(), len(kept)))
                store.save(kept[-1])
        whole = path.read_bytes()
        for _ in range(times):
            at = chance.randrange(len(whole))
            changed = bytearray(whole)
            changed[at] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            try:
                with Store(path, keys) as store:
                    wrong += any(store.load(each.id) != each for each in kept)
            except StoreError:
                told += 1
            for companion in home.glob(f"{RECORDS}-*"):
                companion.unlink()
    return Row(
        "R6 one bit of the records flipped",
        times,
        wrong,
        told,
        note=f"{times - told} in bytes that hold nothing",
    )


def files_exchanged() -> Row:
    """The records or the vault are cut, emptied, missing, exchanged: refused, and no new records are begun."""
    from evalassist.records.accounts import Account
    from evalassist.records.entrance import Entrance

    begun_anew = told = done = 0

    def cut(share: float) -> Callable[[Path, Path], object]:
        return lambda db, _: db.write_bytes(db.read_bytes()[: int(db.stat().st_size * share)])

    def a_folder(db: Path, _vault: Path) -> None:
        db.unlink()
        db.mkdir()

    def all_vaults(vault: Path, change: Callable[[Path], object]) -> None:
        for each in vault.parent.glob(f"{vault.name}*"):
            change(each)

    def pages(db: Path, _vault: Path) -> None:
        db.write_bytes(db.read_bytes()[: db.stat().st_size // 4096 // 2 * 4096])

    variants: dict[str, Callable[[Path, Path], object]] = {
        "records empty": lambda db, _: db.write_bytes(b""),
        "records missing": lambda db, _: db.rename(db.with_name("elsewhere")),
        "records are noise": lambda db, _: db.write_bytes(secrets.token_bytes(8192)),
        "records are text": lambda db, _: db.write_bytes(b"hello\n" * 2000),
        "records are a folder": a_folder,
        "records cut to a third": cut(0.33),
        "records cut by a byte": lambda db, _: db.write_bytes(db.read_bytes()[:-1]),
        "records cut at a page": pages,
        "records of another clinic": lambda db, _: _other_records(db),
        "vault missing": lambda _, vault: all_vaults(vault, lambda each: each.rename(f"{each}.elsewhere")),
        "vault empty": lambda _, vault: all_vaults(vault, lambda each: each.write_bytes(b"")),
        "vault of another clinic": lambda _, vault: _other_vault(vault),
    }
    for change in variants.values():
        with folder() as home:
            entrance = Entrance(home)
            store, _ = entrance.begin(Account("", "chen", "A. Chen", "1", "administrator"), "correct horse")
            for _number in range(30):
                store.save(with_number(begin(), 1))
            store.close()
            change(entrance.records, entrance.vault_file)
            done += 1
            try:
                again = Entrance(home)
                if again.state() == "locked":
                    with again.sign_in("chen", "correct horse") as store:
                        begun_anew += len(store.drafts()) != 30
                else:
                    begun_anew += 1
            except EvalAssistError:
                told += 1
    return Row("R7 files cut, empty, missing, exchanged", done, begun_anew, told)


def _other_records(db: Path) -> None:
    db.unlink()
    Store(db, new_keys()).close()


def _other_vault(vault: Path) -> None:
    vault.write_bytes(
        vaults.vault_bytes(
            vaults.with_password(vaults.new_vault(), new_keys(), "1", "chen", "correct horse").model_copy(
                update={"begun": True}
            )
        )
    )


# ------------------------------------------------------------ R13, R15: many at once, and the clock


def many_at_once(processes: int, changes: int) -> Row:
    """Several workstations change one draft: every change builds on the one before."""
    with folder() as home:
        keys, draft = new_keys(), begin()
        with Store(home / RECORDS, keys) as store:
            store.save(with_number(draft, 0))
        with get_context("fork").Pool(processes) as pool:
            conflicts = sum(pool.starmap(_count_up, [(home / RECORDS, keys, draft.id, changes)] * processes))
        kept = number_in(home / RECORDS, keys, draft.id)
    wanted = processes * changes
    return Row(
        "R13 changes of one draft at once", wanted, wanted - kept, conflicts, note=f"{processes} processes"
    )


def _count_up(path: Path, keys: Keys, evaluation_id: str, changes: int) -> int:
    conflicts = 0
    with Store(path, keys, wait_s=30) as store:
        for _ in range(changes):
            while True:
                now = store.load(evaluation_id)
                try:
                    store.save(with_number(now, int(now.impression) + 1))
                    break
                except StoreConflictError:
                    conflicts += 1
    return conflicts


def a_long_day(saves: int) -> Row:
    """Sixty patients, and saves all day long: the memory and the file of last changes must not grow with them."""
    with folder() as home, Store(home / RECORDS, new_keys()) as store:
        drafts = [begin() for _ in range(60)]
        for draft in drafts:
            store.save(with_number(draft, 0))
        before, longest_wal = _memory_kb(), 0
        for number in range(saves):
            store.save(with_number(drafts[number % 60], number + 1))
            longest_wal = max(longest_wal, (home / f"{RECORDS}-wal").stat().st_size)
            if number == saves // 10:
                before = _memory_kb()  # everything that is made once is made by now
        grown = 100 * (_memory_kb() / before - 1)
    note = f"memory {grown:+.1f} %, file of last changes {longest_wal / 2**20:.1f} MB at most"
    return Row("R16 a long day", saves, int(grown > 5 or longest_wal > 10 * 2**20), note=note)


def _memory_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


# ------------------------------------------------------------ S1, S9: the vault, and what can be read


def vault_changed(times: int) -> Row:
    """Any sign of the vault is another, with its sum made to fit: it opens nothing, or the right keys."""
    import hashlib

    keys, chance, accepted, told = new_keys(), random.Random(9), 0, 0
    vaults.MEMORY_KIB, vaults.PASSES, vaults.LANES = vaults.LEAST_MEMORY_KIB, vaults.LEAST_PASSES, 1
    vault = vaults.with_password(vaults.new_vault(), keys, "1", "chen", "correct horse")
    vault, _ = vaults.with_paper_key(vault, keys)
    body = vault.model_dump_json().encode()
    for _ in range(times):
        at = chance.randrange(len(body))
        other = body[:at] + bytes([chance.choice(b'09afAZ+/=", ')]) + body[at + 1 :]
        if other == body:
            other = body[:at]
        try:
            changed = vaults.vault_of(other + b"\n" + hashlib.sha256(other).hexdigest().encode())
            _, opened = vaults.unlock(changed, "chen", "correct horse")
            accepted += opened != [keys]
        except EvalAssistError:
            told += 1
    return Row(
        "S1 one sign of the vault changed",
        times,
        accepted,
        told,
        note="the others were in the anchor or the paper's slot",
    )


def nothing_readable() -> Row:
    """A whole evaluation is typed, signed and printed; the patient's name is searched in every file left behind."""
    with folder() as home:
        places = {name: home / name for name in ("HOME", "TMPDIR", "EVALASSIST_HOME", "XDG_RUNTIME_DIR")}
        for place in places.values():
            place.mkdir(mode=0o700)
        child = subprocess.run(
            [sys.executable, HERE, "--session"],
            env={**os.environ, **{name: str(place) for name, place in places.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        if child.returncode:
            raise SystemExit(child.stdout + child.stderr)
        files = [file for file in home.rglob("*") if file.is_file()]
        found = [file for file in files if SURNAME.encode() in file.read_bytes()]
        said = SURNAME in child.stdout + child.stderr
    for file in found:
        print(f"  the name can be read in {file}", file=sys.stderr)
    return Row("S9 the patient's name in files, log and output", len(files), len(found) + said)


def no_network() -> Row:
    """The same evaluation, with every call to the network written down by the system."""
    with folder() as home:
        log = home / "calls"
        trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto", "-o", str(log)]
        subprocess.run(
            [*trace, sys.executable, HERE, "--session"],
            env={**os.environ, "EVALASSIST_HOME": str(home), "HOME": str(home)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        calls = log.read_text().splitlines()
    return Row(
        "S10 calls to the network",
        1,
        sum("AF_INET" in call for call in calls),
        note=f"{len(calls)} local ones",
    )


def be_a_session() -> int:
    """One evaluation from its first answer to the signed note and its papers."""
    from evalassist.case_file import read_case
    from evalassist.clinical.assessment import assess
    from evalassist.clinical.plan import plan_of_care
    from evalassist.content import load_content
    from evalassist.documents import handout_pdf
    from evalassist.evaluation import Signature
    from evalassist.log import start_logging
    from evalassist.note import Clinic
    from evalassist.noting import note_of
    from evalassist.settings import data_dir

    start_logging()
    from dataclasses import replace
    from datetime import UTC, datetime

    content = load_content()
    case = read_case(HERE.parent / "cases" / "ex1.toml", content)
    case = replace(case, patient=replace(case.patient, name=SURNAME))
    store, _ = Entrance(data_dir()).begin(Account("", "chen", "A. Chen", "1", "administrator"), PASSWORD)
    with store:
        store.save(case)
        signed = case.signed_by(Signature("A. Chen", "1", datetime(2026, 3, 2, 10, tzinfo=UTC)))
        assessment = assess(signed, content)
        note = note_of(
            signed, content, assessment, plan_of_care(signed, assessment, content), Clinic(name="Harbor")
        )
        store.sign(signed, note.model_dump_json())
        store.keep_document(signed.id, "handout", "en", "letter", handout_pdf(note), "A. Chen")
        store.search_patients(SURNAME[:4])
        try:
            store.save(case)
        except EvalAssistError as error:
            print(error)
    return 0


# ------------------------------------------------------------ what the suite shows

OF_THE_SUITE = {
    "R8 damaged records salvaged": ("test_salvage.py", ""),
    "R10, R11 backups cut short, restored, tried": ("test_backup.py", ""),
    "R12 stored records of every version": ("test_records.py", "version or migrat or update"),
    "R13, S8 the same on PostgreSQL": ("test_postgres.py", ""),
    "S2 slips on the paper key": ("test_vault.py", "paper"),
    "S5, S6 lock and wrong passwords": (
        "test_lock.py test_signing_in.py test_accounts.py test_half_typed.py test_half_filled.py test_waiting.py",
        "",
    ),
    "S7 audit trail and rows tampered with": ("test_audit.py", ""),
    "S8 routes to what is signed": ("test_records.py", "refuses_to_change"),
}


def of_the_suite(name: str) -> Row:
    """Faults that have their place among the tests: how many of these ran, and how many failed."""
    files, wanted = OF_THE_SUITE[name]
    paths = [HERE.with_name(file) for file in files.split()]
    command: list[str | Path] = [sys.executable, "-m", "pytest", "-q", "-n", "0", *paths]
    done = subprocess.run(
        [*command, "-k", wanted] if wanted else command,
        cwd=HERE.parent.parent,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    bad = counts.get("failed", 0) + counts.get("error", 0) + (not counts)
    if bad:  # also what ended the tests before they could count
        print(f"{done.stdout}{done.stderr}\n{files} ended with {done.returncode}", file=sys.stderr)
    return Row(name, sum(counts.values()), bad, note=f"tests of {files}")


# ------------------------------------------------------------ the shim


def _shim() -> Any:
    shim = ctypes.CDLL(os.environ["EVALASSIST_SHIM"])
    shim.faults_fail.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_char, ctypes.c_int, ctypes.c_int]
    shim.faults_record.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    return shim


def under_the_shim(group: str, count: int) -> Row:
    """Run one of the groups in a process whose calls to the disk go through the shim."""
    with folder() as place:
        shim = place / "shim.so"
        build: list[str | Path] = [
            "cc",
            "-shared",
            "-fPIC",
            "-O1",
            "-o",
            shim,
            HERE.with_name("faults_shim.c"),
            "-ldl",
        ]
        subprocess.run(build, check=True)
        child = subprocess.run(
            [sys.executable, HERE, "--group", group, str(count)],
            env={**os.environ, "LD_PRELOAD": str(shim), "EVALASSIST_SHIM": str(shim)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if child.returncode:
        raise SystemExit(f"{group}: the test itself failed")
    return Row(**json.loads(child.stdout.splitlines()[-1]))


GROUPS: dict[str, Callable[[int], Row]] = {
    "power": power_cut,
    "io": lambda count: disk_refuses(count, errno.EIO, "R3 n-th call to the disk fails"),
    "full": lambda count: disk_refuses(count, errno.ENOSPC, "R4 disk full"),
}


def table(short: bool) -> list[Row]:
    """All faults; the short form is what every change is checked with."""

    def few(whole: int, in_short: int) -> int:
        return in_short if short else whole

    work: list[Callable[[], Row]] = [
        lambda: window_killed(few(500, 4)),
        lambda: under_the_shim("power", few(2000, 150)),
        lambda: under_the_shim("io", few(1000, 40)),
        lambda: under_the_shim("full", few(300, 15)),
        lambda: memory_runs_out(few(50, 6)),
        lambda: bits_flipped(few(1000, 60)),
        files_exchanged,
        lambda: many_at_once(4, few(500, 40)),
        lambda: vault_changed(few(1000, 120)),
        nothing_readable,
    ]
    if not short:  # the suite runs them by itself
        work += [lambda: a_long_day(20_000), no_network]
        work += [partial(of_the_suite, name) for name in OF_THE_SUITE]
    rows = []
    for each in work:
        started = time.perf_counter()
        row = each()
        rows.append(row)
        print(line(row, time.perf_counter() - started), flush=True)
    return rows


HEAD = f"{'fault':<48}{'done':>6}{'lost':>6}{'told':>6}{'time':>8}  "


def line(row: Row, seconds: float) -> str:
    return f"{row.fault:<48}{row.done:>6}{row.lost:>6}{row.told:>6}{seconds:>6.0f} s  {row.note}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="few of each, for every change")
    parser.add_argument("--group", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--session", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.group:
        print(json.dumps(asdict(GROUPS[asked.group[0]](int(asked.group[1])))))
        return 0
    if asked.session:
        return be_a_session()
    print(HEAD)
    lost = sum(row.lost for row in table(asked.short))
    print("Nothing was lost." if not lost else f"LOST OR WRONG: {lost}")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
