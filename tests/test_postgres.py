"""The clinic's database: what is signed stays locked, nothing is lost, and every fault is told in plain words."""

from __future__ import annotations

import base64
import errno
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import CheckConstraint, Connection, text

from evalassist import cli
from evalassist.errors import EvalAssistError, SignedRecordError, StoreError
from evalassist.evaluation import Addendum, Evaluation, Patient, Signature
from evalassist.records import moving, postgres, writes
from evalassist.records import vault as vaults
from evalassist.records.accounts import Account
from evalassist.records.audit import ASKS_FOR_ITS_SEAL, TAKES_BACK
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.entrance import Entrance
from evalassist.records.migrations import MIGRATIONS
from evalassist.records.models import Base, utc_text
from evalassist.records.plain import addendum_sha256, sha256_of
from evalassist.records.restore import NotRestoredError, chosen_backup, restore
from evalassist.records.server import Server, read_server, server_of, ways_to, write_server
from evalassist.records.store import AccountChangedError, DismissedError, MovedError, Store
from evalassist.records.trail import Wanted
from evalassist.records.triggers import HIGHEST_LINE, REFUSALS, RULES
from evalassist.records.vault import Keys, WrongPaperKeyError, WrongPasswordError, new_keys

pytestmark = pytest.mark.usefixtures("quick_passwords")

KEYS = new_keys()
ANNA = Patient("Anna Svensson", date(1990, 5, 2), "F")
SIGNED_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOTE = '{"summary": "Anterior knee pain"}'
CHEN = Account("", "chen", "A. Chen", "PT-1", "administrator")
LEE = Account("", "lee", "S. Lee", "PT-2", "therapist")
PASSWORD, OTHER, THIRD = "correct horse", "battery staple", "purple monkey"
Crashed = Callable[[], AbstractContextManager[None]]
LettingIn = Callable[[str], AbstractContextManager[None]]
Asked = Callable[..., None]
Another = Callable[..., AbstractContextManager[Server]]


def begin() -> Evaluation:
    return Evaluation.begin(ANNA, "right", date(2026, 3, 1), content_release="2026.1")


def signed(evaluation: Evaluation) -> Evaluation:
    return evaluation.signed_by(Signature("Sam Lee, PT", "PT-77", SIGNED_AT))


def bare(server: Server) -> closing[psycopg.Connection[Any]]:
    """The database as any other program connects to it."""
    return closing(psycopg.connect(**server.connecting(), autocommit=True))


def everything(db: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    return {
        table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2".encode()).fetchall()
        for table in Base.metadata.tables
    }


def refusal(server: Server) -> str:
    with pytest.raises(StoreError) as caught, Store(server, KEYS):
        pytest.fail("this database must be refused")
    return caught.value.message


@pytest.fixture
def full(server: Server) -> tuple[Server, str, str]:
    """A database with a draft and a signed evaluation that has everything; and their ids."""
    draft, locked = begin(), begin()
    with Store(server, KEYS) as store:
        store.save(draft)
        store.sign(signed(locked), NOTE)
        store.add_addendum(locked.id, Addendum("more", "Sam Lee", SIGNED_AT))
        store.keep_document(locked.id, "handout", "en", "letter", b"%PDF-1", "Sam Lee")
        store.change_default("slr", 75, by="Pat", reason="our table")
        store.keep_account(replace(CHEN, id="chen"))
    return server, draft.id, locked.id


# ------------------------------------------------------------ signed means signed

COLUMNS = (
    "id, episode_id, kind, sore_knee, visit_date, version, change_number, updated_at, content_release, impression,"
    " opinions, plan_edits, answers, defaults, exercise_log"
)
FORGED = (
    "'initial', 'left', '2026-03-01', 1, 1, '2020-01-01T00:00:00.000000+00:00', '', 'forged',"
    " '{}', '[]', '{}', '{}', '[]'"
)
ROUTES = [
    "UPDATE evaluation SET impression = 'forged' WHERE id = '{signed}'",
    "UPDATE evaluation SET signed_at = NULL, note = NULL, note_sha256 = NULL, clinician = NULL, licence = NULL",
    "UPDATE evaluation SET id = '{signed}' WHERE id = '{draft}'",
    "UPDATE ONLY evaluation AS e SET note = 'forged' FROM episode WHERE e.id = '{signed}' AND episode_id = episode.id",
    "WITH gone AS (DELETE FROM evaluation WHERE id = '{signed}' RETURNING *) SELECT * FROM gone",
    "DELETE FROM evaluation",
    "DELETE FROM evaluation USING episode WHERE evaluation.episode_id = episode.id",
    f"INSERT INTO evaluation ({COLUMNS}) SELECT '{{signed}}', id, {FORGED} FROM episode LIMIT 1",
    f"INSERT INTO evaluation ({COLUMNS}) SELECT '{{signed}}', id, {FORGED} FROM episode LIMIT 1"
    " ON CONFLICT (id) DO UPDATE SET impression = 'forged'",
    "MERGE INTO evaluation USING (SELECT '{signed}' AS id) AS new ON evaluation.id = new.id"
    " WHEN MATCHED THEN UPDATE SET impression = 'forged'",
    "MERGE INTO evaluation USING (SELECT '{signed}' AS id) AS new ON evaluation.id = new.id"
    " WHEN MATCHED THEN DELETE",
    "UPDATE episode SET patient_id = 'someone else'",
    "UPDATE episode SET id = 'another'",
    "UPDATE patient SET id = 'someone else'",
    "UPDATE addendum SET text = 'forged'",
    "DELETE FROM addendum",
    "INSERT INTO addendum SELECT evaluation_id, number, 'forged', '', '', '' FROM addendum",
    "INSERT INTO addendum VALUES ('{draft}', 1, 'on a draft', '', '', '')",
    "INSERT INTO addendum SELECT evaluation_id, number, '', '', '', '' FROM addendum"
    " ON CONFLICT (evaluation_id, number) DO UPDATE SET text = 'forged'",
    "UPDATE document SET pdf = ''",
    "DELETE FROM document",
    "UPDATE document_use SET use = 'printed'",
    "DELETE FROM document_use",
    "UPDATE default_change SET value = 1",
    "DELETE FROM default_change",
    "UPDATE audit SET who = 'nobody'",
    "DELETE FROM audit",
    "INSERT INTO audit SELECT * FROM audit ON CONFLICT (number) DO UPDATE SET who = 'nobody'",
    "DELETE FROM account",
    "TRUNCATE audit",
    "TRUNCATE evaluation, addendum, document, document_use, place",
    "TRUNCATE patient CASCADE",
]  # fmt: skip
ROUTES_AROUND_THE_LOCKS = [
    "DROP TRIGGER evaluation_signed_not_updated ON evaluation",
    "ALTER TABLE evaluation DISABLE TRIGGER ALL",
    "ALTER TABLE audit ADD COLUMN more text",
    "ALTER TABLE audit RENAME TO former_audit",
    "DROP TABLE addendum",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION addendum_not_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "ALTER FUNCTION addendum_only_when_signed() RESET search_path",
    "CREATE TABLE mine (x int)",
    "CREATE TEMPORARY TABLE evaluation (id text, signed_at text)",
    "CREATE RULE silent AS ON INSERT TO audit DO INSTEAD NOTHING",
    "UPDATE about SET version = 99",
    "COPY about FROM STDIN",
    "SET ROLE clinic_owner",
]


def refused(db: psycopg.Connection[Any], route: str, draft: str, locked: str) -> str:
    try:
        db.execute(route.replace("{draft}", draft).replace("{signed}", locked).encode())
    except psycopg.Error as error:
        return error.diag.message_primary or ""
    return "not refused"


def test_no_sql_of_a_workstation_changes_what_is_signed(full: tuple[Server, str, str]) -> None:
    server, draft, locked = full
    with bare(server) as db:
        before = everything(db)
        for route in (*ROUTES, *ROUTES_AROUND_THE_LOCKS):
            said = refused(db, route, draft, locked)
            assert said in REFUSALS or said.startswith(("permission denied", "must be owner")), (route, said)
        assert everything(db) == before


def test_the_locks_hold_against_the_owner_of_the_tables_too(
    full: tuple[Server, str, str], owner: Server
) -> None:
    _, draft, locked = full
    with bare(owner) as db:
        before = everything(db)
        for route in ROUTES:
            assert refused(db, route, draft, locked) in REFUSALS, route
        assert everything(db) == before


def test_both_engines_have_the_same_rules_and_the_server_empties_no_table(owner: Server) -> None:
    with bare(owner) as db:
        found = db.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        ).fetchall()
    emptied = {f"{rule.table}_not_emptied" for rule in RULES}
    assert {name for (name,) in found} == {rule.trigger for rule in RULES} | emptied | {"audit_in_a_row"}


def test_the_applications_user_has_no_right_more_than_it_needs(server: Server, owner: Server) -> None:
    with bare(owner) as db:
        given = db.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
            [server.user],
        ).fetchall()
    assert {table for table, _ in given} == {"about", *Base.metadata.tables}
    for table in ("audit", "addendum", "document", "document_use", "default_change"):
        assert {right for name, right in given if name == table} == {"SELECT", "INSERT"}
    assert {right for name, right in given if name == "about"} == {"SELECT"}
    assert {right for _, right in given} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_every_connection_is_durable_and_holds_nobody_up(server: Server) -> None:
    engine = postgres.open_server(server, wait_s=0.3)
    with engine.connect() as db:
        for name, value in {
            "synchronous_commit": "on",
            "lock_timeout": "300ms",
            "statement_timeout": "10s",
            "idle_in_transaction_session_timeout": "10s",
            "client_encoding": "UTF8",
            "search_path": "public",
        }.items():
            assert db.scalar(text(f"SHOW {name}")) == value, name
    engine.dispose()


def test_what_the_user_of_the_server_sets_for_itself_counts_for_no_workstation(
    server: Server, asked: Asked
) -> None:
    for each in (
        "extra_float_digits = -15",
        "datestyle = 'German, DMY'",
        "bytea_output = 'escape'",
        "default_transaction_isolation = 'serializable'",
        "standard_conforming_strings = off",
    ):
        asked(f"ALTER ROLE {server.user} SET {each}")
    try:
        with Store(server, KEYS) as store:
            store.change_default("slr", 75.5, by="Pat", reason="our table")
            store.save(begin())
            assert store.clinic_defaults() == {"slr": 75.5}
            assert [row.visit_date for row in store.drafts()] == [date(2026, 3, 1)]
            with store._engine.connect() as db:
                assert db.scalar(text("SHOW transaction_isolation")) == "read committed"
    finally:
        asked(f"ALTER ROLE {server.user} RESET ALL")


# ------------------------------------------------------------ several at once

EDITS_ONE_RECORD = """
import sys, time
from evalassist.errors import StoreError
from evalassist.records.rows import StoreConflictError
from evalassist.records.server import Server
from evalassist.records.store import DismissedError, Store
from evalassist.records.vault import Keys

where, port, database, user, key, evaluation_id, name, edits = sys.argv[1:]
where = Server(where, database, user, port=int(port)) if database else where
store = Store(where, Keys(bytes.fromhex(key), bytes(32)), wait_s=10)
for number in range(int(edits)):
    evaluation = store.load(evaluation_id)
    while True:
        count = evaluation.answers.get("count", 0) + 1
        mine = evaluation.answers.get(name, 0) + 1
        try:
            store.save(evaluation.with_answers({"count": count, name: mine}))
            break
        except StoreConflictError:
            evaluation = store.load(evaluation_id)
print("done")
"""
PROCESSES = 4


def edit_at_once(records: Path | Server, edits: int) -> dict[str, Any]:
    draft = begin()
    with Store(records, KEYS) as store:
        store.save(draft)
    told = (
        [records.host, records.port, records.database, records.user]
        if isinstance(records, Server)
        else [records, 0, "", ""]
    )
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                EDITS_ONE_RECORD,
                *map(str, told),
                KEYS.database.hex(),
                draft.id,
                f"by-{n}",
                str(edits),
            ],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        for n in range(PROCESSES)
    ]
    assert [child.communicate()[0] for child in children] == ["done\n"] * PROCESSES
    with Store(records, KEYS) as store:
        return dict(store.load(draft.id).answers)


def test_four_programs_that_edit_one_record_lose_no_edit(records: Path | Server) -> None:
    edits = 15
    answers = edit_at_once(records, edits)
    assert answers.pop("count") == PROCESSES * edits
    assert answers == {f"by-{n}": edits for n in range(PROCESSES)}


def test_lines_of_the_trail_written_at_once_are_numbered_without_gap_or_twin(server: Server) -> None:
    engine = postgres.open_server(server, wait_s=10)

    def write_lines() -> None:
        for _ in range(25):
            with engine.begin() as db:
                writes.lock_trail(db)
                db.execute(
                    text(
                        "INSERT INTO audit SELECT coalesce(max(number), 0) + 1, '', '', '', '', '', '', '' FROM audit"
                    )
                )

    writers = [Thread(target=write_lines) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with engine.connect() as db:
        numbers = list(db.scalars(text("SELECT number FROM audit ORDER BY number")))
    engine.dispose()
    assert numbers == list(range(1, 101))


def test_a_workstation_that_writes_for_long_is_told_to_the_others_and_nothing_is_lost(server: Server) -> None:
    draft = begin()
    with Store(server, KEYS, wait_s=0.1) as store, bare(server) as other:
        store.save(draft)
        other.execute("BEGIN")
        other.execute(f"SELECT pg_advisory_xact_lock({writes.TRAIL_LOCK})".encode())
        with pytest.raises(StoreError, match="Another workstation is writing"):
            store.save(draft.with_impression("later"))
        assert store.load(draft.id, to_edit=False) == draft  # reading goes on
        other.execute("ROLLBACK")
        store.save(draft.with_impression("later"))


# ------------------------------------------------------------ faults in plain words


def test_a_server_killed_while_working_is_told_and_the_work_goes_on(server: Server, crashed: Crashed) -> None:
    draft = begin()
    with Store(server, KEYS) as store:
        store.save(draft)
        with crashed():
            with pytest.raises(StoreError, match="cannot be reached") as caught:
                store.save(draft.with_impression("typed on"))
            assert "everything kept before it is safe" in caught.value.message
            with pytest.raises(StoreError, match="cannot be reached"):
                store.drafts()
        store.save(draft.with_impression("typed on"))
        assert store.load(draft.id).impression == "typed on"


def test_a_connection_that_breaks_inside_a_save_is_told_and_made_anew(
    server: Server, crashed: Crashed, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    write = writes.change_evaluation

    def break_in_the_middle(*told: Any) -> int:
        with crashed():
            return write(*told)

    with Store(server, KEYS) as store:
        store.save(draft)
        monkeypatch.setattr(writes, "change_evaluation", break_in_the_middle)
        with pytest.raises(StoreError, match=r"connection to the database .* was lost"):
            store.save(draft.with_impression("half"))
        monkeypatch.undo()
        assert store.load(draft.id, to_edit=False) == draft
        store.save(draft.with_impression("whole"))
        assert store.load(draft.id).impression == "whole"


@pytest.mark.parametrize("new", [True, False])
def test_a_save_that_arrived_although_the_answer_was_lost_is_no_conflict(
    server: Server, new: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()
    with Store(server, KEYS) as store:
        if not new:
            store.save(draft)
        dialect = store._engine.dialect
        commit = dialect.do_commit

        def lose_the_answer(connection: Any) -> None:
            commit(connection)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr(dialect, "do_commit", lose_the_answer)
        with pytest.raises(StoreError, match="not certain"):
            store.save(draft.with_impression("arrived"))
        monkeypatch.undo()
        store.save(draft.with_impression("typed on"))
        with Store(server, KEYS) as other:
            other.save(other.load(draft.id).with_impression("theirs"))
        with pytest.raises(EvalAssistError, match="another window"):
            store.save(draft.with_impression("a real conflict"))


def test_what_cannot_be_connected_is_told_with_its_reason(server: Server, over_the_network: Server) -> None:
    assert "cannot be reached" in refusal(replace(server, port=1))
    assert "cannot be reached" in refusal(replace(server, host="/nowhere"))
    assert "There is no database “nix”" in refusal(replace(server, database="nix"))
    assert "did not accept the user nobody" in refusal(replace(server, user="nobody"))
    said = refusal(replace(over_the_network, password="wrong"))
    assert "did not accept the user evalassist_app with this password" in said
    assert "connect-to-postgres" in said
    assert "wrong" not in said


def test_over_a_network_the_server_proves_itself_and_everything_is_encrypted(
    over_the_network: Server, tmp_path: Path
) -> None:
    with Store(over_the_network, KEYS) as store:
        store.save(begin())
        (encrypted,) = store._read(
            lambda db: db.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).one()
        )
        assert encrypted
    unknown = replace(over_the_network, certificate="")  # signed by nobody this computer trusts
    assert "could not prove that it is the right one" in refusal(unknown)
    (tmp_path / "key.der").write_bytes(b"\x30\x82\xff")
    for name in ("missing.crt", "key.der"):
        assert "cannot be read" in refusal(replace(over_the_network, certificate=str(tmp_path / name)))
    elsewhere = replace(over_the_network, host="127.0.0.3")
    assert "cannot be reached" in refusal(elsewhere) or "could not prove" in refusal(elsewhere)


def asks_for(method: bytes, heard: list[bytes], listening: socket.socket) -> None:
    """A false server that begins as PostgreSQL does, asks for the password in its own way, and keeps what comes."""
    with suppress(OSError, struct.error):
        while True:
            there, _ = listening.accept()
            with there:
                there.settimeout(5)
                asked = NO_ENCRYPTION[0]
                while asked in NO_ENCRYPTION:
                    (length,) = struct.unpack("!I", there.recv(4))
                    asked = there.recv(length - 4)[:4]
                    if asked in NO_ENCRYPTION:
                        there.sendall(b"N")
                there.sendall(b"R" + struct.pack("!I", 4 + len(method)) + method)
                heard.append(there.recv(1000))


NO_ENCRYPTION = tuple(struct.pack("!I", number) for number in (80877103, 80877104))
IN_THE_CLEAR, AS_MD5, AS_IT_IS = struct.pack("!I", 3), struct.pack("!I", 5) + b"salt", struct.pack("!I", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "socket"])
@pytest.mark.parametrize(
    ("method", "said"),
    [
        (IN_THE_CLEAR, "set password_encryption = scram-sha-256"),
        (AS_MD5, "set password_encryption = scram-sha-256"),
        (AS_IT_IS, "did not prove that it knows the password"),
    ],
    ids=["clear", "md5", "none"],
)
def test_a_false_server_on_this_computer_is_told_nothing(host: str, method: bytes, said: str) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX if host == "socket" else socket.AF_INET) as listening,
    ):
        if host == "socket":
            host, port = folder, 5999
            listening.bind(f"{folder}/.s.PGSQL.{port}")
        else:
            listening.bind(("127.0.0.1", 0))
            port = listening.getsockname()[1]
        listening.listen()
        heard = list[bytes]()
        thread = Thread(target=asks_for, args=(method, heard, listening))
        thread.start()
        told = refusal(Server(host, "clinic", "evalassist_app", "the-secret", port))
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert said in told
    assert "the-secret" not in told
    assert set(heard) == {b""}


