"""PostgreSQL: the engine of a workstation, and what whoever looks after the server sets up once."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import QueuePool

from evalassist.errors import StoreError
from evalassist.records.connection import WAIT_S
from evalassist.records.faults import plain_words
from evalassist.records.migrations import MIGRATIONS
from evalassist.records.models import Base
from evalassist.records.server import Server
from evalassist.records.server_faults import NOT_OURS, sentence_start
from evalassist.records.triggers import postgres_triggers
from evalassist.records.writes import lock_trail
from evalassist.translate import tr

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the server is waited for, in seconds; 0 is for ever."""

    connect_s: int
    answer_s: int
    idle_s: int
    """So long a workstation that hangs may hold up the others."""


WINDOW = Patience(connect_s=2, answer_s=10, idle_s=10)
"""Longer would freeze the window."""
LONG_WORK = Patience(connect_s=10, answer_s=0, idle_s=0)
APPLICATION = "EvalAssist"
APP_USER = "evalassist_app"
OLDEST_SERVER = 130_000
UPGRADES: dict[int, tuple[str, ...]] = {}
"""What brings a database from the version before to this one; the first on a server was 5."""
_READ_AND_ADD = "SELECT, INSERT"
_GRANTS = {
    "patient": "SELECT, INSERT, UPDATE, DELETE",
    "patient_word": "SELECT, INSERT, DELETE",
    "episode": "SELECT, INSERT, UPDATE, DELETE",
    "evaluation": "SELECT, INSERT, UPDATE, DELETE",
    "place": "SELECT, INSERT, UPDATE, DELETE",
    "account": "SELECT, INSERT, UPDATE",
    "vault_copy": "SELECT, INSERT, UPDATE",
}
"""What the application's user may do; of every other table it reads and adds rows, and nothing else."""


def engine_of(server: Server, wait_s: float = WAIT_S, patience: Patience = WINDOW) -> Engine:
    """An engine whose every connection is alike: what is acknowledged is on the server's disk."""
    settings = {
        "synchronous_commit": "on",  # whatever the server's default is
        "lock_timeout": f"{max(1, int(wait_s * 1000))}ms",
        "statement_timeout": f"{patience.answer_s}s",
        "idle_in_transaction_session_timeout": f"{patience.idle_s}s",
        "search_path": "public",
        # what the user of the server sets for itself would make them otherwise, or show numbers rounded
        "timezone": "UTC",
        "datestyle": "ISO",
        "extra_float_digits": "1",
        "bytea_output": "hex",
        "standard_conforming_strings": "on",
        "default_transaction_isolation": r"read\ committed",
        "quote_all_identifiers": "off",  # what verify compares is told by the server
    }
    certificate = server.pinned().certificate
    told = server.connecting() | {
        "connect_timeout": patience.connect_s,
        "application_name": APPLICATION,
        "client_encoding": "utf8",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": patience.connect_s * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    try:
        engine = create_engine(
            "postgresql+psycopg://",
            connect_args=told,
            poolclass=QueuePool,
            pool_pre_ping=True,
            hide_parameters=True,  # a traceback must not quote a patient
            json_serializer=partial(json.dumps, allow_nan=False, separators=(",", ":")),
        )
    except ImportError:
        raise StoreError(
            tr(
                "This EvalAssist was installed without what a PostgreSQL server needs. Nothing was changed. "
                "Install it with its part “postgres”."
            )
        ) from None
    if certificate:
        _trust_only(engine, certificate)
    return engine


def _trust_only(engine: Engine, certificate: str) -> None:
    """libpq reads a certificate from a file only: it gets one that nobody else can write, and that is gone at once."""

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Dialect, _record: object, args: list[Any], told: dict[str, Any]) -> DBAPIConnection:
        with TemporaryDirectory(prefix="evalassist-") as folder:
            file = Path(folder) / "server.crt"
            file.write_text(certificate, encoding="utf-8")
            return dialect.connect(*args, **told | {"sslrootcert": str(file)})


def open_server(server: Server, wait_s: float = WAIT_S, patience: Patience = WINDOW) -> Engine:
    """Open the clinic's database; one that is not ours, older, newer or not locked against its user is refused."""
    engine = engine_of(server, wait_s, patience)
    try:
        with plain_words(server, "open"), engine.connect() as db:
            _refuse_another_version(db, server)
            _refuse_an_owner(db, server)
    except BaseException:
        engine.dispose()
        raise
    return engine


def version_of(db: Connection) -> int | None:
    """The version of the records' tables, or None where there are none."""
    if db.scalar(text("SELECT to_regclass('public.about')")) is None:
        return None
    application, version = db.execute(text("SELECT application, version FROM about")).one()
    return int(version) if application == APPLICATION else None


