"""What tests share: a window drawn off screen, settings and records of its own, and a PostgreSQL server."""

from __future__ import annotations

import atexit
import ipaddress
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from evalassist import managed as managing
from evalassist.content import Content, load_content
from ui import style
from ui.pages.base import Page

if TYPE_CHECKING:  # most tests need no server, and start sooner without these
    from at_the_door import Person

    from evalassist.evaluation import Evaluation, Patient
    from evalassist.records.backup import Backup, Backups
    from evalassist.records.server import Server
    from evalassist.records.store import Store
    from evalassist.records.vault import Keys
    from ui.app import App

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PRINT_SYSTEM = Path(tempfile.mkdtemp(prefix="evalassist-cups-"))
atexit.register(shutil.rmtree, PRINT_SYSTEM, ignore_errors=True)
os.environ["CUPS_SERVER"] = str(PRINT_SYSTEM / "socket")
"""No test sees the printers of this computer; `test_printing` starts a print system of its own here."""

P = TypeVar("P", bound=Page)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of settings and records of this test alone."""
    folder = tmp_path / "home"
    monkeypatch.setenv("EVALASSIST_HOME", str(folder))
    return folder


PASSWORD = "four blue kneecaps"


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a password costs as little as the vault allows."""
    from evalassist.records import vault

    for name, least in (("MEMORY_KIB", vault.LEAST_MEMORY_KIB), ("PASSES", vault.LEAST_PASSES), ("LANES", 1)):
        monkeypatch.setattr(vault, name, least)


@pytest.fixture
def first_run(quick_passwords: None) -> Callable[[App], None]:
    """Fill in the first page as a person does, tick that the paper key was written down, and go on."""

    def fill_in(program: App) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        from ui.pages.first_run import FirstRun  # first of all: `ui` must come before Qt

        def wait(until: Callable[[], bool]) -> None:
            while not until():
                QApplication.processEvents()
                time.sleep(0.005)  # the thread that is waited for needs the processor, too

        wait(lambda: program.window.door is not None)
        page = program.window.door
        assert isinstance(page, FirstRun)
        page.next.click()
        for field, typed in (
            (page.fields.name, "A. Chen, PT"),
            (page.fields.licence, "40-12345"),
            (page.fields.sign_in, "chen"),
        ):
            field.clear()
            QTest.keyClicks(field.edit, typed)
        for secret in (page.password.first, page.password.again):
            QTest.keyClicks(secret.edit, PASSWORD)
        page.button.click()
        wait(lambda: not page.at_work)
        page.paper_key.has_it.click()
        page.paper_key.go_on.click()
        page.to_start.click()

    return fill_in


@pytest.fixture
def person(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, first_run: Callable[[App], None]
) -> Iterator[Person]:
    """Somebody who has begun the records and sees the start page."""
    from at_the_door import Person, nobody_answers

    from ui.crash import CrashHook

    monkeypatch.setattr(CrashHook, "install", lambda _: None)
    made = Person(qtbot)
    first_run(made.app)
    assert made.window.start is not None
    yield made
    nobody_answers(made.window)
    made.window.close()
    made.app.close()


@dataclass
class Clinic:
    """Records with a vault that a paper key opens, and one draft of Anna Svensson."""

    anna: Patient
    folder: Path
    keys: Keys
    paper: str
    store: Store

    @property
    def records(self) -> Path:
        return self.store.path

    @property
    def backups(self) -> Backups:
        from evalassist.records.backup import Backups

        return Backups(self.records)

    def save(self, words: str = "") -> Evaluation:
        from evalassist.evaluation import Evaluation

        evaluation = Evaluation.begin(self.anna, "right", date(2026, 3, 1)).with_impression(words)
        self.store.save(evaluation)
        return evaluation

    def back_up(self) -> Backup:
        return self.backups.make(self.keys.database, "asked")