def test_a_server_with_an_old_kind_of_password_is_told_what_to_do(
    over_the_network: Server, asked: Asked, letting_in: LettingIn
) -> None:
    """Over a network, too, where it has proved who it is."""
    for method in ("md5", "password"):
        with letting_in(f"hostssl all evalassist_app 127.0.0.0/8 {method}"):
            if method == "md5":
                asked("SET password_encryption = md5", "ALTER ROLE evalassist_app PASSWORD 'old kind'")
            try:
                told = refusal(replace(over_the_network, password="old kind"))
            finally:
                asked(f"ALTER ROLE evalassist_app PASSWORD '{over_the_network.password}'")
        assert "set password_encryption = scram-sha-256" in told, method
        assert "set the password of evalassist_app anew" in told
    Store(over_the_network, KEYS).close()


def test_the_owner_who_sets_up_a_server_does_not_tell_it_the_password(
    over_the_network: Server, asked: Asked, letting_in: LettingIn
) -> None:
    asked("ALTER ROLE clinic_owner PASSWORD 'of the owner'")
    as_owner = replace(over_the_network, user="clinic_owner", password="of the owner")
    try:
        with (
            letting_in("hostssl all clinic_owner 127.0.0.0/8 password"),
            pytest.raises(StoreError, match="could be read or guessed"),
        ):
            postgres.set_up(as_owner)
        assert postgres.set_up(as_owner).before == len(MIGRATIONS)
    finally:
        asked("ALTER ROLE clinic_owner PASSWORD NULL")