def _refuse_another_version(db: Connection, server: Server) -> None:
    version, known = version_of(db), len(MIGRATIONS)
    if version is None:
        raise StoreError(sentence_start(NOT_OURS.format(server=server, kept=tr("Nothing was changed."))))
    if version > known:
        raise StoreError(
            tr(
                "{server} was set up by a newer EvalAssist (version {version}; this one knows "
                "{known}). Nothing was changed. Install the newer EvalAssist on this workstation."
            ).format(server=sentence_start(str(server)), version=version, known=known)
        )
    if version < known:
        raise StoreError(
            tr(
                "{server} is of an older EvalAssist (version {version}; this one needs {known}). "
                "Nothing was changed. Whoever looks after the server backs it up and runs `evalassist postgres-setup`."
            ).format(server=sentence_start(str(server)), version=version, known=known)
        )


_COULD_TAKE_LOCKS_AWAY = """
SELECT has_table_privilege(:name, 'public.audit', 'UPDATE, DELETE, TRUNCATE')
    -- who may make roles makes itself the owner; so does who may become such a role
    OR EXISTS (SELECT 1 FROM pg_roles WHERE pg_has_role(:name, oid, 'MEMBER') AND (
        rolsuper OR rolcreaterole OR rolreplication
        OR rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_write_all_data',
            'pg_create_subscription')
        OR oid IN (
            SELECT datdba FROM pg_database WHERE datname = current_database()
            UNION SELECT nspowner FROM pg_namespace WHERE nspname = 'public'
            UNION SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ){parameter}))
"""
_PARAMETER = (
    " OR EXISTS (SELECT 1 FROM pg_parameter_acl, aclexplode(paracl) WHERE grantee IN (pg_roles.oid, 0))"
)
"""Some of these go past every lock or run programs, and none is needed; they can be granted from this version on:"""
_GRANTED_FROM = 150_000


def _could_take_locks_away(db: Connection, name: str) -> bool:
    parameter = _PARAMETER if _number(db) >= _GRANTED_FROM else ""
    return bool(db.scalar(text(_COULD_TAKE_LOCKS_AWAY.format(parameter=parameter)), {"name": name}))


def _number(db: Connection) -> int:
    """The server's version, as 150004."""
    return int(db.scalar(text("SELECT current_setting('server_version_num')")) or 0)


def _refuse_an_owner(db: Connection, server: Server) -> None:
    """Who owns the tables can take their locks away, and a workstation must not be able to."""
    names = db.execute(text("SELECT session_user, current_user")).one()
    if any(_could_take_locks_away(db, name) for name in names):
        raise StoreError(
            tr(
                "The user {user} could change what is signed in {server}. Nothing was changed. "
                "Connect with the application's user, {app_user}, that `evalassist postgres-setup` made."
            ).format(user=server.user, server=server, app_user=APP_USER)
        )
    if db.scalar(text("SELECT current_setting('session_replication_role')")) != "origin":
        raise StoreError(
            tr(
                "{server} takes all locks off for the user {user} (session_replication_role). Nothing was changed. "
                "Let whoever looks after the server find out who set this, and take it back."
            ).format(user=server.user, server=sentence_start(str(server)))
        )


# ------------------------------------------------------------ what whoever looks after the server does once


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was made: the version before, and the password of a user that was made now."""

    before: int | None
    password: str = ""
    others: tuple[str, ...] = ()
    """Users of an earlier setup, who may use the records as well."""


def set_up(owner: Server, app_user: str = APP_USER) -> SetUp:
    """Make or renew tables, triggers and rights, all or nothing; the owner is not the application's user.

    Can be run again at any time: nothing that is kept is touched.
    """
    if app_user == owner.user:
        raise StoreError(
            tr(
                "The user who owns the tables and the application's user are two. Name another one for the application."
            )
        )
    with _owning(owner) as db:
        before = version_of(db)
        _refuse_a_server_that_does_not_fit(db, owner, before)
        password = _make_user(db, app_user)
        if before is None:
            Base.metadata.create_all(db)
            db.execute(
                text(
                    "CREATE TABLE about (id integer PRIMARY KEY CHECK (id = 1),"
                    " application text NOT NULL, version integer NOT NULL)"
                )
            )
            db.execute(text("INSERT INTO about VALUES (1, :name, 0)"), {"name": APPLICATION})
        for version in range((before or len(MIGRATIONS)) + 1, len(MIGRATIONS) + 1):
            for statement in UPGRADES[version]:
                db.exec_driver_sql(statement)
        db.execute(text("UPDATE about SET version = :known"), {"known": len(MIGRATIONS)})
        _renew_triggers(db)
        _grant(db, app_user)
        others = set(db.scalars(_MAY_READ)) - {app_user}
    log.info("server set up, version %s before", before)
    return SetUp(before, password, tuple(sorted(others)))


@contextmanager
def _owning(owner: Server) -> Iterator[Connection]:
    engine = engine_of(owner, wait_s=10, patience=LONG_WORK)
    try:
        with plain_words(owner, "open"), engine.begin() as db:
            lock_trail(db)
            yield db
    finally:
        engine.dispose()


def _refuse_a_server_that_does_not_fit(db: Connection, owner: Server, before: int | None) -> None:
    number = _number(db)
    if number < OLDEST_SERVER:
        raise StoreError(
            tr("PostgreSQL 13 or newer is needed; this server has {number}. Nothing was changed.").format(
                number=number // 10_000
            )
        )
    encoding = db.scalar(text("SELECT current_setting('server_encoding')"))
    if encoding != "UTF8":
        raise StoreError(
            tr(
                "{owner} keeps text as {encoding}, which lacks signs. Nothing was changed. "
                "Make the database with ENCODING 'UTF8'."
            ).format(owner=sentence_start(str(owner)), encoding=encoding)
        )
    if before is not None and before > len(MIGRATIONS):
        _refuse_another_version(db, owner)
    others = db.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    if before is None and others:
        raise StoreError(
            tr(
                "{owner} holds tables of another program. Nothing was changed. "
                "Make a database for EvalAssist alone."
            ).format(owner=sentence_start(str(owner)))
        )


def _make_user(db: Connection, app_user: str) -> str:
    """The application's user, made with a password of chance where there is none yet."""
    if db.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": app_user}):
        return ""
    password = secrets.token_urlsafe(24)
    raw = db.connection.dbapi_connection
    assert raw is not None
    # the server gets what it checks the password by, so that its log never holds the password
    verifier = raw.pgconn.encrypt_password(password.encode(), app_user.encode(), b"scram-sha-256").decode()
    db.exec_driver_sql(f"CREATE ROLE {_name(db, app_user)} LOGIN PASSWORD '{verifier}'")
    return password