@pytest.fixture
def clinic(tmp_path: Path, home: Path) -> Iterator[Clinic]:
    """A clinic that has begun its records, elsewhere than this computer's own would lie."""
    from evalassist.evaluation import Patient
    from evalassist.records import vault as vaults
    from evalassist.records.doorstep import RECORDS
    from evalassist.records.store import Store

    folder = tmp_path / "clinic"
    folder.mkdir()
    keys = vaults.new_keys()
    vault, paper = vaults.with_paper_key(vaults.new_vault(), keys)
    vaults.write_vault(vault.model_copy(update={"begun": True}), folder / vaults.FILE_NAME)
    with Store(folder / RECORDS, keys) as store:
        made = Clinic(Patient("Anna Svensson", date(1990, 5, 2), "F"), folder, keys, paper, store)
        made.save()
        yield made


# ------------------------------------------------------------ a PostgreSQL server of the suite's own

OVER_THE_NETWORK = "127.0.0.2"
"""An address that is not taken for this computer's own, so that everything of a network counts."""


def _certificate(folder: Path) -> None:
    """A key and a certificate for that address, which proves itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test server")])
    address = x509.IPAddress(ipaddress.ip_address(OVER_THE_NETWORK))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=2))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "server.key").chmod(0o600)


class _Postgres:
    """A server in a temporary folder; another account runs it where this one is the administrator."""

    def __init__(self) -> None:
        from evalassist.records import postgres
        from evalassist.records.server import Server

        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        assert found, "the tests need Debian's package postgresql; `python3 dev.py test` installs it"
        self.programs = found[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="evalassist-pg-"))
        self.as_another = []
        _certificate(self.folder)
        if os.geteuid() == 0:
            drop = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
            self.as_another = [*drop, "--pdeathsig", "QUIT", "--"]
            for each in (self.folder, *self.folder.iterdir()):
                shutil.chown(each, "nobody", "nogroup")
        with socket.socket() as free:
            free.bind((OVER_THE_NETWORK, 0))
            self.port = int(free.getsockname()[1])
        made = ["-D", str(self.folder / "data"), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(
            [*self.as_another, str(self.programs / "initdb"), *made], check=True, capture_output=True
        )
        (self.folder / "data/pg_hba.conf").write_text(
            "local all all trust\nhostssl all all 127.0.0.0/8 scram-sha-256\n"
        )
        self.process = self.start()
        self.ask("CREATE ROLE clinic_owner LOGIN CREATEROLE")
        self.ask("CREATE DATABASE clinic OWNER clinic_owner")
        self.owner = Server(str(self.folder), "clinic", "clinic_owner", port=self.port)
        self.app = Server(str(self.folder), "clinic", postgres.APP_USER, port=self.port)
        self.password = postgres.set_up(self.owner).password
        """What the application's user is asked for over a network; at the socket nobody is."""

    def start(self) -> subprocess.Popen[bytes]:
        import psycopg

        settings = {
            "listen_addresses": OVER_THE_NETWORK,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": str(self.folder / "server.crt"),
            "ssl_key_file": str(self.folder / "server.key"),
        }
        told = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*self.as_another, str(self.programs / "postgres"), "-D", str(self.folder / "data"), *told],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.told()).close()
                return process
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)

    def told(self, database: str = "postgres") -> str:
        return f"host={self.folder} port={self.port} user=postgres dbname={database}"

    def ask(self, *statements: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.told(database), autocommit=True) as db:
            for statement in statements:
                db.execute(statement.encode())

    @contextmanager
    def letting_in(self, first: str) -> Iterator[None]:
        """With this line before the others of pg_hba.conf."""
        file = self.folder / "data/pg_hba.conf"
        lines = file.read_text()
        try:
            file.write_text(f"{first}\n{lines}")
            self.ask("SELECT pg_reload_conf()")
            yield
        finally:
            file.write_text(lines)
            self.ask("SELECT pg_reload_conf()")

    @contextmanager
    def crashed(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.process = self.start()


@pytest.fixture(scope="session")
def _postgres() -> Iterator[_Postgres]:
    running = _Postgres()
    yield running
    running.stop()
    shutil.rmtree(running.folder, ignore_errors=True)


@pytest.fixture
def server(_postgres: _Postgres) -> Server:
    """The clinic's database, empty, as a workstation on the same computer connects to it."""
    from evalassist.records.models import Base

    rows = [f"DELETE FROM {table}" for table in Base.metadata.tables]
    _postgres.ask("SET session_replication_role = replica", *rows, database="clinic")
    return _postgres.app


@pytest.fixture
def owner(_postgres: _Postgres, server: Server) -> Server:
    """The same database, for whoever looks after the server."""
    return _postgres.owner


@pytest.fixture
def over_the_network(_postgres: _Postgres, server: Server) -> Server:
    """The same database, at an address of a network."""
    certificate = str(_postgres.folder / "server.crt")
    return replace(server, host=OVER_THE_NETWORK, password=_postgres.password, certificate=certificate)


@pytest.fixture
def asked(_postgres: _Postgres) -> Callable[..., None]:
    """`asked(*statements)`: what the administrator of the server does."""
    return _postgres.ask


@pytest.fixture
def letting_in(_postgres: _Postgres) -> Callable[[str], AbstractContextManager[None]]:
    """`with letting_in(line):` the server lets people in otherwise."""
    return _postgres.letting_in


@pytest.fixture
def another_certificate(tmp_path: Path) -> bytes:
    """For the same address, but not that of the server."""
    folder = tmp_path / "of another server"
    folder.mkdir()
    _certificate(folder)
    return (folder / "server.crt").read_bytes()


@pytest.fixture
def crashed(_postgres: _Postgres) -> Callable[[], AbstractContextManager[None]]:
    """`with crashed():` the server was killed; afterwards it runs again."""
    return _postgres.crashed


@pytest.fixture(params=["file", "server"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Path | Server:
    """Where the records lie: in a file of this computer, or in the clinic's database."""
    if request.param == "file":
        return tmp_path / "records.sqlite"
    found: Server = request.getfixturevalue("server")
    return found


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="session")
def plain_note() -> str:
    """A note as it is signed, with nothing found and nothing planned."""
    day = {"birth_date": "1990-05-02", "visit_date": "2026-03-01"}
    told = {"sex": "F", "age": 35, "sore_knee": "right", "kind": "initial", "pfp": "undecided", "clinic": {}}
    words = ("release", "evidence_checked", "evaluation_id", "patient_name", "record_number")
    lists = ("red_flags", "sections", "not_tested", "conclusions", "subcategories", "modifiers")
    return json.dumps(
        {
            **dict.fromkeys((*words, "action_text", "irritability", "primary"), ""),
            **{name: [] for name in (*lists, "not_decided", "references")},
            **dict.fromkeys(("action", "plan", "sheet")),
            **day,
            **told,
        }
    )


@pytest.fixture(autouse=True)
def unmanaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is fixed by an administrator of the computer on which the tests run."""
    monkeypatch.setattr(managing, "managed_file", lambda: PRINT_SYSTEM / "managed.toml")
    monkeypatch.setattr(managing, "is_ours", lambda _: False)  # tests put it where they may write
    managing.managed.cache_clear()
    yield
    managing.managed.cache_clear()


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What was closed is gone before the next test; else a new look would dress it again, for ever longer."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """The look of the app as it comes, whatever the test before or this one makes of it."""
    style.apply_style(qapp)
    yield
    style.apply_style(qapp)


@pytest.fixture
def opened(dressed: None, qtbot: QtBot) -> Callable[..., Page]:
    """Shows a page as the window does; it is closed when the test is over."""

    def show(page: P, width: int = 1140, height: int = 760) -> P:
        qtbot.addWidget(page)
        page.resize(width, height)
        page.prepare()
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
        return page

    return show
