"""The tables of the records. Rows never leave this folder; `store` turns them into values and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, CheckConstraint, Dialect, ForeignKey, Index, LargeBinary, false
from sqlalchemy import Text as AnyText
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Text in the order of its signs on both engines: the search looks for ranges of words, moments sort by time."""


def utc_text(moment: datetime) -> str:
    """A moment as it is kept."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its time zone cannot be kept")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class NoMomentError(SQLAlchemyError):
    """What stands in the place of a moment is none: another program wrote it."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC, as text that sorts by time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        try:
            return None if value is None else datetime.fromisoformat(value)
        except ValueError:
            raise NoMomentError from None


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it stands
        str: Text,
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


Key = Annotated[str, mapped_column(Text, primary_key=True)]
OfEvaluation = Annotated[str, mapped_column(ForeignKey("evaluation.id", ondelete="RESTRICT"))]


class StoredPatient(Base):
    __tablename__ = "patient"
    __table_args__ = (Index("patient_by_name", "name_key"),)

    id: Mapped[Key]
    name: Mapped[str]
    name_key: Mapped[str]
    """The name in lower case without accents: the order of every list of patients."""
    birth_date: Mapped[date]
    sex: Mapped[str]
    language: Mapped[str]
    record_number: Mapped[str]


class StoredWord(Base):
    """A word by which a patient is found: of the name, the record number, or the birth date."""

    __tablename__ = "patient_word"
    __table_args__ = (Index("patient_word_of_patient", "patient_id"), {"sqlite_with_rowid": False})

    word: Mapped[Key]
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), primary_key=True)


class StoredEpisode(Base):
    __tablename__ = "episode"
    __table_args__ = (Index("episode_of_patient", "patient_id"),)

    id: Mapped[Key]
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    begun_on: Mapped[date]


class StoredEvaluation(Base):
    __tablename__ = "evaluation"
    __table_args__ = (
        Index("evaluation_of_episode", "episode_id"),
        Index("evaluation_by_change", "change_number"),
        CheckConstraint(
            "(signed_at IS NULL AND note IS NULL AND note_sha256 IS NULL AND clinician IS NULL"
            " AND licence IS NULL) OR "
            "(signed_at IS NOT NULL AND note IS NOT NULL AND note_sha256 IS NOT NULL"
            " AND clinician IS NOT NULL AND licence IS NOT NULL)",
            name="signed_whole",
        ),
    )

    # what lists show comes first, so that a list never reads the long texts behind
    id: Mapped[Key]
    episode_id: Mapped[str] = mapped_column(ForeignKey("episode.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    sore_knee: Mapped[str]
    visit_date: Mapped[date]
    version: Mapped[int]
    """Counts the changes of this evaluation, so that two windows cannot overwrite each other."""
    change_number: Mapped[int]
    """Counts the changes of all evaluations: the order of work, whatever the clock says."""
    updated_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    clinician: Mapped[str | None]
    licence: Mapped[str | None]
    note_sha256: Mapped[str | None]
    content_release: Mapped[str]
    impression: Mapped[str]
    opinions: Mapped[dict[str, Any]]
    plan_edits: Mapped[list[Any]]
    answers: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(deferred=True)
    defaults: Mapped[dict[str, Any]]
    """The clinical defaults the clinic had set otherwise when this was written."""
    exercise_log: Mapped[list[Any]]
    student: Mapped[bool] = mapped_column(server_default=false())
    """A student signed it: a therapist has to sign below."""


class StoredDefaultChange(Base):
    """One clinical default set to another value; without a value it is again as shipped."""

    __tablename__ = "default_change"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    default_id: Mapped[str]
    value: Mapped[float | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    reason: Mapped[str]


class StoredAddendum(Base):
    __tablename__ = "addendum"

    evaluation_id: Mapped[OfEvaluation] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    clinician: Mapped[str]
    written_at: Mapped[datetime]
    sha256: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="addendum")
    licence: Mapped[str] = mapped_column(server_default="")


class StoredDocument(Base):
    __tablename__ = "document"
    __table_args__ = (Index("document_of_evaluation", "evaluation_id"),)

    id: Mapped[Key]
    evaluation_id: Mapped[OfEvaluation]
    kind: Mapped[str]
    language: Mapped[str]
    paper: Mapped[str]
    content_sha256: Mapped[str]
    """The same for every sheet of one plan, whatever its language and paper; empty where it was not noted."""
    kept_at: Mapped[datetime]
    kept_by: Mapped[str]
    sha256: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(deferred=True)


class StoredUse(Base):
    """A kept paper was printed or saved; one that never was has no row."""

    __tablename__ = "document_use"

    document_id: Mapped[str] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[str]
    used_at: Mapped[datetime]
    used_by: Mapped[str]


class StoredPlace(Base):
    """Where the therapist left an evaluation; a convenience, so it is not part of the record."""

    __tablename__ = "place"

    evaluation_id: Mapped[OfEvaluation] = mapped_column(primary_key=True)
    step: Mapped[str]
    item: Mapped[str]


class StoredAccount(Base):
    """Who may sign in; one that was removed stays, for its name stands in the audit trail."""

    __tablename__ = "account"

    id: Mapped[Key]
    sign_in: Mapped[str]
    name: Mapped[str]
    licence: Mapped[str]
    role: Mapped[str]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class StoredAudit(Base):
    """One line of the audit trail; `mac` covers it and the line before."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account_id: Mapped[str]
    who: Mapped[str]
    """The account's name at that time."""
    action: Mapped[str]
    target: Mapped[str]
    detail: Mapped[str]
    """JSON with sorted keys: ids and counts, never an answer or free text."""
    mac: Mapped[str]


COUNTS, COMING = 1, 2
"""Of the two copies of the vault: the one that counts, and one about to be written."""


class StoredVault(Base):
    """The vault as last written, so that anybody signed in can put a lost one back."""

    __tablename__ = "vault_copy"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kept_at: Mapped[datetime]
    vault: Mapped[bytes]