def _renew_triggers(db: Connection) -> None:
    """Also takes away what an earlier version told the server."""
    ours = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    for name, table in db.execute(text(ours)).all():
        db.exec_driver_sql(f"DROP TRIGGER {_name(db, name)} ON {table}")
    for statement in postgres_triggers():
        db.exec_driver_sql(statement)


_MAY_READ = text(
    "SELECT grantee FROM information_schema.role_table_grants JOIN pg_tables ON tablename = table_name"
    " WHERE schemaname = 'public' AND table_schema = 'public' AND table_name = 'audit' AND grantee <> tableowner"
)


def _grant(db: Connection, app_user: str) -> None:
    """The application's user reads and writes rows, and changes no table; one of an earlier setup keeps what it got."""
    name, database = _name(db, app_user), _name(db, str(db.scalar(text("SELECT current_database()"))))
    for statement in (
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT ON about TO {name}",
        *(f"GRANT {_GRANTS.get(each, _READ_AND_ADD)} ON {each} TO {name}" for each in Base.metadata.tables),
    ):
        db.exec_driver_sql(statement)
    if _could_take_locks_away(db, app_user):
        raise StoreError(
            tr(
                "The user {app_user} could change what is signed: it may make roles, is a superuser, may run programs, "
                "write files or replicate on the server, was granted a parameter of the server (or everybody was), or "
                "belongs to an owner of the database or of what is in it. Nothing was changed. Take that away, or name "
                "a user who does not exist yet."
            ).format(app_user=app_user)
        )
    may_make_tables = "SELECT has_schema_privilege(:name, 'public', 'CREATE')"
    if db.scalar(text(may_make_tables), {"name": app_user}):
        raise StoreError(
            tr(
                "The user {app_user} could still make tables. Nothing was changed. Connect as the owner of the "
                "database."
            ).format(app_user=app_user)
        )


def _name(db: Connection, name: str) -> str:
    return db.dialect.identifier_preparer.quote_identifier(name)


# ------------------------------------------------------------ before anybody is signed in


@dataclass(frozen=True, slots=True)
class Found:
    """What a connection test found."""

    records: int
    """Evaluations in the database."""
    vault: bytes | None
    """The vault that opens them; None while no records were moved there."""
    look_at: str = ""
    """What whoever looks after the server should mend."""

    @property
    def says(self) -> str:
        kept = (
            f"{self.records} evaluations are there."
            if self.vault
            else "The database is ready and still empty."
        )
        return " ".join(each for each in ("The connection works.", kept, self.look_at) if each)


def look(server: Server) -> Found:
    """Connect as the application does, and say what is there."""
    engine = open_server(server)
    try:
        with plain_words(server, "read"), engine.connect() as db:
            vault = db.scalar(text("SELECT vault FROM vault_copy WHERE id = 1"))
            records = db.scalar(text("SELECT count(*) FROM evaluation"))
            unsafe = [
                name
                for name in ("fsync", "full_page_writes")
                if db.scalar(text("SELECT current_setting(:name)"), {"name": name}) != "on"
            ]
    finally:
        engine.dispose()
    look_at = (
        f"The server may lose records when its power fails: {' and '.join(unsafe)} is off." if unsafe else ""
    )
    return Found(int(records or 0), None if vault is None else bytes(vault), look_at)