def test_an_installation_without_the_part_for_servers_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "its part “postgres”" in refusal(server)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_an_address_that_asks_for_less_safety_is_refused(mode: str) -> None:
    with pytest.raises(StoreError, match="only with sslmode=verify-full"):
        server_of(f"postgresql://app@db.clinic/records?sslmode={mode}")
    assert server_of(f"postgresql://app@localhost/records?sslmode={mode}").is_local
    for host in (
        "db.clinic",
        "/tmp,db.clinic",
        "localhost,db.clinic",
    ):  # several hosts: none is this computer
        found = server_of(f"postgresql://app@/records?host={host}")
        assert found.connecting()["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://",
        "mysql://app@host/records",
        "postgresql://host/records",
        "postgresql://app@host",
        "\x00",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        server_of(url)
    with pytest.raises(StoreError, match="not known here"):
        server_of("postgresql://app@host/records?options=-csession_replication_role%3Dreplica")


def test_a_right_that_was_taken_away_is_told(server: Server, owner: Server) -> None:
    with Store(server, KEYS) as store, bare(owner) as db:
        db.execute("REVOKE INSERT ON patient FROM evalassist_app")
        try:
            with pytest.raises(StoreError, match="no permission") as caught:
                store.save(begin())
            assert "last change is not kept" in caught.value.message
        finally:
            db.execute("GRANT INSERT ON patient TO evalassist_app")
        store.save(begin())


def test_a_database_that_only_reads_or_cannot_keep_a_sign_is_told(server: Server, owner: Server) -> None:
    with Store(server, KEYS) as store:
        with pytest.raises(StoreError, match="character that cannot be kept"):
            store.save(begin().with_impression("nul \x00"))
        with bare(owner) as db:
            db.execute("ALTER DATABASE clinic SET default_transaction_read_only = on")
        try:
            with Store(server, KEYS) as reading, pytest.raises(StoreError, match="only reads at present"):
                reading.save(begin())
        finally:
            with bare(owner) as db:
                db.execute("SET default_transaction_read_only = off")
                db.execute("ALTER DATABASE clinic RESET default_transaction_read_only")
        assert store.drafts() == ()


def test_the_log_and_the_faults_of_a_server_name_no_people(
    server: Server, owner: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL quotes a row that breaks a rule of the table; that text goes nowhere."""
    with bare(owner) as db:
        db.execute("ALTER TABLE patient ADD CONSTRAINT tried CHECK (name = 'nobody')")
    try:
        with Store(server, KEYS) as store, pytest.raises(StoreError) as caught:
            store.save(begin())
    finally:
        with bare(owner) as db:
            db.execute("ALTER TABLE patient DROP CONSTRAINT tried")
    assert caught.value.__suppress_context__
    assert "23514" in caught.value.message
    assert "Svensson" not in caught.value.message + caplog.text


# ------------------------------------------------------------ setting up


def version(owner: Server, number: int) -> None:
    with bare(owner) as db:
        db.execute("UPDATE about SET version = %s", [number])


def test_setting_up_again_changes_nothing_that_is_kept(full: tuple[Server, str, str], owner: Server) -> None:
    server, *_ = full
    with bare(server) as db:
        before = everything(db)
        done = postgres.set_up(owner)
        assert (done.before, done.password) == (len(MIGRATIONS), "")
        assert everything(db) == before


def test_an_older_a_newer_and_a_foreign_database_are_refused_until_they_are_set_up(
    server: Server, owner: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = len(MIGRATIONS)
    version(owner, known + 1)
    assert "newer EvalAssist" in refusal(server)
    with pytest.raises(StoreError, match="newer EvalAssist"):
        postgres.set_up(owner)
    version(owner, known - 1)
    assert "older EvalAssist" in refusal(server)
    monkeypatch.setattr(postgres, "UPGRADES", {known: ("ALTER TABLE place ADD COLUMN x int", "not SQL")})
    with pytest.raises(StoreError):
        postgres.set_up(owner)
    assert "older EvalAssist" in refusal(server)  # all or nothing
    upgrade = ("ALTER TABLE place ADD COLUMN x int", "ALTER TABLE place DROP COLUMN x")
    monkeypatch.setattr(postgres, "UPGRADES", {known: upgrade})
    assert postgres.set_up(owner).before == known - 1
    Store(server, KEYS).close()
    foreign = replace(owner, database="postgres")
    assert "holds no records of EvalAssist" in refusal(replace(server, database="postgres"))
    with pytest.raises(StoreError, match="permission"):
        postgres.set_up(foreign)


def test_a_user_who_could_take_the_locks_away_does_not_work_with_the_records(owner: Server) -> None:
    assert "could change what is signed" in refusal(owner)
    assert "could change what is signed" in refusal(replace(owner, user="postgres"))
    with pytest.raises(StoreError, match="are two"):
        postgres.set_up(owner, owner.user)


def test_a_user_for_whom_the_server_takes_all_locks_off_does_not_work_with_the_records(
    server: Server, asked: Asked
) -> None:
    asked(f"ALTER ROLE {server.user} SET session_replication_role = replica")
    try:
        assert "takes all locks off" in refusal(server)
    finally:
        asked(f"ALTER ROLE {server.user} RESET ALL")


@pytest.mark.parametrize(
    "role",
    [
        "CREATEROLE",
        "SUPERUSER",
        "REPLICATION",
        "IN ROLE clinic_owner",
        "NOINHERIT IN ROLE clinic_owner",
        "IN ROLE maker",
        "IN ROLE pg_execute_server_program",
        "IN ROLE pg_write_server_files",
        "NOINHERIT IN ROLE pg_write_all_data",
    ],
)
def test_a_role_of_the_clinics_own_that_could_take_the_locks_away_is_not_set_up(
    owner: Server, server: Server, asked: Asked, role: str
) -> None:
    asked("CREATE ROLE maker CREATEROLE", f"CREATE ROLE desk LOGIN {role}")
    try:
        with pytest.raises(StoreError, match=r"desk could change what is signed: .*Nothing was changed"):
            postgres.set_up(owner, "desk")
        desk = replace(server, user="desk")
        assert "no permission" in refusal(desk) or "could change what is signed" in refusal(desk)
        asked(
            "ALTER ROLE desk NOSUPERUSER NOCREATEROLE NOREPLICATION", "REVOKE clinic_owner, maker FROM desk"
        )
        asked("REVOKE pg_execute_server_program, pg_write_server_files, pg_write_all_data FROM desk")
        postgres.set_up(owner, "desk")
        Store(desk, KEYS).close()
        asked("ALTER ROLE desk CREATEROLE")  # given later
        assert "could change what is signed" in refusal(desk)
    finally:
        asked("DROP OWNED BY desk", database="clinic")
        asked("DROP ROLE desk", "DROP ROLE maker")


def test_the_setup_for_another_user_says_who_may_use_the_records_too(
    owner: Server, server: Server, asked: Asked
) -> None:
    """A workstation may have a user of its own, so nobody's rights are taken."""
    asked("CREATE ROLE desk LOGIN")
    try:
        assert postgres.set_up(owner, "desk").others == (server.user,)
        assert postgres.set_up(owner).others == ("desk",)
        Store(replace(server, user="desk"), KEYS).close()
    finally:
        asked("DROP OWNED BY desk", database="clinic")
        asked("DROP ROLE desk")
    assert postgres.set_up(owner).others == ()


@pytest.mark.parametrize(
    ("given", "undo"),
    [
        (
            "GRANT SET ON PARAMETER session_replication_role TO maker",
            "REVOKE SET ON PARAMETER session_replication_role FROM maker",
        ),
        (
            "GRANT ALTER SYSTEM ON PARAMETER archive_command TO desk",
            "REVOKE ALTER SYSTEM ON PARAMETER archive_command FROM desk",
        ),
        (
            "GRANT SET ON PARAMETER session_preload_libraries TO maker",
            "REVOKE SET ON PARAMETER session_preload_libraries FROM maker",
        ),
        (
            "GRANT SET ON PARAMETER session_replication_role TO PUBLIC",
            "REVOKE SET ON PARAMETER session_replication_role FROM PUBLIC",
        ),
        ("ALTER DATABASE clinic OWNER TO desk", "ALTER DATABASE clinic OWNER TO clinic_owner"),
        ("ALTER SCHEMA public OWNER TO maker", "ALTER SCHEMA public OWNER TO pg_database_owner"),
        ("ALTER TABLE evaluation OWNER TO desk", "ALTER TABLE evaluation OWNER TO clinic_owner"),
        (
            "ALTER FUNCTION evaluation_signed_not_updated() OWNER TO maker",
            "ALTER FUNCTION evaluation_signed_not_updated() OWNER TO clinic_owner",
        ),
    ],
)
def test_a_user_who_could_take_one_lock_away_does_not_work_with_the_records(
    owner: Server, server: Server, asked: Asked, given: str, undo: str
) -> None:
    asked("CREATE ROLE maker", "CREATE ROLE desk LOGIN IN ROLE maker")
    try:
        postgres.set_up(owner, "desk")
        desk = replace(server, user="desk")
        Store(desk, KEYS).close()
        asked(given, database="clinic")
        assert "could change what is signed" in refusal(desk)
    finally:
        asked(undo, "DROP OWNED BY desk", database="clinic")
        asked("DROP ROLE desk", "DROP ROLE maker")


def test_the_tables_of_the_server_are_those_the_program_reads(server: Server) -> None:
    with bare(server) as db:
        found = db.execute(
            "SELECT table_name, column_name, is_nullable = 'YES', collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'about' ORDER BY table_name, ordinal_position"
        ).fetchall()
    wanted = [
        (name, column.name, bool(column.nullable))
        for name, table in sorted(Base.metadata.tables.items())
        for column in table.columns
    ]
    assert [row[:3] for row in found] == wanted
    assert {row[3] for row in found} == {"C", None}


def test_the_test_of_a_connection_says_what_it_found(server: Server) -> None:
    found = postgres.look(server)
    assert found.vault is None
    assert "ready and still empty" in found.says
    assert "fsync is off" in found.says  # this suite's server is quick, not safe


# ------------------------------------------------------------ moving up


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    """A workstation with records of its own: an administrator, a therapist, a signed and an open evaluation."""
    monkeypatch.setattr(moving, "AT_ONCE", 20)  # so that even five papers travel in several parts
    entrance = Entrance(tmp_path)
    store, _ = entrance.begin(CHEN, PASSWORD)
    with store:
        entrance.add_account(store, LEE, OTHER)
        store.save(begin().with_answers({"third": 1 / 3, "text": "Läuft\n“weh” 🦵 \x00"}))
        locked = begin()
        store.sign(locked.signed_by(Signature(CHEN.name, CHEN.licence, SIGNED_AT)), NOTE)
        store.add_addendum(locked.id, Addendum("more", CHEN.name, SIGNED_AT, licence=CHEN.licence))
        for number in range(5):
            store.keep_document(locked.id, "handout", "en", "letter", f"%PDF-{number}".encode(), "Sam Lee")
        store.change_default("slr", 75.5, by="Pat", reason="our table")
    return entrance


def rows_in(file: Path, keys: Keys) -> dict[str, list[Any]]:
    """All rows of a file; of the audit trail none, for signing in adds a line."""
    with closing(connect(file, keys.database)) as db:
        return {
            name: db.execute(f"SELECT * FROM {name}").fetchall()
            for name in Base.metadata.tables
            if name != "audit"
        }


def test_moved_records_are_the_same_on_the_server_and_the_file_stays_as_it_was(
    here: Entrance, server: Server
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        keys = store.keys
        drafts, papers = store.drafts(), store.documents_of_patient(ANNA.id)
        evaluations = [store.load(row.id) for row in store.recent()]
    before = rows_in(here.records, keys)
    with here.sign_in("chen", PASSWORD) as store:
        moved = here.use_server(store, server)
        assert (moved["evaluation"], moved["document"], moved["addendum"]) == (2, 5, 1)
        with pytest.raises(MovedError, match="were moved to the clinic's database"):
            store.save(begin())  # a window still open on the file
    assert rows_in(here.records, keys) == before
    file = here.records.read_bytes()
    with here.sign_in("lee", OTHER) as store:
        assert store.is_shared
        assert (store.drafts(), store.documents_of_patient(ANNA.id)) == (drafts, papers)
        assert [store.load(row.id) for row in store.recent()] == evaluations
        with pytest.raises(SignedRecordError):
            store.save(next(each for each in evaluations if each.signature).with_impression("no"))
        store.save(begin())
    assert here.records.read_bytes() == file
    with pytest.raises(StoreError, match="There are records in"):
        moving.move(here.records, keys, server)


def test_a_row_that_arrives_changed_moves_nothing(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = moving.content

    def changed_on_the_way(table: Any, db: Connection) -> tuple[int, str]:
        if table.name == "addendum" and db.dialect.name == "postgresql":
            db.execute(
                text("INSERT INTO addendum SELECT evaluation_id, 2, '', '', written_at, '' FROM addendum")
            )
        return compare(table, db)

    with here.sign_in("chen", PASSWORD) as store:
        monkeypatch.setattr(moving, "content", changed_on_the_way)
        with pytest.raises(StoreError, match="is not what was sent"):
            here.use_server(store, server)
        monkeypatch.undo()
        assert postgres.look(server).records == 0
        store.save(begin())  # the file is still the place of the records
        assert here.use_server(store, server)["evaluation"] == 3


def test_a_server_that_dies_while_records_are_moved_leaves_them_here(
    here: Entrance, server: Server, crashed: Crashed, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = moving.content

    def die(table: Any, db: Connection) -> tuple[int, str]:
        if table.name == "evaluation" and db.dialect.name == "postgresql":
            with crashed():
                return compare(table, db)
        return compare(table, db)

    with here.sign_in("chen", PASSWORD) as store:
        monkeypatch.setattr(moving, "content", die)
        with pytest.raises(StoreError, match="Nothing was moved"):
            here.use_server(store, server)
        store.save(begin())
    assert postgres.look(server).vault is None
    assert here.state() == "locked"


def test_a_move_cut_short_before_it_counted_is_told_and_the_file_still_counts(
    here: Entrance, server: Server
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        moving.move(here.records, store.keys, server)
    with here.sign_in("chen", PASSWORD) as store:
        assert not store.is_shared
        store.save(begin())
        with pytest.raises(StoreError, match="a move that was cut short"):
            here.use_server(store, server)


def test_what_another_window_keeps_while_the_records_are_moved_is_not_left_behind(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, keep_vault = Entrance(here.records.parent).sign_in("lee", OTHER), Store.keep_vault

    def meanwhile(there: Store, vault: bytes, *, coming: bool = False) -> None:
        monkeypatch.undo()
        other.save(begin())
        keep_vault(there, vault, coming=coming)

    with other, here.sign_in("chen", PASSWORD) as store:
        many = len(store.drafts())
        monkeypatch.setattr(Store, "keep_vault", meanwhile)
        with pytest.raises(StoreError, match="the records of this computer are the ones that count"):
            here.use_server(store, server)
    with here.sign_in("chen", PASSWORD) as store:
        assert not store.is_shared
        assert len(store.drafts()) == many + 1


@pytest.mark.parametrize("way", ["password", "paper key"])
def test_on_a_server_a_window_is_closed_to_a_password_or_paper_key_that_was_exchanged_elsewhere(
    here: Entrance, server: Server, way: str
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        here.use_server(store, server)
    with here.sign_in("chen", PASSWORD) as administrator:
        paper = here.new_paper_key(administrator)
    opened = here.sign_in("lee", OTHER) if way == "password" else here.sign_in_with_paper(paper)
    with here.sign_in("chen", PASSWORD) as administrator:
        assert opened.number_of_patients() >= 0
        if way == "password":
            lee = next(each for each in administrator.people() if each.sign_in == "lee")
            here.change_password(administrator, lee.id, THIRD)
        else:
            here.new_paper_key(administrator)
        assert administrator.number_of_patients() >= 0  # whoever changed it goes on
    for act in (opened.number_of_patients, lambda: opened.save(begin()), opened.recent):
        with pytest.raises(AccountChangedError):
            act()
    with suppress(AccountChangedError):
        opened.close()


def test_what_was_typed_when_the_own_password_was_reset_elsewhere_is_kept_after_signing_in_with_the_new_one(
    here: Entrance, there: Entrance
) -> None:
    draft = begin()
    with there.sign_in("lee", OTHER) as window:
        window.save(draft)
        with here.sign_in("chen", PASSWORD) as administrator:
            lee = next(each for each in administrator.people() if each.sign_in == "lee")
            here.change_password(administrator, lee.id, THIRD)
        with pytest.raises(AccountChangedError):
            window.save(draft.with_impression("typed"))
        there.sign_in("chen", PASSWORD).close()  # the new password is known there then
        with there.sign_in("lee", THIRD) as fresh:
            window.go_on_as(fresh)
        window.save(draft.with_impression("typed"))
        with here.sign_in("chen", PASSWORD) as administrator:
            here.change_password(administrator, lee.id, OTHER)
        with pytest.raises(AccountChangedError):
            window.recent()


def test_a_password_is_not_changed_in_another_window_while_the_records_are_moved(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former one would count on the server, though the person was told otherwise."""
    window = Entrance(here.records.parent)
    other, writing = window.sign_in("lee", OTHER), Store.writing

    def meanwhile(store: Store, *told: Any) -> AbstractContextManager[Connection]:
        with pytest.raises(StoreError, match="Nothing was changed here"):
            window.change_password(other, other.account.id, THIRD)
        return writing(store, *told)

    with here.sign_in("chen", PASSWORD) as store, monkeypatch.context() as at_once:
        at_once.setattr(Store, "writing", meanwhile)
        here.use_server(store, server)
    with suppress(StoreError):
        other.close()
    here.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("way", ["password", "paper key"])
def test_a_way_in_of_before_that_was_put_into_the_vault_opens_nothing_on_the_server_either(
    here: Entrance, server: Server, way: str
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        paper, former = here.new_paper_key(store), here.vault()
        here.new_paper_key(store)
        here.change_password(store, lee.id, THIRD)
    with here.sign_in("chen", PASSWORD) as store:
        slot = former.slot(lee.id if way == "password" else vaults.PAPER)
        assert slot is not None
        here.vault_file.write_bytes(vaults.vault_bytes(here.vault().with_slot(slot)))
        here.use_server(store, server)
    with pytest.raises((WrongPasswordError, WrongPaperKeyError)):
        here.sign_in("lee", OTHER) if way == "password" else here.sign_in_with_paper(paper)
    here.sign_in("lee", THIRD).close()


def test_a_workstation_is_not_connected_to_the_copy_of_a_move_cut_short_while_its_file_still_counts(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise StoreError("The disk is full.")

    with here.sign_in("chen", PASSWORD) as store:
        monkeypatch.setattr(store, "writing", cut)
        with pytest.raises(StoreError, match="full"):
            here.use_server(store, server)
        monkeypatch.undo()
        store.save(begin())
        many = len(store.drafts())
    with pytest.raises(StoreError, match="never moved there to the end"):
        here.join(server, "chen", PASSWORD)
    with here.sign_in("chen", PASSWORD) as store:
        assert len(store.drafts()) == many


class _PowerCut(BaseException):
    """Nothing that the program would still do is done."""


@contextmanager
def power_cut(monkeypatch: pytest.MonkeyPatch, where: object, step: str) -> Iterator[None]:
    """The power goes in the moment in which `step` would begin."""

    def cut(*_told: object, **_more: object) -> None:
        raise _PowerCut

    with monkeypatch.context() as power:
        power.setattr(where, step, cut)
        with pytest.raises(_PowerCut):
            yield


@pytest.mark.parametrize("file_says_so", [False, True])
def test_nobody_works_in_the_copy_of_a_move_before_the_workstation_that_moved_it_has_finished_it(
    here: Entrance, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_says_so: bool
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        step = (Store, "note_as") if file_says_so else (store, "writing")
        with power_cut(monkeypatch, *step):
            here.use_server(store, server)
    (tmp_path / "second").mkdir()
    second = Entrance(tmp_path / "second")
    with pytest.raises(StoreError, match="from a move that was not finished"):
        second.join(server, "chen", PASSWORD)
    assert not second.vault_file.exists()
    if file_says_so:
        with here.join(server, "chen", PASSWORD) as store:
            assert len(store.drafts()) == 1
            assert not store.not_compared_with
    else:
        with here.sign_in("chen", PASSWORD) as store:
            assert not store.is_shared
            with pytest.raises(StoreError, match="empty that database"):
                here.use_server(store, server)
        return
    second.join(server, "chen", PASSWORD).close()
    second.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("kept_since", [True, False])
def test_a_copy_of_a_move_cut_short_is_not_finished_by_a_computer_whose_records_were_moved_elsewhere(
    here: Entrance, server: Server, another: Another, monkeypatch: pytest.MonkeyPatch, kept_since: bool
) -> None:
    """Its file says that it was moved, but not there: else two databases would count."""

    with another("elsewhere") as elsewhere, here.sign_in("chen", PASSWORD) as store:
        with power_cut(monkeypatch, store, "writing"):
            here.use_server(store, server)
        if kept_since:
            store.save(begin())
        here.use_server(store, elsewhere)
        here.server_file.unlink()
        with pytest.raises(StoreError, match="from a move that was not finished"):
            here.join(server, "chen", PASSWORD)
        assert not here.server_file.exists()
        here.join(elsewhere, "chen", PASSWORD).close()
        with here.sign_in("lee", OTHER) as window:
            assert len(window.drafts()) == 1 + kept_since


def test_a_window_of_another_database_does_not_go_on_in_the_copy_of_a_move_that_was_not_finished(
    here: Entrance, server: Server, another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A computer that was put back to a backup moves anew: until it has finished, its file counts."""

    with here.sign_in("chen", PASSWORD) as store:
        last = Backups(here.records).make(store.keys.database, "asked").file
        here.use_server(store, server)
    (tmp_path / "second").mkdir()
    second = Entrance(tmp_path / "second")
    second.join(server, "chen", PASSWORD).close()
    here.server_file.unlink()
    backup = chosen_backup(last)
    restore(backup, backup.keys_by_password("chen", PASSWORD), here.records.parent, backup.account_id("chen"))
    with another("anew") as anew:
        with here.sign_in("chen", PASSWORD) as store, power_cut(monkeypatch, store, "writing"):
            here.use_server(store, anew)
        with second.sign_in("chen", PASSWORD) as store:
            with pytest.raises(StoreError, match="from a move that was not finished"):
                second.use_server(store, anew)
            store.save(begin())
            assert store.where == server


@contextmanager
def at_its_address(asked: Asked, server: Server, name: str) -> Iterator[None]:
    """The database of this name answers where the clinic's did."""
    gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{}', '{}')"
    gone = gone.format(server.database, name)
    swap = ("ALTER DATABASE {0} RENAME TO aside", "ALTER DATABASE {1} RENAME TO {0}")
    asked(gone, *(each.format(server.database, name) for each in swap))
    try:
        yield
    finally:
        back = (gone, "ALTER DATABASE {0} RENAME TO {1}", "ALTER DATABASE aside RENAME TO {0}")
        asked(*(each.format(server.database, name) for each in back))


def test_an_open_window_does_not_go_on_in_a_database_that_was_put_back_and_then_left(
    here: Entrance, there: Entrance, server: Server, asked: Asked, another: Another
) -> None:
    """Its lines begin below those that the window knows, and so does the one that says that it was left."""
    with another("night", "TEMPLATE clinic"), there.sign_in("lee", OTHER) as window:
        for _ in range(30):
            window.save(begin())
        with at_its_address(asked, server, "night"), another("anew", "TEMPLATE clinic") as anew:
            change_database("window", here, anew)
            with pytest.raises(MovedError):
                window.save(begin())


def test_an_open_window_does_not_go_on_in_the_copy_of_an_unfinished_move_at_its_own_address(
    here: Entrance,
    server: Server,
    asked: Asked,
    another: Another,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server was lost: a backup is moved to an empty database in its place, and until then its file counts."""
    with here.sign_in("chen", PASSWORD) as store:
        last = Backups(here.records).make(store.keys.database, "asked").file
        here.use_server(store, server)
    (tmp_path / "second").mkdir()
    second = Entrance(tmp_path / "second")
    second.join(server, "chen", PASSWORD).close()
    with another("anew"), second.sign_in("lee", OTHER) as window:
        for _ in range(30):
            window.save(begin())
        here.server_file.unlink()
        backup = chosen_backup(last)
        restore(
            backup, backup.keys_by_password("chen", PASSWORD), here.records.parent, backup.account_id("chen")
        )
        with at_its_address(asked, server, "anew"):
            with here.sign_in("chen", PASSWORD) as store, power_cut(monkeypatch, store, "writing"):
                here.use_server(store, server)
            with pytest.raises(MovedError):
                window.save(begin())


KEPT_BACK = "INSERT INTO audit VALUES (%s, now(), '', '', 'x', '', '{}', 'ab')"
"""By a program that waits with its commit until the records were moved: its line would pass for one that came along,
and leave gaps, for the rule against them does not hold for the move itself."""


def test_a_line_below_the_first_cannot_be_kept_back_for_after_the_move(
    here: Entrance, server: Server
) -> None:
    with closing(psycopg.connect(**server.connecting())) as other:
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            other.execute(KEPT_BACK, [0])
        other.rollback()
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)


def test_an_open_window_is_told_that_its_database_was_left_also_behind_lines_that_were_kept_back(
    here: Entrance, server: Server, asked: Asked, another: Another, tmp_path: Path
) -> None:
    """After the highest line the next ones go where there is room: below a line far ahead that the window knows."""
    with (
        closing(psycopg.connect(**server.connecting())) as far,
        closing(psycopg.connect(**server.connecting())) as highest,
    ):
        far.execute(KEPT_BACK, [100_000])
        highest.execute(KEPT_BACK, [HIGHEST_LINE])
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)
        (tmp_path / "second").mkdir()
        second = Entrance(tmp_path / "second")
        second.join(server, "chen", PASSWORD).close()
        far.commit()
        window = second.sign_in("lee", OTHER)
        highest.commit()
    asked("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'clinic'")
    with window, another("anew", "TEMPLATE clinic") as anew:
        change_database("window", here, anew)
        with pytest.raises(MovedError):
            window.save(begin())


def test_nothing_is_moved_where_another_program_keeps_a_first_line_back(
    here: Entrance, server: Server
) -> None:
    with closing(psycopg.connect(**server.connecting())) as other, here.sign_in("chen", PASSWORD) as store:
        other.execute(KEPT_BACK, [1])
        with pytest.raises(StoreError, match="Nothing was moved"):
            here.use_server(store, server)


def test_a_server_on_which_somebody_worked_since_a_move_cut_short_is_not_said_to_be_emptied(
    here: Entrance, server: Server, tmp_path: Path
) -> None:
    """As the version before let them."""
    with here.sign_in("chen", PASSWORD) as store:
        moving.move(here.records, store.keys, server)
    (tmp_path / "second").mkdir()
    with Entrance(tmp_path / "second").join(server, "chen", PASSWORD) as other:
        other.save(begin())
    with (
        here.sign_in("chen", PASSWORD) as store,
        pytest.raises(StoreError, match="Look which ones count") as told,
    ):
        here.use_server(store, server)
    assert "empty" not in str(told.value)


def test_records_that_were_moved_are_not_taken_for_the_clinics_again(here: Entrance, server: Server) -> None:
    """Whoever deletes the name of the server must not lead the workstation back to the state of that day."""
    with here.sign_in("chen", PASSWORD) as store:
        before = Backups(here.records).make(store.keys.database, "asked")
        here.use_server(store, server)
    with here.sign_in("chen", PASSWORD) as store:
        store.save(begin())
    here.server_file.unlink()
    for name, password in (("chen", PASSWORD), ("lee", OTHER)):
        with pytest.raises(StoreError, match="were moved to the clinic's server"):
            here.sign_in(name, password)
    # its anchor of the audit trail is not sealed: somebody may have taken it back to that day
    vaults.write_vault(vaults.read_vault(here.vault_file).with_anchor(vaults.Anchor()), here.vault_file)
    (fault,) = here.verify("chen", PASSWORD).faults
    assert fault.startswith("These records were moved to the clinic's server")
    here.join(server, "chen", PASSWORD).close()
    with here.sign_in("lee", OTHER) as store:
        assert len(store.drafts()) == 2
    here.server_file.unlink()  # the server is lost for good
    backup = chosen_backup(before.file)
    restore(backup, backup.keys_by_password("chen", PASSWORD), here.records.parent, backup.account_id("chen"))
    with here.sign_in("lee", OTHER) as store:
        assert len(store.drafts()) == 1


def test_a_backup_of_records_that_were_moved_is_put_back_where_the_server_is_lost_and_moved_anew(
    here: Entrance, server: Server, owner: Server, asked: Asked
) -> None:
    """It may be the only one that holds the last hour."""
    with here.sign_in("chen", PASSWORD) as store:
        here.use_server(store, server)
        last = Backups(here.records).make(store.keys.database, "asked")
    here.server_file.unlink()
    backup = chosen_backup(last.file)
    restore(backup, backup.keys_by_password("chen", PASSWORD), here.records.parent, backup.account_id("chen"))
    with here.sign_in("lee", OTHER) as store:
        store.save(begin())
        assert len(store.drafts()) == 2
    with pytest.raises(StoreError, match="or come from a backup, and may hold more"):
        here.join(server, "chen", PASSWORD)
    assert not here.verify("chen", PASSWORD).faults
    asked("CREATE DATABASE anew OWNER clinic_owner")
    try:
        postgres.set_up(replace(owner, database="anew"))
        change_database("window", here, replace(server, database="anew"))
        with here.sign_in("lee", OTHER) as store:
            assert store.is_shared
            assert len(store.drafts()) == 2
    finally:
        asked("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'anew'")
        asked("DROP DATABASE anew")


def test_a_backup_is_not_put_in_the_place_of_records_on_a_server_until_that_is_given_up(
    here: Entrance, server: Server
) -> None:
    """Nothing is half done: neither are files exchanged, nor is what this workstation knows of the trail forgotten."""
    with here.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        made = Backups(here.records).make(store.keys.database, "asked")
        here.use_server(store, server)
    with here.sign_in("chen", PASSWORD) as store:
        here.change_password(store, lee.id, THIRD)
    files = {each: each.read_bytes() for each in here.records.parent.iterdir() if each.is_file()}
    backup = chosen_backup(made.file)

    def put_back() -> None:
        keys = backup.keys_by_password("chen", PASSWORD)
        restore(backup, keys, here.records.parent, backup.account_id("chen"))

    with pytest.raises(
        NotRestoredError, match=r"on the clinic's server.*Nothing was changed.*move .*\.server to"
    ):
        put_back()
    assert {each: each.read_bytes() for each in files} == files
    here.sign_in("lee", THIRD).close()
    here.server_file.rename(here.server_file.with_suffix(".aside"))  # whoever looks after the workstation
    put_back()
    with here.sign_in("chen", PASSWORD) as store:
        assert store.has_noted("restored")
        assert not store.is_shared
        assert not store.trail_was_cut
    assert not here.verify("chen", PASSWORD).faults


def test_a_window_on_the_file_reads_nothing_more_once_the_records_were_moved(
    here: Entrance, server: Server
) -> None:
    """On the server its account may have been removed since."""
    told = list[str]()
    with Entrance(here.records.parent).sign_in("lee", OTHER) as window:
        window.on_dismissed = told.append
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)
        for act in (window.recent, lambda: window.documents_of_patient(ANNA.id), window.refuse_dismissed):
            with pytest.raises(MovedError):
                act()
    assert all("Sign in anew to go on there" in why for why in told)


def test_a_window_on_the_file_reads_and_keeps_nothing_more_where_the_name_of_the_server_is_gone(
    here: Entrance, server: Server
) -> None:
    with Entrance(here.records.parent).sign_in("lee", OTHER) as window:
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)
        here.server_file.rename(here.server_file.with_suffix(".aside"))
        for act in (window.recent, lambda: window.save(begin())):
            with pytest.raises(MovedError):
                act()


def test_what_another_window_keeps_before_the_name_of_the_server_is_written_is_refused_and_kept_there(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin()

    def late(*told: Any) -> None:
        with pytest.raises(MovedError):
            window.save(draft)
        write_server(*told)

    monkeypatch.setattr("evalassist.records.entrance.write_server", late)
    with Entrance(here.records.parent).sign_in("lee", OTHER) as window:
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)
        with here.sign_in("lee", OTHER) as fresh:
            window.go_on_as(fresh)
        window.save(draft)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.load(draft.id) == draft


def on_a_full_disk(cut: str) -> Callable[..., None]:
    """What that part of the entrance does on a full disk."""

    def refuses(*_: object) -> None:
        if cut == "write_server":
            raise OSError(errno.ENOSPC, "No space left on device")
        raise EvalAssistError("The vault could not be kept.")

    return refuses


def test_a_disk_that_takes_the_move_but_not_the_name_of_the_server_loses_nothing_and_says_what_to_do(
    here: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalassist.records.entrance.write_server", on_a_full_disk("write_server"))
    with (
        Entrance(here.records.parent).sign_in("lee", OTHER) as other,
        here.sign_in("chen", PASSWORD) as store,
    ):
        with pytest.raises(StoreError, match=r"were moved .* is missing.*`evalassist connect-to-postgres`"):
            here.use_server(store, server)
        monkeypatch.undo()
        for window in (store, other):
            with pytest.raises(MovedError):
                window.save(begin())
        with pytest.raises(MovedError):  # not: that the file counts
            here.use_server(store, server)
    with pytest.raises(StoreError, match="were moved to the clinic's server"):
        here.sign_in("chen", PASSWORD)
    here.join(server, "chen", PASSWORD).close()
    with here.sign_in("lee", OTHER) as store:
        assert store.is_shared
        assert len(store.drafts()) == 1


def test_what_was_typed_on_the_file_is_kept_on_the_server_after_signing_in_anew(
    here: Entrance, server: Server
) -> None:
    draft = begin()
    with Entrance(here.records.parent).sign_in("lee", OTHER) as window:
        window.save(draft)
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, server)
        with pytest.raises(MovedError):
            window.save(draft.with_impression("typed"))
        with here.sign_in("lee", OTHER) as fresh:
            window.go_on_as(fresh)
        window.save(draft.with_impression("typed"))
    with here.sign_in("chen", PASSWORD) as store:
        assert store.is_shared
        assert store.load(draft.id).impression == "typed"


def test_only_an_administrator_moves_the_records(here: Entrance, server: Server) -> None:
    with here.sign_in("lee", OTHER) as store, pytest.raises(EvalAssistError, match="Only an administrator"):
        here.use_server(store, server)
    assert postgres.look(server).records == 0


@pytest.mark.parametrize("now", ["student", "removed"])
def test_who_is_no_administrator_any_more_sends_the_records_nowhere_from_an_open_window(
    here: Entrance, server: Server, now: str
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        boss = here.add_account(store, Account("", "boss", "B. Oss", "PT-7", "administrator"), THIRD)
    window = here.sign_in("boss", THIRD)
    with here.sign_in("chen", PASSWORD) as store:
        store.remove_account(boss.id) if now == "removed" else store.keep_account(
            replace(boss, role="student")
        )
    with window, pytest.raises(DismissedError):
        here.use_server(window, server)
    assert postgres.look(server).records == 0
    assert not here.server_file.exists()


@pytest.mark.parametrize("when", ["before", "while the server is looked at"])
def test_who_is_no_administrator_any_more_leads_the_workstation_to_no_other_server(
    here: Entrance, there: Entrance, server: Server, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        boss = here.add_account(store, Account("", "boss", "B. Oss", "PT-7", "administrator"), THIRD)
    there.sign_in("chen", PASSWORD).close()
    before, look = there.server_file.read_bytes(), postgres.look

    def dismiss(at: Server) -> postgres.Found:
        with here.sign_in("chen", PASSWORD) as store:
            here.remove_account(store, boss.id)
        return look(at)

    with there.sign_in("boss", THIRD) as window:
        if when == "before":
            dismiss(server)
        else:
            monkeypatch.setattr(postgres, "look", dismiss)
        with pytest.raises(DismissedError, match="was removed"):
            there.use_server(window, server)
    assert there.server_file.read_bytes() == before


# ------------------------------------------------------------ several workstations


@pytest.fixture
def there(here: Entrance, server: Server, tmp_path: Path) -> Entrance:
    """A second workstation, connected after the records were moved from the first."""
    with here.sign_in("chen", PASSWORD) as store:
        here.use_server(store, server)
    folder = tmp_path / "second"
    folder.mkdir()
    entrance = Entrance(folder)
    with pytest.raises(WrongPasswordError):
        entrance.join(server, "chen", OTHER)
    with pytest.raises(EvalAssistError, match="An administrator connects"):
        entrance.join(server, "lee", OTHER)
    assert not entrance.vault_file.exists()
    entrance.join(server, "chen", PASSWORD).close()
    return entrance


def test_a_password_changed_at_one_workstation_counts_at_the_others(here: Entrance, there: Entrance) -> None:
    with here.sign_in("lee", OTHER) as store:
        here.change_password(store, store.account.id, THIRD)
        here.confirm(store, THIRD)
    with pytest.raises(WrongPasswordError, match="changed at another workstation"):
        there.sign_in("lee", OTHER)
    with there.sign_in("lee", THIRD) as store:
        assert len(store.drafts()) == 1


def test_a_way_in_that_another_program_put_on_the_server_confirms_nothing_in_an_open_window(
    there: Entrance, server: Server
) -> None:
    """Neither in somebody's name nor in the place of their own: what it opens are not the keys of the window."""
    with there.sign_in("chen", PASSWORD) as window:
        own = window.account.id
        for planted in ("another", own):
            with bare(server) as db:
                (kept,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()[0]
                vault = vaults.vault_of(bytes(kept))
                strange = vaults.Vault(records_id=vault.records_id)
                slot = vaults.with_password(strange, new_keys(), planted, "chen", THIRD).slots[0]
                others = tuple(each for each in vault.slots if each.id != planted)
                written = vaults.vault_bytes(vault.model_copy(update={"slots": (slot, *others)}))
                db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [written])
            with pytest.raises(WrongPasswordError):
                there.confirm(window, THIRD)
            if planted != own:
                there.confirm(window, PASSWORD)


def test_a_former_password_is_a_wrong_try_and_a_server_that_cannot_be_reached_makes_none(
    here: Entrance, there: Entrance, crashed: Crashed
) -> None:
    def failed() -> int:
        return len(there.tries.failed_at)

    with here.sign_in("lee", OTHER) as store:
        here.change_password(store, store.account.id, THIRD)
    for password in ("guessed", "guessed again"):
        with pytest.raises(WrongPasswordError):
            there.sign_in("chen", password)
    with crashed(), pytest.raises(StoreError, match="cannot be reached"):
        there.sign_in("chen", PASSWORD)
    assert failed() == 2
    with pytest.raises(WrongPasswordError, match="changed at another workstation"):
        there.sign_in("lee", OTHER)
    assert failed() == 3
    there.sign_in("chen", PASSWORD).close()
    assert failed() == 0


def test_a_workstation_finds_its_own_lines_of_the_trail_on_the_server(
    here: Entrance, there: Entrance
) -> None:
    with here.sign_in("chen", PASSWORD) as store, there.sign_in("lee", OTHER) as other:
        store.save(begin())
        assert len(store.own_lines) == 2
        assert other.has_lines(store.own_lines)
        assert not other.has_lines(((*store.own_lines[0][:6], "{}"),))


def test_of_two_changes_at_one_moment_at_two_workstations_one_is_refused_and_the_other_counts_everywhere(
    here: Entrance, there: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with here.sign_in("chen", PASSWORD) as store, there.sign_in("lee", OTHER) as other:
        really = Store.keep_vault

        def meanwhile(*given: Any, **more: Any) -> Any:
            monkeypatch.setattr(Store, "keep_vault", really)
            there.change_password(other, other.account.id, THIRD)
            return really(*given, **more)

        monkeypatch.setattr(Store, "keep_vault", meanwhile)
        with pytest.raises(StoreError, match="changed elsewhere at the same moment"):
            here.change_password(store, store.account.id, "brand new words")
    for workstation in (here, there):
        workstation.sign_in("chen", PASSWORD).close()
        workstation.sign_in("lee", THIRD).close()


def test_a_change_at_another_workstation_just_before_the_file_here_is_written_counts_everywhere_too(
    here: Entrance, there: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with here.sign_in("chen", PASSWORD) as store, there.sign_in("lee", OTHER) as other:
        really = vaults.write_vault

        def meanwhile(*given: Any) -> None:
            monkeypatch.setattr(vaults, "write_vault", really)
            there.change_password(other, other.account.id, THIRD)
            really(*given)

        monkeypatch.setattr(vaults, "write_vault", meanwhile)
        here.change_password(store, store.account.id, "brand new words")
    there.sign_in("chen", "brand new words").close()
    here.sign_in("chen", "brand new words").close()
    for workstation in (here, there):
        workstation.sign_in("lee", THIRD).close()


@pytest.mark.parametrize("arrives", [False, True])
def test_a_password_that_the_server_did_not_take_leaves_the_one_before_at_every_workstation(
    here: Entrance, there: Entrance, arrives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is refused last: here the last writing into the database, as by another workstation that writes long."""
    keep_vault = Store.keep_vault

    def busy(store: Store, vault: bytes, **more: Any) -> None:
        last = not more.get("coming")
        if arrives or not last:
            keep_vault(store, vault, **more)
        if last:
            raise StoreError("Another workstation is writing.")

    with here.sign_in("lee", OTHER) as store:
        monkeypatch.setattr(Store, "keep_vault", busy)
        with pytest.raises(StoreError, match="is writing"):
            here.change_password(store, store.account.id, THIRD)
        monkeypatch.undo()
    if not arrives:
        for workstation in (here, there):
            workstation.sign_in("lee", OTHER).close()
            with pytest.raises(WrongPasswordError):
                workstation.sign_in("lee", THIRD)
        return
    # the answer was lost: the former password says what happened, and the new one opens
    for workstation in (here, there):
        with pytest.raises(WrongPasswordError, match="changed at another workstation"):
            workstation.sign_in("lee", OTHER)
        workstation.sign_in("lee", THIRD).close()


def test_rows_that_somebody_added_beside_the_copies_of_the_vault_are_in_nobodys_way(
    here: Entrance, there: Entrance, server: Server
) -> None:
    with bare(server) as db:
        for number in (0, 3):
            db.execute(
                "INSERT INTO vault_copy SELECT %s, kept_at, vault FROM vault_copy WHERE id = 1", (number,)
            )
    with here.sign_in("lee", OTHER) as store:
        here.change_password(store, store.account.id, THIRD)
    for workstation in (here, there):
        with pytest.raises(WrongPasswordError):
            workstation.sign_in("lee", OTHER)
        workstation.sign_in("lee", THIRD).close()


def test_an_account_made_at_another_workstation_is_told_what_to_do_here_in_words_that_tell_no_names(
    here: Entrance, there: Entrance
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        here.add_account(store, Account("", "kim", "K. Kim", "", "student"), THIRD)
    said = set()
    for name, password in (("kim", THIRD), ("lee", THIRD), ("nobody", THIRD)):
        with pytest.raises(WrongPasswordError, match="after somebody has signed in here") as caught:
            there.sign_in(name, password)
        said.add(caught.value.message)
    assert len(said) == 1
    there.sign_in("lee", OTHER).close()
    there.sign_in("kim", THIRD).close()


@pytest.mark.parametrize("another", ["chen", vaults.PAPER])
def test_a_vault_changed_at_a_workstation_does_not_say_who_signs_in_there(
    there: Entrance, server: Server, another: str
) -> None:
    """Whoever signs in holds the keys, and could write the id of somebody else under their own name."""
    with there.sign_in("lee", OTHER) as store:
        keys, lee = replace(store.keys, place=b""), store.account
        other = next((each.id for each in store.accounts() if each.sign_in == another), another)
    forged = there.vault().without_slot(lee.id).without_slot(other)
    vaults.write_vault(vaults.with_password(forged, keys, other, "lee", OTHER), there.vault_file)
    write_server(there.server_file, server, keys)
    with there.sign_in("lee", OTHER) as store:
        assert store.account == lee


def test_a_name_to_sign_in_that_passed_to_another_account_is_that_ones_at_every_workstation(
    here: Entrance, there: Entrance
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        ann = here.add_account(store, Account("", "intern", "Ann", "PT-9", "administrator"), THIRD)
    there.sign_in("lee", OTHER).close()
    with here.sign_in("chen", PASSWORD) as store:
        store.keep_account(replace(ann, sign_in="ann"))
        here.change_password(store, ann.id, "ann's own password")
        bob = here.add_account(store, Account("", "intern", "Bob", "", "student"), THIRD)
    with there.sign_in("intern", THIRD) as store:
        assert store.account == bob


def test_who_was_removed_and_added_again_elsewhere_signs_in_as_the_new_account(
    here: Entrance, there: Entrance
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        here.remove_account(store, next(each.id for each in store.accounts() if each.sign_in == "lee"))
        again = here.add_account(store, LEE, OTHER)
    for _ in range(2):
        with there.sign_in("lee", OTHER) as store:
            assert store.account == again


def test_accounts_added_and_removed_anywhere_are_so_everywhere(here: Entrance, there: Entrance) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        here.add_account(store, Account("", "kim", "K. Kim", "", "student"), THIRD)
        lee = next(each.id for each in store.accounts() if each.sign_in == "lee")
    with there.sign_in("chen", PASSWORD) as store:
        there.remove_account(store, lee)
    with there.sign_in("kim", THIRD) as store:
        assert store.account.name == "K. Kim"
    for workstation in (here, there):
        with pytest.raises(WrongPasswordError):
            workstation.sign_in("lee", OTHER)


def test_nothing_that_opens_the_database_is_readable_on_a_workstation(
    there: Entrance, over_the_network: Server
) -> None:
    there.join(over_the_network, "chen", PASSWORD).close()
    for file in there.server_file.parent.iterdir():
        assert over_the_network.password.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


def test_who_was_removed_does_not_read_the_servers_new_password_on_a_workstation(
    here: Entrance, over_the_network: Server, asked: Asked
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        here.use_server(store, over_the_network)
    former = vaults.read_vault(here.vault_file)
    with here.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        here.remove_account(store, lee.id)
    new = "quite another password"
    asked(f"ALTER ROLE {over_the_network.user} PASSWORD '{new}'")
    try:
        here.join(replace(over_the_network, password=new), "chen", PASSWORD).close()
        here.sign_in("chen", PASSWORD).close()
        *_, keys = vaults.unlock(former, "lee", OTHER, ways=ways_to(here.server_file))[1]
        for each in (keys, replace(keys, place=keys.database)):
            with pytest.raises(StoreError, match="Nothing was sent"):
                read_server(here.server_file, each)
    finally:
        asked(f"ALTER ROLE {over_the_network.user} PASSWORD '{over_the_network.password}'")


def put_into_the_servers_vault(server: Server, public: bytes) -> tuple[vaults.Vault, vaults.Slot]:
    """A way in with this public half, as the user of the server could put it there without any key."""
    with bare(server) as db:
        (kept,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        vault = vaults.vault_of(bytes(kept[0]))
        more = vault.slots[0].model_copy(
            update={"id": "more", "name": "more", "public": base64.b64encode(public).decode()}
        )
        db.execute("UPDATE vault_copy SET vault = %s", [vaults.vault_bytes(vault.with_slot(more))])
    return vault, more


def test_a_way_in_that_the_servers_user_put_into_its_vault_is_told_no_key_of_the_records(
    there: Entrance, server: Server
) -> None:
    mine = X25519PrivateKey.generate()
    vault, more = put_into_the_servers_vault(server, mine.public_key().public_bytes_raw())
    with there.sign_in("lee", OTHER) as store:
        audit = store.keys.audit
    told = vaults._unseal(vault, more, mine, ways_to(there.server_file)[vault.way_of(more)])
    assert audit not in (told.database, told.audit)
    with pytest.raises(StoreError, match="Nothing was sent"):
        read_server(there.server_file, Keys(b"", told.audit, place=told.database))
    lee = vault.slot_named("lee")
    assert lee is not None
    forged = lee.model_copy(update={"sealed": (vaults._seal(vault, lee, Keys(bytes(32), told.audit)),)})
    with pytest.raises(vaults.VaultDamagedError):
        vaults.unlock(vault.with_slot(forged), "lee", OTHER)
    there.sign_in("lee", OTHER).close()


def test_a_way_in_that_is_none_keeps_nobody_out(here: Entrance, there: Entrance, server: Server) -> None:
    put_into_the_servers_vault(server, bytes(32))
    there.sign_in("lee", OTHER).close()
    there.sign_in("chen", PASSWORD).close()
    here.join(server, "chen", PASSWORD).close()
    assert not there.verify("chen", PASSWORD).faults


@pytest.mark.parametrize("change", ["id", "name"])
def test_ways_in_with_the_public_halves_of_others_keep_nobody_out_once_they_are_gone(
    here: Entrance, there: Entrance, server: Server, change: str
) -> None:
    with bare(server) as db:
        (kept,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        vault = vaults.vault_of(bytes(kept[0]))
        twins = [
            each.model_copy(update={change: f"twin {number}"}) for number, each in enumerate(vault.slots)
        ]
        doubled = vaults.vault_bytes(vault.model_copy(update={"slots": (*vault.slots, *twins)}))
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [doubled])
        there.sign_in("chen", PASSWORD).close()
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", kept)
    there.sign_in("lee", OTHER).close()
    there.sign_in("chen", PASSWORD).close()


def test_what_the_servers_user_writes_beside_the_ways_in_of_its_vault_does_not_come_here(
    here: Entrance, there: Entrance, server: Server
) -> None:
    before = there.vault()
    with bare(server) as db:
        (kept,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        vault = vaults.vault_of(bytes(kept[0])).model_copy(update={"check": "x", "begun": False})
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [vaults.vault_bytes(vault)])
    there.sign_in("lee", OTHER).close()
    with there.sign_in("lee", OTHER) as store:
        there.change_password(store, store.account.id, THIRD)
    assert (there.vault().check, there.vault().begun) == (before.check, True)
    there.join(server, "chen", PASSWORD).close()
    assert (there.vault().check, there.vault().begun) == (before.check, True)
    here.join(server, "chen", PASSWORD).close()


def test_a_name_of_the_server_sealed_as_before_opens_and_is_sealed_anew(
    here: Entrance, there: Entrance, server: Server
) -> None:
    with there.sign_in("chen", PASSWORD) as store:
        of_the_trail = replace(store.keys, place=b"")
    write_server(there.server_file, server, of_the_trail)
    there.sign_in("lee", OTHER).close()
    with pytest.raises(StoreError, match="Nothing was sent"):
        read_server(there.server_file, of_the_trail)
    there.sign_in("chen", PASSWORD).close()


def test_a_window_that_was_open_while_the_workstation_was_connected_anew_shuts_nobody_out(
    here: Entrance, server: Server
) -> None:
    with here.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        here.use_server(store, server)
    with here.sign_in("chen", PASSWORD) as window:
        Entrance(here.records.parent).join(server, "chen", PASSWORD).close()
        here.change_password(window, lee.id, THIRD)
        number = window.head().number
    assert here.vault().anchor.number > number
    with pytest.raises(WrongPasswordError, match="changed at another workstation"):
        here.sign_in("lee", OTHER)
    here.sign_in("lee", THIRD).close()


def test_a_disk_that_does_not_take_the_name_of_the_server_says_so_to_whoever_connects(
    here: Entrance, there: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr("evalassist.records.entrance.write_server", on_a_full_disk("write_server"))
        with pytest.raises(StoreError, match=r"disk .* is full"):
            there.join(server, "chen", PASSWORD)
        with there.sign_in("chen", PASSWORD) as store, pytest.raises(StoreError, match=r"disk .* is full"):
            there.use_server(store, server)
    there.join(server, "chen", PASSWORD).close()
    there.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("cut", ["write_server", "vaults.write_vault"])
def test_a_disk_that_takes_half_of_what_changed_elsewhere_shuts_nobody_out(
    here: Entrance, there: Entrance, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    with here.sign_in("lee", OTHER) as store:
        here.change_password(store, store.account.id, THIRD)
    with monkeypatch.context() as disk:
        disk.setattr(f"evalassist.records.entrance.{cut}", on_a_full_disk(cut))
        with pytest.raises(WrongPasswordError, match="changed at another workstation"):
            there.sign_in("lee", OTHER)
    there.sign_in("chen", PASSWORD).close()
    there.sign_in("lee", THIRD).close()


@pytest.mark.parametrize("cut", ["write_server", "vaults.write_vault"])
def test_a_disk_that_takes_half_of_a_new_password_says_so_where_it_shuts_somebody_out(
    here: Entrance, there: Entrance, server: Server, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    store = here.sign_in("chen", PASSWORD)
    with monkeypatch.context() as disk:
        disk.setattr(f"evalassist.records.entrance.{cut}", on_a_full_disk(cut))
        if cut == "write_server":
            here.change_password(store, store.account.id, THIRD)
        else:
            with pytest.raises(StoreError, match="did not take the whole change"):
                here.change_password(store, store.account.id, THIRD)
    store.close()
    with pytest.raises((WrongPasswordError, StoreError)) as caught:
        here.sign_in("chen", PASSWORD)
    assert isinstance(caught.value, WrongPasswordError) == (
        cut == "write_server"
    )  # then it learns the new one
    if cut == "vaults.write_vault":
        here.join(server, "chen", THIRD).close()
    here.sign_in("chen", THIRD).close()


def test_a_workstation_is_not_sent_to_another_server(over_the_network: Server, tmp_path: Path) -> None:
    file = tmp_path / "evalassist.server"
    write_server(file, over_the_network, KEYS)
    found = read_server(file, KEYS)
    assert found == over_the_network.pinned()
    Store(found, KEYS).close()
    whole = file.read_text()
    for old, new in (
        ("127.0.0.2", "10.0.0.66"),
        ("clinic", "clinik"),
        ("BEGIN", "begin"),
        ("evalassist_app", "postgres"),
    ):
        file.write_text(whole.replace(old, new))
        with pytest.raises(StoreError, match=r"was changed\. Nothing was sent"):
            read_server(file, KEYS)
    with pytest.raises(StoreError, match="was changed"):
        read_server(file, new_keys())


def test_a_certificate_that_is_exchanged_on_the_disk_leads_nowhere(
    over_the_network: Server,
    another_certificate: bytes,
    tmp_path: Path,
    crashed: Crashed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what is sealed counts: what the folder holds, and what took the place of the file it came from, does not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    file, given = tmp_path / "evalassist.server", tmp_path / "given.crt"
    given.write_bytes(Path(over_the_network.certificate).read_bytes())
    write_server(file, replace(over_the_network, certificate=str(given)), KEYS)
    found = read_server(file, KEYS)
    for each in (given, tmp_path / "evalassist.crt"):  # where it lay before
        each.write_bytes(another_certificate)
    with Store(found, KEYS) as store:
        store.drafts()
        with crashed():
            pass
        store.drafts()
    assert not list((tmp_path / "own").iterdir())


def test_only_this_account_can_write_the_certificate_by_which_a_server_is_known(
    over_the_network: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, connect = list[tuple[int, bytes]](), psycopg.connect
    given = tmp_path / "open to all" / "given.crt"
    given.parent.mkdir()
    given.parent.chmod(0o777)
    given.write_bytes(whole := Path(over_the_network.certificate).read_bytes())

    def look(*told: Any, sslrootcert: str, **more: Any) -> Any:
        file = Path(sslrootcert)
        seen.append((file.parent.stat().st_mode & 0o777, file.read_bytes()))
        return connect(*told, sslrootcert=sslrootcert, **more)

    monkeypatch.setattr(psycopg, "connect", look)
    Store(replace(over_the_network, certificate=str(given)), KEYS).close()
    assert seen == [(0o700, whole)]


def test_a_private_key_that_stands_beside_the_certificate_is_not_copied_to_the_workstation(
    over_the_network: Server, tmp_path: Path
) -> None:
    own = Path(over_the_network.certificate)
    both, file = tmp_path / "server.pem", tmp_path / "evalassist.server"
    both.write_text(own.with_name("server.key").read_text() + own.read_text() + own.read_text())
    write_server(file, replace(over_the_network, certificate=str(both)), KEYS)
    assert "PRIVATE KEY" not in file.read_text()
    Store(read_server(file, KEYS), KEYS).close()
    both.write_text(own.with_name("server.key").read_text())
    assert "cannot be read" in refusal(replace(over_the_network, certificate=str(both)))
    told = refusal(replace(over_the_network, certificate=both.read_text()))
    assert "cannot be read" in told
    assert "PRIVATE KEY" not in told


def test_a_server_with_another_certificate_is_refused_though_the_folder_holds_that_one(
    over_the_network: Server, another_certificate: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "evalassist.server"
    (tmp_path / "another.crt").write_bytes(another_certificate)
    write_server(file, replace(over_the_network, certificate=str(tmp_path / "another.crt")), KEYS)
    (tmp_path / "evalassist.crt").write_bytes(Path(over_the_network.certificate).read_bytes())
    assert "could not prove that it is the right one" in refusal(read_server(file, KEYS))


def test_whatever_lies_in_the_place_of_the_servers_name_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "evalassist.server"
    for content in (b"[" * 200_000, b"[]", b'{"password": 5}', b"\xff"):
        file.write_bytes(content)
        with pytest.raises(StoreError, match="was changed"):
            read_server(file, KEYS)


def test_a_workstation_without_its_vault_is_an_alarm_and_connects_anew(
    there: Entrance, server: Server
) -> None:
    there.vault_file.unlink()
    with suppress(FileNotFoundError):
        vaults.previous_of(there.vault_file).unlink()
    with pytest.raises(StoreError, match=r"is missing\. Nothing was changed\. Connect this"):
        there.state()
    there.join(server, "chen", PASSWORD).close()
    assert there.state() == "locked"


def test_a_cut_trail_is_told_also_after_the_workstation_was_connected_anew(
    here: Entrance, there: Entrance, server: Server, asked: Asked
) -> None:
    """Who owns the tables can cut it, and then give the application's user a new password."""
    with here.sign_in("chen", PASSWORD) as store:
        before, gone = store.head().number, begin()
        store.save(gone)
    asked(
        "SET session_replication_role = replica",
        f"DELETE FROM evaluation WHERE id = '{gone.id}'",
        f"DELETE FROM episode WHERE id = '{gone.episode_id}'",
        f"DELETE FROM audit WHERE number > {before}",
        database="clinic",
    )
    here.server_file.unlink()
    for _ in range(2):
        with here.join(server, "chen", PASSWORD) as store:
            assert store.trail_was_cut
    with here.sign_in("chen", PASSWORD) as store:
        assert store.trail_was_cut
    assert any("the vault" in fault for fault in here.verify("chen", PASSWORD).faults)
    with here.sign_in("chen", PASSWORD) as store:
        here.accept_cut(store)
    with here.join(server, "chen", PASSWORD) as store:
        assert not store.trail_was_cut


def test_a_trail_that_is_cut_under_open_windows_is_told_in_them_and_ever_after(
    here: Entrance, there: Entrance, asked: Asked
) -> None:
    """Also where an earlier copy of the database is put back by day."""
    chen, lee = here.sign_in("chen", PASSWORD), there.sign_in("lee", OTHER)
    before, gone = chen.head().number, begin()
    lee.save(gone)
    asked(
        "SET session_replication_role = replica",
        f"DELETE FROM evaluation WHERE id = '{gone.id}'",
        f"DELETE FROM episode WHERE id = '{gone.episode_id}'",
        f"DELETE FROM audit WHERE number > {before}",
        database="clinic",
    )
    chen.save(begin())
    lee.save(begin())
    assert lee.trail_was_cut
    assert not chen.trail_was_cut  # all that was written there stands
    lee.close()
    chen.close()
    for _ in range(2):
        with there.sign_in("lee", OTHER) as store:
            assert store.trail_was_cut
    assert any("the vault" in fault for fault in there.verify("chen", PASSWORD).faults)
    with there.sign_in("chen", PASSWORD) as store:
        there.accept_cut(store)
        store.save(begin())
        assert not store.trail_was_cut
    with there.sign_in("lee", OTHER) as store:
        assert not store.trail_was_cut


def test_a_trail_that_is_cut_just_before_a_window_is_closed_is_told_at_the_next_sign_in(
    there: Entrance, asked: Asked
) -> None:
    lee = there.sign_in("lee", OTHER)
    asked(
        "SET session_replication_role = replica",
        f"DELETE FROM audit WHERE number >= {lee.head().number}",
        database="clinic",
    )
    lee.close()
    with there.sign_in("chen", PASSWORD) as store:
        assert store.trail_was_cut


def test_wrong_tries_are_told_by_whoever_signs_in_and_not_erased_by_a_connection_or_verify_that_fails(
    here: Entrance, there: Entrance, server: Server
) -> None:
    def wrong() -> int:
        return len(here.tries.failed_at)

    with there.sign_in("lee", OTHER) as store:
        there.change_password(store, store.account.id, THIRD)
    for _ in range(3):
        with pytest.raises(WrongPasswordError):
            here.sign_in("chen", "guess")
    with pytest.raises(EvalAssistError, match="An administrator connects"):
        here.join(server, "lee", THIRD)
    assert wrong() == 3
    with pytest.raises(WrongPasswordError):
        here.verify("lee", OTHER)  # a former one is a wrong try like any other
    assert wrong() == 4
    assert here.tries.wait_s > 0
    here.tries._not_before = 0.0
    here.verify("chen", PASSWORD)
    assert wrong() == 4
    with here.join(server, "chen", PASSWORD) as store:
        assert store.has_noted("sign-in-failed")
    assert wrong() == 0


def test_a_workstation_with_other_records_is_not_connected_over_them(
    there: Entrance, server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "third"
    folder.mkdir()
    own = Entrance(folder)
    store, _ = own.begin(CHEN, PASSWORD)
    with store, pytest.raises(StoreError, match="other records than this computer"):
        own.use_server(store, server)
    with pytest.raises(StoreError, match="other records than this computer"):
        own.join(server, "chen", PASSWORD)
    own.sign_in("chen", PASSWORD).close()
    own.server_file.write_bytes(there.server_file.read_bytes())  # no leave to do it without a word
    with pytest.raises(StoreError, match="other records than this computer"):
        own.join(server, "chen", PASSWORD)
    own.server_file.unlink()
    own.vault_file.unlink()
    vaults.previous_of(own.vault_file).unlink()
    with pytest.raises(StoreError, match="other records than this computer"):
        own.join(server, "chen", PASSWORD)


def test_a_workstation_is_not_connected_to_records_that_only_bear_the_name_of_its_own(
    there: Entrance, copied: Server
) -> None:
    """As whoever looks after the server can make them, who never had an account."""
    vault = there.vault()
    chen = vault.slot_named("chen")
    assert chen is not None
    false = vaults.with_password(
        vault.model_copy(update={"slots": ()}), new_keys(), chen.id, "mallory", THIRD
    )
    with bare(copied) as db:
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [vaults.vault_bytes(false)])
    before = there.server_file.read_bytes(), there.vault_file.read_bytes()
    for lies in (True, False):  # also where the name of the one before was put aside
        if not lies:
            there.server_file.rename(there.server_file.with_name("aside"))
        there.tries._not_before = 0.0
        with pytest.raises(StoreError, match="other records than this computer"):
            there.join(copied, "mallory", THIRD)
    there.server_file.with_name("aside").rename(there.server_file)
    assert (there.server_file.read_bytes(), there.vault_file.read_bytes()) == before
    there.sign_in("lee", OTHER).close()


# ------------------------------------------------------------ another database


@pytest.fixture
def another(server: Server, owner: Server, asked: Asked) -> Another:
    """`with another("name") as server:` one more database beside the clinic's."""
    gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"

    @contextmanager
    def made(name: str, how: str = "") -> Iterator[Server]:
        asked(gone.format("clinic"), f"CREATE DATABASE {name} OWNER clinic_owner {how}")
        postgres.set_up(replace(owner, database=name))
        try:
            yield replace(server, database=name)
        finally:
            asked(gone.format(name), f"DROP DATABASE {name}")

    return made


@pytest.fixture
def copied(here: Entrance, there: Entrance, another: Another) -> Iterator[Server]:
    """A second database with a copy of the records of the first, which still runs."""
    with another("clinic2", "TEMPLATE clinic") as server:
        yield server


def copy_lines(source: Server, target: Server, which: str = "true") -> None:
    """As the user of the server can, without any key: those that are new there."""
    with bare(source) as new, bare(target) as old:
        known = {number for (number,) in old.execute("SELECT number FROM audit")}
        for row in new.execute(f"SELECT * FROM audit WHERE {which} ORDER BY number".encode()):
            if row[0] not in known:
                old.execute("INSERT INTO audit VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)


def change_database(by: str, entrance: Entrance, server: Server) -> None:
    if by == "command":
        entrance.join(server, "chen", PASSWORD).close()
    else:
        with entrance.sign_in("chen", PASSWORD) as store:
            entrance.use_server(store, server)


@pytest.mark.parametrize("by", ["command", "window"])
def test_a_database_that_was_left_is_not_used_again_by_an_older_name_of_it(
    here: Entrance, there: Entrance, server: Server, copied: Server, by: str
) -> None:
    """Who was removed since could sign in there, with the vault of that day."""
    former, vault = here.server_file.read_bytes(), here.vault_file.read_bytes()
    change_database(by, here, copied)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.where == copied
        assert not store.trail_was_cut
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        here.remove_account(store, lee.id)
    here.server_file.write_bytes(former)
    here.vault_file.write_bytes(vault)
    for name, password in (("lee", OTHER), ("chen", PASSWORD)):
        with pytest.raises(StoreError, match="lie in another database now"):
            here.sign_in(name, password)
    with pytest.raises(StoreError, match="lie in another database now"):
        here.verify("chen", PASSWORD)
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)  # a workstation that was not connected anew
    change_database("command", there, copied)
    there.sign_in("chen", PASSWORD).close()
    here.join(server, "chen", PASSWORD).close()  # an administrator wants just this
    here.sign_in("lee", OTHER).close()


def test_a_copy_that_lacks_what_was_kept_since_is_used_only_by_the_command_which_tells_it_and_leaves_the_other(
    here: Entrance, there: Entrance, server: Server, copied: Server
) -> None:
    former, vault = here.server_file.read_bytes(), here.vault_file.read_bytes()
    with there.sign_in("lee", OTHER) as store:
        store.save(begin())
    with here.sign_in("chen", PASSWORD) as store, pytest.raises(StoreError, match="lacks what was kept"):
        here.use_server(store, copied)
    there.sign_in("lee", OTHER).close()
    with here.join(copied, "chen", PASSWORD) as store:
        assert store.trail_was_cut
        here.remove_account(store, next(each.id for each in store.accounts() if each.sign_in == "lee"))
    here.server_file.write_bytes(former)
    here.vault_file.write_bytes(vault)
    for each in (here, there):
        with pytest.raises(StoreError, match="lie in another database now"):
            each.sign_in("lee", OTHER)
    with there.join(server, "chen", PASSWORD) as store:  # whoever looked finds that this one counts
        assert len(store.drafts()) == 2


@pytest.mark.parametrize("by", ["command", "window"])
@pytest.mark.parametrize("what", ["a look", "wrong passwords"])
def test_a_copy_that_lacks_who_looked_and_wrong_passwords_is_told_or_not_used(
    here: Entrance, there: Entrance, server: Server, copied: Server, by: str, what: str
) -> None:
    if what == "wrong passwords":
        with pytest.raises(WrongPasswordError):
            there.sign_in("lee", "a guess")
    with there.sign_in("lee", OTHER) as store:
        if what == "a look":
            store.load(store.recent()[0].id)
    if by == "command":
        with here.join(copied, "chen", PASSWORD) as store:
            assert store.trail_was_cut
    else:
        with here.sign_in("chen", PASSWORD) as store, pytest.raises(StoreError, match="lacks what was kept"):
            here.use_server(store, copied)
        there.sign_in("lee", OTHER).close()  # the others go on where more is


@pytest.mark.parametrize("by", ["command", "window"])
def test_a_save_that_is_not_done_yet_when_a_database_is_left_is_not_left_behind_without_a_word(
    here: Entrance, there: Entrance, server: Server, copied: Server, by: str
) -> None:
    here._wait_s, begun, draft = 10.0, Event(), begin()

    def save_slowly() -> None:
        with there.sign_in("lee", OTHER) as window, window.writing("practice-begun", "slow"):
            begun.set()
            sleep(1.0)

    window = here.sign_in("chen", PASSWORD)
    saving = Thread(target=save_slowly)
    saving.start()
    assert begun.wait(20)
    if by == "command":
        with here.join(copied, "chen", PASSWORD) as store:
            assert store.trail_was_cut
    else:
        with pytest.raises(StoreError, match=r"lacks what was kept .* Nothing was changed"):
            here.use_server(window, copied)
        window.save(draft)
        assert window.where == server
    saving.join()
    window.close()


@pytest.mark.parametrize("by", ["command", "window"])
def test_what_a_window_keeps_in_a_database_that_was_just_left_is_refused_and_kept_where_the_records_went(
    here: Entrance, there: Entrance, copied: Server, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workstation that leaves it has no other name yet, and another one does not hear of it."""
    windows = [here.sign_in("lee", OTHER), there.sign_in("lee", OTHER)]
    drafts = [begin() for _ in windows]

    def late(*told: Any) -> None:
        for window, draft in zip(windows, drafts, strict=True):
            for act in (lambda keep=window.save, it=draft: keep(it), window.recent):
                with pytest.raises(MovedError):
                    act()
        write_server(*told)

    monkeypatch.setattr("evalassist.records.entrance.write_server", late)
    if by == "command":
        here.join(copied, "chen", PASSWORD).close()
    else:
        with here.sign_in("chen", PASSWORD) as store:
            here.use_server(store, copied)
    monkeypatch.undo()
    there.join(copied, "chen", PASSWORD).close()
    for entrance, window, draft in zip((here, there), windows, drafts, strict=True):
        with entrance.sign_in("lee", OTHER) as fresh:
            window.go_on_as(fresh)
            window.save(draft)
            assert fresh.load(draft.id) == draft
        window.close()


@pytest.mark.parametrize("by", ["command", "window"])
@pytest.mark.usefixtures("before_numbers_followed")
def test_numbers_that_another_program_wrote_into_the_trail_do_not_hide_what_a_copy_lacks(
    here: Entrance, there: Entrance, server: Server, another: Another, by: str
) -> None:
    """As the user of the server can, without any key: what is kept from then on stands below other lines."""

    def plant(number: int) -> None:
        with bare(server) as db:
            db.execute(
                "INSERT INTO audit SELECT %s, max(at), '', '', 'x', '', '{}', repeat('ab', 32) FROM audit",
                [number],
            )

    plant(1000)
    with there.sign_in("lee", OTHER) as store:
        store.load(store.recent()[0].id)
    with another("clinic2", "TEMPLATE clinic") as copied:
        plant(2**31 - 1)
        with there.sign_in("lee", OTHER) as store:
            store.save(begin())
            told = store.trail(Wanted(patients=(ANNA.id,)))
        assert next(line.number for line in told if line.action == "draft-begun") < 1000
        if by == "command":
            with here.join(copied, "chen", PASSWORD) as store:
                assert store.trail_was_cut
        else:
            with (
                here.sign_in("chen", PASSWORD) as store,
                pytest.raises(StoreError, match="lacks what was kept"),
            ):
                here.use_server(store, copied)


def test_a_line_that_another_program_wrote_is_nothing_that_a_copy_lacks(
    here: Entrance, there: Entrance, server: Server, copied: Server
) -> None:
    with bare(server) as db:
        db.execute(
            "INSERT INTO audit SELECT max(number) + 1, max(at), '', '', 'signed', '', '{}', repeat('ab', 32) FROM audit"
        )
    change_database("window", here, copied)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.where == copied


@pytest.mark.parametrize("by", ["command", "window"])
def test_who_left_a_database_and_could_not_connect_to_the_other_is_told_so(
    here: Entrance, there: Entrance, copied: Server, by: str
) -> None:
    here._wait_s = 0.1
    window = here.sign_in("chen", PASSWORD)
    with bare(copied) as other:
        other.execute(f"SELECT pg_advisory_lock({writes.TRAIL_LOCK})".encode())
        with pytest.raises(
            StoreError, match=r"“clinic” .* says already that .* “clinic2” .* Connect it again"
        ):
            here.join(copied, "chen", PASSWORD) if by == "command" else here.use_server(window, copied)
    with pytest.raises(MovedError):
        window.save(begin())
    window.close()
    with here.join(copied, "chen", PASSWORD) as store:
        assert not store.trail_was_cut


def test_who_made_themselves_an_administrator_in_a_copy_leads_no_workstation_there(
    here: Entrance, there: Entrance, server: Server, owner: Server, copied: Server
) -> None:
    with bare(replace(owner, database="clinic2")) as db:
        db.execute("UPDATE account SET role = 'administrator' WHERE sign_in = 'lee'")
    before = there.server_file.read_bytes()
    with pytest.raises(EvalAssistError, match="An administrator connects"):
        there.join(copied, "lee", OTHER)
    assert there.server_file.read_bytes() == before
    with bare(copied) as db:  # nor who wrote the id of one into the vault of the copy, under their own name
        (row,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        with here.sign_in("lee", OTHER) as store:
            chen = next(each.id for each in store.accounts() if each.sign_in == "chen")
            vault = vaults.vault_of(bytes(row[0])).without_slot(store.account.id).without_slot(chen)
            vault = vaults.with_password(vault, replace(store.keys, place=b""), chen, "lee", OTHER)
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [vaults.vault_bytes(vault)])
    with pytest.raises(EvalAssistError, match="An administrator connects"):
        there.join(copied, "lee", OTHER)
    assert there.server_file.read_bytes() == before
    with bare(copied) as db:
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", row)
    here.sign_in("chen", PASSWORD).close()  # nor does the database say that it was left
    with bare(server) as db:  # as its user could write it, without any key
        db.execute(
            "INSERT INTO audit SELECT number + 1, at, account_id, who, 'moved-to-server', '', '{}', mac FROM audit"
            " ORDER BY number DESC LIMIT 1"
        )
    with pytest.raises(EvalAssistError, match="An administrator connects"):
        there.join(copied, "lee", OTHER)
    with pytest.raises(StoreError, match="lie in another database now"):
        here.sign_in("chen", PASSWORD)
    here.join(server, "chen", PASSWORD).close()
    there.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("then", ["somebody signed in", "the file is put aside"])
def test_who_leads_to_a_copy_with_a_password_that_is_not_known_here_is_asked_to_sign_in_first(
    here: Entrance, there: Entrance, server: Server, copied: Server, then: str
) -> None:
    """Else nobody asks the database before who administers it, nor what the copy lacks."""
    with here.sign_in("chen", PASSWORD) as store:
        here.change_password(store, store.account.id, THIRD)
    with bare(server) as old, bare(copied) as new:
        (counts,) = old.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        new.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", counts)
    before = there.server_file.read_bytes()
    with pytest.raises(StoreError, match="Sign in here once"):
        there.join(copied, "chen", THIRD)
    assert there.server_file.read_bytes() == before
    if then == "somebody signed in":
        there.sign_in("lee", OTHER).close()
    else:
        there.server_file.rename(there.server_file.with_name("aside"))
    with there.join(copied, "chen", THIRD) as store:
        assert store.where == copied
        assert store.trail_was_cut or then == "the file is put aside"


def test_a_copy_is_compared_also_when_the_password_of_the_server_was_changed_since(
    here: Entrance, there: Entrance, over_the_network: Server, copied: Server, asked: Asked
) -> None:
    there.join(over_the_network, "chen", PASSWORD).close()
    with here.sign_in("lee", OTHER) as store:
        store.save(begin())
    new = "quite another password"
    asked(f"ALTER ROLE {over_the_network.user} PASSWORD '{new}'")
    try:
        now = replace(over_the_network, database=copied.database, password=new)
        with there.join(now, "chen", PASSWORD) as store:
            assert store.trail_was_cut
            assert not store.not_compared_with
    finally:
        asked(f"ALTER ROLE {over_the_network.user} PASSWORD '{over_the_network.password}'")


def test_a_database_before_that_cannot_be_asked_is_told(
    there: Entrance,
    server: Server,
    copied: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with there.sign_in("chen", PASSWORD) as store:
        write_server(there.server_file, replace(server, port=1), store.keys, there.vault())
    monkeypatch.setattr(cli, "_password", lambda _: PASSWORD)
    url = f"postgresql://{copied.user}@/{copied.database}?host={copied.host}&port={copied.port}"
    folder = str(there.records.parent)
    assert cli.main(["connect-to-postgres", url, "--sign-in", "chen", "--folder", folder]) == 0
    assert "“clinic” on" in (said := capsys.readouterr().out)
    assert "was not compared" in said
    there.sign_in("chen", PASSWORD).close()
    assert cli.main(["connect-to-postgres", url, "--sign-in", "chen", "--folder", folder]) == 0
    assert "compared" not in capsys.readouterr().out


@pytest.mark.parametrize("planted", ["2147483647", "max(number) + 1"])
@pytest.mark.usefixtures("before_numbers_followed")
def test_no_line_of_another_program_hides_from_an_open_window_that_its_database_was_left(
    here: Entrance, there: Entrance, server: Server, copied: Server, planted: str
) -> None:
    def plant() -> None:
        with bare(server) as db:
            line = f"INSERT INTO audit SELECT {planted}, max(at), '', '', 'x', '', '{{}}', 'ab' FROM audit"
            db.execute(line.encode())

    window = there.sign_in("lee", OTHER)
    if planted.isdigit():
        plant()
    change_database("window", here, copied)
    if not planted.isdigit():
        plant()
    with pytest.raises(MovedError):
        window.save(begin())
    window.close()


def test_who_connects_to_a_database_that_everybody_left_hears_of_it(
    here: Entrance,
    there: Entrance,
    server: Server,
    copied: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "_password", lambda _: PASSWORD)
    change_database("window", here, copied)
    url = f"postgresql://{server.user}@/{server.database}?host={server.host}&port={server.port}"
    how = ["connect-to-postgres", url, "--sign-in", "chen", "--folder", str(there.records.parent)]
    assert cli.main(how) == 0
    assert "everybody had left it" in capsys.readouterr().out
    assert cli.main(how) == 0
    assert "left it" not in capsys.readouterr().out


@pytest.mark.parametrize("how", ["gone", "malformed", "names the new one"])
def test_a_database_before_whose_name_cannot_be_read_is_told(
    there: Entrance,
    copied: Server,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = there.server_file.read_bytes()
    if how == "gone":
        there.server_file.unlink()
    else:
        there.server_file.write_bytes(
            name.replace(b'"clinic"', b"clinic" if how == "malformed" else b'"clinic2"')
        )
        assert there.server_file.read_bytes() != name
    monkeypatch.setattr(cli, "_password", lambda _: PASSWORD)
    url = f"postgresql://{copied.user}@/{copied.database}?host={copied.host}&port={copied.port}"
    folder = str(there.records.parent)
    connect_it = ["connect-to-postgres", url, "--sign-in", "chen", "--folder", folder]
    assert cli.main(connect_it) == 0
    assert (
        "whose name is gone or damaged here, which it used before, could not be asked"
        in capsys.readouterr().out
    )
    assert cli.main(connect_it) == 0
    assert "could not be asked" not in capsys.readouterr().out


def test_a_line_without_a_right_seal_does_not_open_a_database_that_was_left(
    here: Entrance, there: Entrance, server: Server, copied: Server
) -> None:
    """The user of the server could add it, without any key."""
    change_database("window", here, copied)
    with bare(server) as db:
        db.execute(
            "INSERT INTO audit SELECT number + 1, at, account_id, who, 'connected', '', '{}', mac FROM audit"
            " ORDER BY number DESC LIMIT 1"
        )
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)
    there.join(server, "chen", PASSWORD).close()
    there.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("number", ["max(number) + 1", str(2**31 - 1)])
@pytest.mark.parametrize("seal", ["", "x", 'a"b', "a\\b", "\n"])
@pytest.mark.usefixtures("before_numbers_followed")
def test_whatever_seal_another_program_gave_a_line_that_says_it_was_left_connecting_takes_it_back(
    there: Entrance, server: Server, seal: str, number: str
) -> None:
    with bare(server) as db:
        lines = f"SELECT {number}, max(at), '', '', 'moved-to-server', '', '{{}}', %s FROM audit"
        db.execute(f"INSERT INTO audit {lines}".encode(), (seal,))
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)
    there.join(server, "chen", PASSWORD).close()
    with there.sign_in("lee", OTHER) as store:
        store.save(begin())


@pytest.mark.usefixtures("before_numbers_followed")
def test_lines_that_were_copied_from_where_the_records_went_do_not_open_the_database_that_was_left(
    here: Entrance, there: Entrance, server: Server, copied: Server, tmp_path: Path
) -> None:
    """The user of the server could add them, without any key."""
    change_database("window", here, copied)
    for _ in range(2):
        here.sign_in("chen", PASSWORD).close()
    (tmp_path / "third").mkdir()
    Entrance(tmp_path / "third").join(copied, "chen", PASSWORD).close()
    with bare(copied) as new, bare(server) as old:
        last = "(SELECT max(number) FROM audit WHERE action = 'connected')"
        for row in new.execute(f"SELECT * FROM audit WHERE number IN ({last} - 1, {last})".encode()):
            old.execute("INSERT INTO audit VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)
    there.join(server, "chen", PASSWORD).close()
    there.sign_in("lee", OTHER).close()


def test_a_database_that_was_left_and_connected_to_anew_before_this_version_is_not_left(
    server: Server,
) -> None:
    with Store(server, KEYS) as store:
        store.note_as(CHEN, "moved-to-server")
        assert store.was_left()
        store.note_as(CHEN, "connected")
        assert not store.was_left()
        for _ in range(2):
            store.note_as(CHEN, "moved-to-server", detail=ASKS_FOR_ITS_SEAL)
        store.note_as(CHEN, "connected")
        first, last = store.left_by()
        store.note_as(CHEN, "connected", detail={TAKES_BACK: [first]})
        assert store.left_by() == [last]
        store.note_as(CHEN, "connected", detail={TAKES_BACK: [last]})
        assert not store.was_left()
        store.note_as(CHEN, "moved-to-server")
        store.note_as(CHEN, "restored")
        assert not store.was_left()
        store.note_as(CHEN, "moved-to-server", detail=ASKS_FOR_ITS_SEAL)
        store.note_as(CHEN, "restored")
        assert store.was_left()


@pytest.mark.parametrize("by", ["command", "window"])
def test_a_database_that_cannot_note_that_it_was_left_is_not_left(
    here: Entrance, there: Entrance, server: Server, copied: Server, by: str
) -> None:
    """Its user can keep it from that, without any key; and so does a busy day."""
    here._wait_s = 0.1
    before = here.server_file.read_bytes(), here.vault_file.read_bytes()
    window = here.sign_in("chen", PASSWORD)
    with bare(server) as other:
        other.execute(f"SELECT pg_advisory_lock({writes.TRAIL_LOCK})".encode())
        with pytest.raises(StoreError, match=r"may not have noted that .* Nothing was changed here"):
            here.join(copied, "chen", PASSWORD) if by == "command" else here.use_server(window, copied)
    assert (here.server_file.read_bytes(), here.vault_file.read_bytes()) == before
    window.close()
    change_database(by, here, copied)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.where == copied
        assert not store.trail_was_cut
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)


@pytest.mark.parametrize("by", ["command", "window"])
def test_a_database_that_noted_that_it_was_left_though_the_answer_was_lost_is_left_by_connecting_again(
    here: Entrance, there: Entrance, copied: Server, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, leave = (here.server_file.read_bytes(), here.vault_file.read_bytes()), Store.leave_for

    def lose_the_answer(store: Store, *told: Any, **more: Any) -> bool:
        dialect = store._engine.dialect
        commit = dialect.do_commit

        def arrives(connection: Any) -> None:
            commit(connection)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        with monkeypatch.context() as network:
            network.setattr(dialect, "do_commit", arrives)
            return leave(store, *told, **more)

    window = here.sign_in("chen", PASSWORD)
    with monkeypatch.context() as network:
        network.setattr(Store, "leave_for", lose_the_answer)
        with pytest.raises(StoreError, match=r"may not have noted that .* Nothing was changed here"):
            here.join(copied, "chen", PASSWORD) if by == "command" else here.use_server(window, copied)
    assert (here.server_file.read_bytes(), here.vault_file.read_bytes()) == before
    for workstation in (here, there):
        with pytest.raises(StoreError, match="Connect this workstation anew"):
            workstation.sign_in("lee", OTHER)
    if by == "window":  # it was noted, so this window is one on a database that was left
        with pytest.raises(MovedError):
            here.use_server(window, copied)
    window.close()
    with here.join(copied, "chen", PASSWORD) as store:
        assert store.where == copied
        assert not store.trail_was_cut
        assert not store.not_compared_with
    here.sign_in("lee", OTHER).close()


@pytest.mark.parametrize("before", ["_name_server", "_opened_on_server"])
def test_connecting_that_was_cut_short_and_is_done_again_leaves_the_database_before(
    here: Entrance, there: Entrance, copied: Server, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_told: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut_short:
        cut_short.setattr(Entrance, before, stop)
        with pytest.raises(KeyboardInterrupt):
            here.join(copied, "chen", PASSWORD)
    for _ in range(2):
        with here.join(copied, "chen", PASSWORD) as store:
            assert not store.trail_was_cut
        with pytest.raises(StoreError, match="lie in another database now"):
            there.sign_in("lee", OTHER)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.where == copied


def test_a_database_is_left_also_when_its_user_copies_the_new_lines_there_meanwhile(
    here: Entrance, there: Entrance, server: Server, copied: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Store._read

    def copy_and_read(store: Store, work: Callable[[Any], Any]) -> Any:
        copy_lines(copied, server)
        return read(store, work)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Store, "_read", copy_and_read)
        here.join(copied, "chen", PASSWORD).close()
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)


def test_a_line_that_was_copied_from_another_copy_does_not_open_the_database_that_was_left(
    here: Entrance, there: Entrance, server: Server, copied: Server, another: Another
) -> None:
    """It names the same seal: the copy was made of the database that was left already."""
    change_database("window", here, copied)
    with another("clinic3", "TEMPLATE clinic") as third:
        here.join(third, "chen", PASSWORD).close()
        here.sign_in("lee", OTHER).close()
        copy_lines(third, server)
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)
    there.join(server, "chen", PASSWORD).close()
    there.sign_in("lee", OTHER).close()


@pytest.mark.usefixtures("before_numbers_followed")
def test_a_line_of_a_backup_put_back_elsewhere_does_not_open_the_database_that_was_left(
    here: Entrance, there: Entrance, server: Server, copied: Server, another: Another
) -> None:
    """The backup counts where it was put back, and where its records were moved to then."""
    with here.sign_in("chen", PASSWORD) as store:
        keys = store.keys
    change_database("window", here, copied)
    here.server_file.unlink()  # the server is lost
    for _ in range(2):
        backup = chosen_backup(Backups(here.records).make(keys.database, "asked").file)
        restore(backup, [keys], here.records.parent, backup.account_id("chen"))
        with here.sign_in("chen", PASSWORD) as store:
            for _ in range(40):
                store.note("trail-read", "")
    with another("clinic3") as third:
        change_database("window", here, third)
        here.sign_in("lee", OTHER).close()
        last = "(SELECT max(number) FROM audit WHERE action = 'restored')"
        copy_lines(third, server, f"number IN ({last} - 1, {last})")
    with pytest.raises(StoreError, match="lie in another database now"):
        there.sign_in("lee", OTHER)


def test_an_open_window_does_not_go_on_in_the_database_that_its_own_workstation_left(
    here: Entrance, copied: Server
) -> None:
    told: list[str] = []
    window, draft = here.sign_in("lee", OTHER), begin()
    window.on_dismissed = told.append
    Entrance(here.records.parent).join(copied, "chen", PASSWORD).close()
    with pytest.raises(MovedError):
        window.save(draft)
    with pytest.raises(MovedError):
        window.drafts()
    assert told
    with here.sign_in("lee", OTHER) as fresh:
        window.go_on_as(fresh)
        window.save(draft)
        assert fresh.load(draft.id) == draft
    window.close()


def test_another_name_of_the_records_in_the_vault_of_the_server_keeps_nobody_out_for_good(
    there: Entrance, server: Server
) -> None:
    """Its user can write it, without any key."""
    with bare(server) as db:
        (good,) = db.execute("SELECT vault FROM vault_copy WHERE id = 1").fetchall()
        for name in ("one", "another"):  # the vault before it is kept, too
            other = vaults.vault_of(bytes(good[0])).model_copy(update={"records_id": name})
            db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", [vaults.vault_bytes(other)])
            with suppress(EvalAssistError):
                there.sign_in("chen", PASSWORD).close()
        db.execute("UPDATE vault_copy SET vault = %s WHERE id = 1", good)
    there.sign_in("chen", PASSWORD).close()
    there.join(server, "chen", PASSWORD).close()


@pytest.mark.parametrize("by", ["command", "window"])
def test_who_only_signed_in_since_a_copy_was_made_is_no_cut_of_its_trail(
    here: Entrance, there: Entrance, copied: Server, by: str
) -> None:
    here.sign_in("lee", OTHER).close()
    change_database(by, here, copied)
    with here.sign_in("chen", PASSWORD) as store:
        assert store.where == copied
        assert not store.trail_was_cut
    with bare(replace(copied, database="clinic")) as db:
        told = db.execute("SELECT who, action FROM audit ORDER BY number DESC").fetchall()
    assert (CHEN.name, "moved-to-server") in told[:2]  # not nobody
    assert not here.verify("chen", PASSWORD).faults


@pytest.mark.parametrize("by", ["command", "window"])
def test_the_same_database_by_another_name_is_not_taken_for_one_that_was_left(
    here: Entrance, there: Entrance, server: Server, over_the_network: Server, by: str
) -> None:
    change_database(by, here, over_the_network)
    for each in (here, there):
        with each.sign_in("lee", OTHER) as store:
            assert not store.trail_was_cut


# ------------------------------------------------------------ the commands


def test_the_commands_set_up_move_and_connect(
    here: Entrance,
    server: Server,
    owner: Server,
    asked: Asked,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "getpass", lambda _asked: PASSWORD)

    def run(*words: object) -> str:
        assert cli.main([str(word) for word in words]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    def url(of: Server, user: str) -> str:
        return f"postgresql://{user}@/{of.database}?host={of.host}&port={of.port}"

    said = run("postgres-setup", url(owner, owner.user), "--user", "desk_2")
    assert "Password of desk_2, shown this once" in said
    assert "encrypted" in said
    app = url(server, server.user)
    assert "All rows arrived" in run("move-to-postgres", here.records.parent, app, "--sign-in", "chen")
    second = tmp_path / "second"
    second.mkdir()
    run("connect-to-postgres", app, "--sign-in", "chen", "--folder", second)
    with Entrance(second).sign_in("chen", PASSWORD) as store:
        assert len(store.drafts()) == 1
    assert cli.main(["move-to-postgres", str(tmp_path / "second"), app, "--sign-in", "chen"]) == cli.BAD_INPUT
    assert cli.main(["postgres-setup", "postgresql://x@db.clinic/y?sslmode=require"]) == cli.BAD_INPUT
    assert "verify-full" in capsys.readouterr().err
    asked("DROP OWNED BY desk_2", database="clinic")
    asked("DROP ROLE desk_2")


# ------------------------------------------------------------ is everything still what was kept?


@pytest.fixture
def in_use(there: Entrance, server: Server) -> tuple[Entrance, str]:
    """A workstation with a signed note on the server; and the id of its evaluation."""
    with there.sign_in("chen", PASSWORD) as store:
        store.save(evaluation := begin())
        store.sign(evaluation.signed_by(Signature("A. Chen", "PT-1", SIGNED_AT)), NOTE)
    assert there.verify("chen", PASSWORD).faults == []
    return there, evaluation.id


def test_what_the_user_of_the_server_adds_without_the_keys_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server, here: Entrance
) -> None:
    there, evaluation_id = in_use
    forged = Addendum("not her", "A. Chen", SIGNED_AT, "entered-in-error", "PT-1")
    row = (evaluation_id, forged.text, forged.clinician, addendum_sha256(sha256_of(NOTE), forged))
    with bare(server) as db:
        db.execute(
            "INSERT INTO addendum (evaluation_id, number, text, clinician, written_at, sha256, kind, licence)"
            " VALUES (%s, 1, %s, %s, '2026-03-01T09:30:00.000000+00:00', %s, 'entered-in-error', 'PT-1')",
            row,
        )
        db.execute("UPDATE account SET role = 'administrator' WHERE sign_in = 'lee'")
    for workstation in (there, here):  # on this one the file from before the move still lies
        found = workstation.verify("chen", PASSWORD)
        assert found.counts["signed notes"] == 2
        assert any("Addendum 1" in fault and "not known" in fault for fault in found.faults)
        assert any("What S. Lee may do" in fault for fault in found.faults)
        assert len(found.faults) == 2


def test_what_the_owner_of_the_tables_changes_or_cuts_off_is_told_by_verify(
    in_use: tuple[Entrance, str], owner: Server
) -> None:
    there, evaluation_id = in_use
    with bare(owner) as db:
        db.execute("ALTER TABLE evaluation DISABLE TRIGGER USER")
        db.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        db.execute("UPDATE evaluation SET clinician = 'S. Lee' WHERE id = %s", (evaluation_id,))
    faults = there.verify("chen", PASSWORD).faults
    assert any("changed after signing" in fault for fault in faults)
    assert any("lock audit_not_deleted" in fault for fault in faults)
    with bare(owner) as db:
        db.execute("DELETE FROM evaluation WHERE id = %s", (evaluation_id,))
        signing = "SELECT number FROM audit WHERE action = 'draft-begun' AND target = %s"
        (number,) = db.execute(signing, (evaluation_id,)).fetchone() or (0,)
        db.execute("DELETE FROM audit WHERE number >= %s", (number,))
        db.execute("ALTER TABLE evaluation ENABLE TRIGGER USER")
        db.execute("ALTER TABLE audit ENABLE TRIGGER USER")
    (fault,) = there.verify("chen", PASSWORD).faults
    assert "the vault knows line" in fault
    with there.sign_in("chen", PASSWORD) as store:
        assert store.trail_was_cut
        assert store.accept_cut is not None
        store.accept_cut()
    assert there.verify("chen", PASSWORD).faults == []


def test_who_was_removed_at_another_workstation_verifies_nothing(
    here: Entrance, in_use: tuple[Entrance, str]
) -> None:
    there, _ = in_use
    with here.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        here.remove_account(store, lee.id)
    with pytest.raises(WrongPasswordError):
        there.verify("lee", OTHER)


def test_another_name_or_license_of_an_account_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    """Whoever signs in with it would sign in somebody else's name."""
    there, _ = in_use
    with there.sign_in("chen", PASSWORD) as store:
        lee = next(each for each in store.accounts() if each.sign_in == "lee")
        store.keep_account(replace(lee, licence="PT-3"))
    assert there.verify("chen", PASSWORD).faults == []
    with bare(server) as db:
        db.execute("UPDATE account SET name = 'A. Chen', licence = 'PT-1' WHERE sign_in = 'lee'")
    (fault,) = there.verify("chen", PASSWORD).faults
    assert "name or license" in fault


def test_a_paper_that_is_sealed_a_second_time_is_told_by_verify(
    in_use: tuple[Entrance, str], owner: Server
) -> None:
    there, evaluation_id = in_use
    with there.sign_in("chen", PASSWORD) as store:
        paper = store.keep_document(evaluation_id, "handout", "en", "letter", b"%PDF-1", "A. Chen")
    with bare(owner) as db:
        db.execute("ALTER TABLE document DISABLE TRIGGER USER")
        db.execute("UPDATE document SET pdf = %s, sha256 = %s", (b"%PDF-2", sha256_of(b"%PDF-2")))
        db.execute("ALTER TABLE document ENABLE TRIGGER USER")
    with there.sign_in("chen", PASSWORD) as store:  # whoever holds the keys seals any line
        seal = {"document": paper, "kind": "handout", "sha256": sha256_of(b"%PDF-2")}
        store.note("document-kept", evaluation_id, seal)
    faults = there.verify("chen", PASSWORD).faults
    assert any(f"tells of a kept paper ({paper}) a second time" in fault for fault in faults)
    assert any("no longer what was given out" in fault for fault in faults)


def test_a_kept_paper_that_is_given_to_another_or_told_otherwise_is_told_by_verify(
    in_use: tuple[Entrance, str], owner: Server
) -> None:
    there, evaluation_id = in_use
    other, draft = begin(), begin()
    bo = replace(other, patient=replace(ANNA, id="bo", name="Bo Ek"), id="bo-visit", episode_id="bo-episode")
    with there.sign_in("chen", PASSWORD) as store:
        store.save(bo)
        store.save(draft)
        moved = store.keep_document(evaluation_id, "handout", "en", "letter", b"%PDF-1", "A. Chen")
        dated = store.keep_document(evaluation_id, "referral", "en", "letter", b"%PDF-2", "A. Chen")
        store.keep_document(draft.id, "handout", "en", "letter", b"%PDF-3", "A. Chen")
    assert there.verify("chen", PASSWORD).faults == []
    with bare(owner) as db:
        db.execute("ALTER TABLE document DISABLE TRIGGER USER")
        db.execute("UPDATE document SET evaluation_id = 'bo-visit' WHERE id = %s", (moved,))
        db.execute("UPDATE document SET kept_by = 'S. Lee' WHERE id = %s", (dated,))
        db.execute("ALTER TABLE document ENABLE TRIGGER USER")
        db.execute("UPDATE evaluation SET episode_id = 'bo-episode' WHERE id = %s", (draft.id,))
    faults = there.verify("chen", PASSWORD).faults
    assert any(moved in fault and "no longer what was kept" in fault for fault in faults)
    assert any(dated in fault and "no longer what was kept" in fault for fault in faults)
    assert sum("given to another patient" in fault for fault in faults) == 2
    assert len(faults) == 4
    with there.sign_in("chen", PASSWORD) as store:  # nor is it forgotten once the draft is signed
        mine = store.load(draft.id)
        store.sign(mine.signed_by(Signature("A. Chen", "PT-1", datetime.now(UTC))), NOTE)
    told = there.verify("chen", PASSWORD).faults
    (new,) = set(told) - set(faults)
    assert len(told) == 5
    assert "begun for another patient" in new


_ELSEWHERE = (
    "CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO evalassist_app;"
    " CREATE VIEW elsewhere.addendum AS SELECT * FROM public.addendum WHERE kind <> 'entered-in-error';"
    " GRANT SELECT ON elsewhere.addendum TO evalassist_app;"
    " CREATE FUNCTION elsewhere.lead(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS"
    " $f$ BEGIN PERFORM set_config('search_path', 'elsewhere, public', false); RETURN $1; END $f$;"
)
"""A function that leads whoever calls it to another table of addenda, and stays unseen by who only verifies."""
_NOT_ELSEWHERE = "DROP SCHEMA elsewhere CASCADE"
_ONLY_VERIFY = "current_setting('statement_timeout') = '0'"


@pytest.mark.parametrize(
    ("hide", "undo", "told"),
    [
        (
            "ALTER TABLE addendum ENABLE ROW LEVEL SECURITY;"
            f" CREATE POLICY hiding ON addendum USING ({_ONLY_VERIFY})",
            "DROP POLICY hiding ON addendum; ALTER TABLE addendum DISABLE ROW LEVEL SECURITY",
            "table addendum",
        ),
        (
            f"ALTER TABLE addendum RENAME TO whole; CREATE VIEW addendum AS SELECT * FROM whole WHERE {_ONLY_VERIFY};"
            " GRANT SELECT ON addendum TO evalassist_app",
            "DROP VIEW addendum; ALTER TABLE whole RENAME TO addendum",
            "table addendum",
        ),
        (
            "CREATE FUNCTION differs(text, varchar) RETURNS boolean LANGUAGE sql AS $f$ SELECT $1 = $2::text"
            " AND $2::text <> 'entered-in-error' $f$; CREATE OPERATOR public.="
            " (FUNCTION = differs, LEFTARG = text, RIGHTARG = varchar)",
            "DROP OPERATOR public.= (text, varchar); DROP FUNCTION differs",
            "public.=(text,character varying)",
        ),
        (
            f"{_ELSEWHERE} CREATE INDEX leads ON audit ((elsewhere.lead(action)))",
            f"DROP INDEX leads; {_NOT_ELSEWHERE}",
            "public.leads",
        ),
        (
            f"{_ELSEWHERE} ALTER TABLE evaluation ADD COLUMN extra text DEFAULT elsewhere.lead('')",
            f"ALTER TABLE evaluation DROP COLUMN extra; {_NOT_ELSEWHERE}",
            "table evaluation",
        ),
    ],
    ids=["policy", "view", "operator", "index", "column"],
)
def test_a_database_that_shows_the_app_other_rows_than_verify_is_told(
    in_use: tuple[Entrance, str], owner: Server, hide: str, undo: str, told: str
) -> None:
    there, evaluation_id = in_use
    in_error = Addendum("not her", "A. Chen", datetime.now(UTC), "entered-in-error", "PT-1")
    with there.sign_in("chen", PASSWORD) as store:
        store.add_addendum(evaluation_id, in_error)
        assert next(row for row in store.recent() if row.id == evaluation_id).in_error
    with bare(owner) as db:
        db.execute(hide.encode())
    try:
        with there.sign_in("chen", PASSWORD) as store:
            store.save(begin())
            assert not next(row for row in store.recent() if row.id == evaluation_id).in_error
        faults = there.verify("chen", PASSWORD).faults
    finally:
        with bare(owner) as db:
            db.execute(undo.encode())
    assert any("other rows" in fault and told in fault for fault in faults), faults
    assert there.verify("chen", PASSWORD).faults == []


_SWALLOWS = (
    "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NULL; END $f$;"
    " CREATE TRIGGER account_not_deleted BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION swallow()"
)
_LOCK = (
    "CREATE TRIGGER addendum_not_deleted BEFORE DELETE ON {} FOR EACH ROW {}"
    " EXECUTE FUNCTION addendum_not_deleted()"
)
_UNLOCK, _LOCK_AGAIN = "DROP TRIGGER addendum_not_deleted ON addendum; ", _LOCK.format("addendum", "")
_NO_LINK = "ALTER TABLE episode DROP CONSTRAINT episode_patient_id_fkey"
_LINK = (
    "ALTER TABLE episode ADD CONSTRAINT episode_patient_id_fkey"
    " FOREIGN KEY (patient_id) REFERENCES patient ON DELETE RESTRICT"
)
_CHECK = (
    "ALTER TABLE evaluation DROP CONSTRAINT signed_whole;"
    " ALTER TABLE evaluation ADD CONSTRAINT signed_whole CHECK ({})"
)
_SIGNED_WHOLE = next(
    str(each.sqltext)
    for each in Base.metadata.tables["evaluation"].constraints
    if isinstance(each, CheckConstraint)
)


@pytest.mark.parametrize(
    ("change", "undo", "told"),
    [
        (
            "CREATE FUNCTION pg_advisory_xact_lock(integer) RETURNS void LANGUAGE sql AS ''",
            "DROP FUNCTION pg_advisory_xact_lock(integer)",
            ["other rows: public.pg_advisory_xact_lock(integer)."],
        ),
        (
            "CREATE FUNCTION sign_of(vault_copy) RETURNS text LANGUAGE sql AS $$ SELECT '' $$;"
            " CREATE CAST (vault_copy AS text) WITH FUNCTION sign_of(vault_copy)",
            "DROP FUNCTION sign_of CASCADE",
            ["other rows: public.vault_copy as text.", "other rows: public.sign_of(public.vault_copy)."],
        ),
        (
            "ALTER TABLE about RENAME TO former; CREATE VIEW about AS SELECT * FROM former;"
            " GRANT SELECT ON about TO evalassist_app",
            "DROP VIEW about; ALTER TABLE former RENAME TO about",
            ["table about"],
        ),
        ("CREATE UNIQUE INDEX one ON audit (action, at)", "DROP INDEX one", ["other rows: public.one."]),
        ("CREATE INDEX late ON audit (at) WHERE at > ''", "DROP INDEX late", ["other rows: public.late."]),
        (
            "ALTER TABLE audit ADD CHECK (action <> 'evaluation-opened') NOT VALID",
            "ALTER TABLE audit DROP CONSTRAINT audit_action_check",
            ["rule of the table audit"],
        ),
        (_NO_LINK, _LINK, ["rule of the table episode"]),
        (f"{_NO_LINK}; {_LINK} NOT VALID", f"{_NO_LINK}; {_LINK}", ["rule of the table episode"]),
        (
            "ALTER TABLE addendum DROP CONSTRAINT addendum_pkey",
            "ALTER TABLE addendum ADD PRIMARY KEY (evaluation_id, number)",
            ["rule of the table addendum"],
        ),
        (
            _CHECK.format(_SIGNED_WHOLE.replace("licence IS NULL)", "licence IS NULL OR true)")),
            _CHECK.format(_SIGNED_WHOLE),
            ["rule of the table evaluation"],
        ),
        (
            _CHECK.format(
                "signed_at IS NULL OR (signed_at IS NOT NULL AND (note IS NOT NULL OR note IS NULL))"
            ),
            _CHECK.format(_SIGNED_WHOLE),
            ["rule of the table evaluation"],
        ),
        (
            "ALTER TABLE evaluation ALTER student SET DEFAULT true",
            "ALTER TABLE evaluation ALTER student SET DEFAULT false",
            ["column of the table evaluation"],
        ),
        (
            'ALTER TABLE addendum ALTER kind TYPE text COLLATE "POSIX"',
            'ALTER TABLE addendum ALTER kind TYPE text COLLATE "C"',
            ["column of the table addendum"],
        ),
        (
            _SWALLOWS,
            "DROP FUNCTION swallow CASCADE",
            ["other rows: public.swallow().", "acts by itself: account_not_deleted."],
        ),
        (
            f"{_UNLOCK}{_LOCK.format('addendum', 'WHEN (false)')}",
            f"{_UNLOCK}{_LOCK_AGAIN}",
            ["lock addendum_not_deleted"],
        ),
        (
            f"{_UNLOCK}{_LOCK.format('place', '')}",
            f"DROP TRIGGER addendum_not_deleted ON place; {_LOCK_AGAIN}",
            ["lock addendum_not_deleted"],
        ),
        (
            "ALTER TABLE addendum ENABLE REPLICA TRIGGER addendum_not_deleted",
            "ALTER TABLE addendum ENABLE TRIGGER addendum_not_deleted",
            ["lock addendum_not_deleted"],
        ),
        (
            "ALTER FUNCTION addendum_only_when_signed() SET search_path = pg_temp, public",
            "ALTER FUNCTION addendum_only_when_signed() SET search_path = public, pg_temp",
            ["lock public.addendum_only_when_signed()"],
        ),
        (
            "ALTER FUNCTION addendum_only_when_signed() SET row_security = off",
            "ALTER FUNCTION addendum_only_when_signed() RESET row_security",
            ["lock public.addendum_only_when_signed()"],
        ),
        (
            "ALTER FUNCTION audit_not_deleted() SECURITY DEFINER",
            "ALTER FUNCTION audit_not_deleted() SECURITY INVOKER",
            ["lock public.audit_not_deleted()"],
        ),
    ],
)
def test_whatever_acts_otherwise_in_the_servers_database_is_told_by_verify_until_it_is_undone(
    in_use: tuple[Entrance, str], owner: Server, change: str, undo: str, told: list[str]
) -> None:
    there, _ = in_use
    with bare(owner) as db:
        db.execute(change.encode())
    try:
        faults = there.verify("chen", PASSWORD).faults
    finally:
        with bare(owner) as db:
            db.execute(undo.encode())
    assert len(faults) == len(told), faults
    for fault, words in zip(faults, told, strict=True):
        assert words in fault
    assert there.verify("chen", PASSWORD).faults == []


def test_what_a_clinic_measures_its_server_with_is_no_fault(
    in_use: tuple[Entrance, str], asked: Asked
) -> None:
    there, _ = in_use
    asked("CREATE EXTENSION pg_stat_statements", database="clinic")
    try:
        assert there.verify("chen", PASSWORD).faults == []
    finally:
        asked("DROP EXTENSION pg_stat_statements", database="clinic")


def test_a_function_of_another_schema_is_not_called_in_place_of_the_lock_of_the_trail(
    in_use: tuple[Entrance, str], owner: Server
) -> None:
    there, evaluation_id = in_use
    with bare(owner) as db:
        db.execute(
            b"CREATE FUNCTION pg_advisory_xact_lock(integer) RETURNS void LANGUAGE plpgsql"
            b" AS $$ BEGIN RAISE EXCEPTION 'called'; END $$"
        )
    try:
        with there.sign_in("chen", PASSWORD) as store:
            store.note_of(evaluation_id)
            assert store.has_noted("note-read")
    finally:
        with bare(owner) as db:
            db.execute("DROP FUNCTION pg_advisory_xact_lock(integer)")


def test_a_rule_that_swallows_lines_of_the_trail_is_told_by_verify(
    in_use: tuple[Entrance, str], owner: Server
) -> None:
    there, evaluation_id = in_use
    with bare(owner) as db:
        db.execute(
            "CREATE RULE swallows AS ON INSERT TO audit WHERE NEW.action = 'evaluation-opened' DO INSTEAD NOTHING"
        )
    try:
        with there.sign_in("chen", PASSWORD) as store:
            store.load(evaluation_id)
            assert not store.has_noted("evaluation-opened")
        faults = there.verify("chen", PASSWORD).faults
    finally:
        with bare(owner) as db:
            db.execute("DROP RULE swallows ON audit")
    assert "table audit" in faults[0]
    assert "the vault" in faults[1]  # the window remembers the line that it wrote


def test_what_the_user_of_the_server_adds_to_papers_without_the_keys_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    there, evaluation_id = in_use
    with there.sign_in("chen", PASSWORD) as store:
        paper = store.keep_document(evaluation_id, "handout", "en", "letter", b"%PDF-1", "A. Chen", "printed")
        store.note_use(paper, "saved", "A. Chen")
    found = there.verify("chen", PASSWORD)
    assert (found.faults, found.not_checked) == ([], [])
    with bare(server) as db:
        db.execute(
            "INSERT INTO document_use VALUES (%s, 3, 'printed', '2026-03-02T00:00:00.000000+00:00', 'S. Lee')",
            (paper,),
        )
        # below a draft of which the trail knows nothing, on a day before there was one
        db.execute(
            f"INSERT INTO evaluation ({COLUMNS}) SELECT 'forged', id, {FORGED} FROM episode LIMIT 1".encode()
        )
        db.execute(
            "INSERT INTO document SELECT 'forged', 'forged', kind, language, paper, content_sha256,"
            " '2020-03-02T00:00:00.000000+00:00', kept_by, sha256, pdf FROM document WHERE id = %s",
            (paper,),
        )
    found = there.verify("chen", PASSWORD)
    (fault,) = found.faults
    assert paper in fault
    assert "printed or saved" in fault
    assert any(why.startswith("1 of the addenda and kept papers") for why in found.not_checked)
    with bare(server) as db:
        db.execute(
            "INSERT INTO document_use VALUES ('forged', 1, 'saved', '2020-03-02T00:00:00.000000+00:00', 'S. Lee')"
        )
        assert there.verify("chen", PASSWORD).faults == [fault]  # as old as the paper
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        db.execute("INSERT INTO document_use VALUES ('forged', 2, 'printed', %s, 'S. Lee')", (now,))
    assert sum("printed or saved" in each for each in there.verify("chen", PASSWORD).faults) == 2


def test_a_draft_that_was_moved_to_another_patient_and_signed_there_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    there, _ = in_use
    draft = begin()
    bo = replace(begin(), patient=replace(ANNA, id="bo", name="Bo Ek"), episode_id="bo-episode")
    with there.sign_in("chen", PASSWORD) as store:
        store.save(draft)
        store.save(bo)
        with bare(server) as db:
            db.execute("UPDATE evaluation SET episode_id = 'bo-episode' WHERE id = %s", (draft.id,))
        moved = store.load(draft.id)
        assert moved.patient.name == "Bo Ek"
        store.sign(moved.signed_by(Signature("A. Chen", "PT-1", datetime.now(UTC))), NOTE)
    (fault,) = there.verify("chen", PASSWORD).faults
    assert "begun for another patient" in fault


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE evaluation SET updated_at = 'x' WHERE signed_at IS NULL", "evaluation.updated_at"),
        ("UPDATE evaluation SET visit_date = 'infinity' WHERE signed_at IS NULL", "evaluation.visit_date"),
    ],
)
def test_a_time_or_date_that_is_none_is_told_in_words_and_verify_says_where(
    in_use: tuple[Entrance, str], server: Server, change: str, where: str
) -> None:
    there, _ = in_use
    with bare(server) as db:
        db.execute(change.encode())
    with there.sign_in("lee", OTHER) as store, pytest.raises(StoreError, match="a time or date that"):
        store.recent()
    (fault,) = there.verify("chen", PASSWORD).faults
    assert where in fault


@pytest.mark.parametrize(("at", "detail"), [("x", "{}"), ("9999-01-01", "{}"), (utc_text(SIGNED_AT), "no")])
def test_a_line_of_the_trail_that_another_program_wrote_is_in_nobodys_way_and_verify_tells_it(
    in_use: tuple[Entrance, str], server: Server, at: str, detail: str
) -> None:
    there, _ = in_use
    with bare(server) as db:
        db.execute(
            "INSERT INTO audit SELECT max(number) + 1, %s, '', '', 'signed', '', %s, '' FROM audit",
            (at, detail),
        )
    with there.sign_in("chen", PASSWORD) as store:
        store.save(begin())
        try:
            store.trail(Wanted())
        except StoreError as told:
            assert "a time or date that" in told.message  # noqa: PT017 - or it is shown
    assert any("does not fit" in fault for fault in there.verify("chen", PASSWORD).faults)


@contextmanager
def numbers_free(asked: Asked) -> Iterator[None]:
    """As before the server had each line of the trail follow the one before."""
    asked("ALTER TABLE audit DISABLE TRIGGER audit_in_a_row", database="clinic")
    try:
        yield
    finally:
        asked("ALTER TABLE audit ENABLE TRIGGER audit_in_a_row", database="clinic")


@pytest.fixture
def before_numbers_followed(server: Server, asked: Asked) -> Iterator[None]:
    with numbers_free(asked):
        yield


@pytest.mark.parametrize("number", ["max(number) + 2", "2147483645", "2147483647", "0", "-1"])
def test_no_program_adds_a_line_to_the_trail_of_a_server_that_leaves_room_below_it(
    in_use: tuple[Entrance, str], server: Server, number: str
) -> None:
    """Whoever was left behind would not see what is written there."""
    there, _ = in_use
    line = f"INSERT INTO audit SELECT {number}, max(at), '', '', 'x', '', '{{}}', 'ab' FROM audit".encode()
    follows = line.replace(number.encode(), b"max(number) + 1")
    with bare(server) as db:
        with pytest.raises(psycopg.errors.IntegrityError, match="stays as it is"):
            db.execute(line)
        with pytest.raises(psycopg.errors.IntegrityError, match="stays as it is"):
            db.execute(b"; ".join((follows, line)))  # in one act
    with there.sign_in("chen", PASSWORD) as store:
        store.save(begin())


def test_a_line_of_the_trail_with_the_highest_number_keeps_nobody_from_working(
    in_use: tuple[Entrance, str], server: Server, asked: Asked
) -> None:
    there, _ = in_use
    with bare(server) as db, numbers_free(asked):
        db.execute(
            "INSERT INTO audit SELECT 2147483647, at, '', '', 'signed-in', '', '{}', '' FROM audit WHERE number = 1"
        )
    with there.sign_in("chen", PASSWORD) as store:
        store.save(begin())
        number = store.own_lines[-1][0]
        assert not store.trail_was_cut
    with there.sign_in("chen", PASSWORD) as store:
        store.save(begin())
        assert store.own_lines[-1][0] > number
    assert any("2147483646 " in fault for fault in there.verify("chen", PASSWORD).faults)


def test_lines_of_the_trail_that_leave_one_number_between_them_keep_nobody_from_working(
    in_use: tuple[Entrance, str], server: Server, asked: Asked
) -> None:
    """The line before the gap tells of a later day: then two are written, one of a clock that was set back."""
    there, _ = in_use
    with bare(server) as db, numbers_free(asked):
        (last,) = db.execute("SELECT max(number) FROM audit").fetchall()[0]
        for number, year in ((last + 1, 9999), (last + 3, 2026), (2**31 - 1, 2026)):
            db.execute(
                "INSERT INTO audit VALUES (%s, %s, '', '', 'signed-in', '', '{}', '')",
                (number, f"{year}-01-01T00:00:00.000000+00:00"),
            )
    with there.sign_in("chen", PASSWORD) as store:
        store.save(begin())


@pytest.mark.parametrize("number", ["2147483647", "max(number) + 1"])
@pytest.mark.parametrize("mac", ["x", "", "é" * 64, "a" * 100, "ab" * 32], ids=range(5))
def test_whatever_seal_another_program_gives_a_line_windows_close_and_verify_goes_on(
    in_use: tuple[Entrance, str], server: Server, asked: Asked, number: str, mac: str
) -> None:
    there, _ = in_use
    window = there.sign_in("chen", PASSWORD)
    with bare(server) as db, numbers_free(asked):
        db.execute(
            f"INSERT INTO audit SELECT {number}, max(at), '', '', 'x', '', '{{}}', %s FROM audit".encode(),
            [mac],
        )
        db.execute("UPDATE account SET role = 'administrator' WHERE sign_in = 'lee'")
    assert window.head() == window.knows
    window.close("locked")
    with pytest.raises(StoreError):
        window.recent()
    there.sign_in("chen", PASSWORD).close()
    faults = there.verify("chen", PASSWORD).faults
    assert any("does not fit" in fault for fault in faults)
    assert any("lee" in fault.lower() for fault in faults)


def test_a_paper_that_was_saved_before_there_were_papers_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    there, _ = in_use
    with bare(server) as db:
        db.execute(
            "INSERT INTO document SELECT 'zz', evaluation_id, kind, language, paper, content_sha256, "
            "'0001-01-01T00:00:00.000000+00:00', kept_by, sha256, pdf FROM document LIMIT 1"
        )
        db.execute(
            "INSERT INTO document_use VALUES ('zz', 1, 'saved', '0001-01-01T00:00:00.000000+00:00', 'x')"
        )
    assert there.verify("chen", PASSWORD).faults


def test_whatever_stands_beside_the_vault_an_open_window_goes_on(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    there, _ = in_use
    with there.sign_in("lee", OTHER) as store:
        with bare(server) as db:
            db.execute("UPDATE vault_copy SET kept_at = 'x'")
        store.save(begin())
        assert store.recent()


def test_a_patient_whom_the_search_does_not_find_any_more_is_told_by_verify(
    in_use: tuple[Entrance, str], server: Server
) -> None:
    there, _ = in_use
    with bare(server) as db:
        db.execute("DELETE FROM patient_word WHERE word = 'svensson'")
    (fault,) = there.verify("chen", PASSWORD).faults
    assert f"A patient ({ANNA.id}) is not found" in fault
