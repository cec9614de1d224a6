"""What the database itself refuses, whoever asks and by whichever route.

Each trigger stands here once and is made anew after every migration. `INSERT OR REPLACE` and `UPDATE OR
REPLACE` remove a row without firing its delete trigger unless `recursive_triggers` is on, so a row that must
stay is also guarded where another one would take its id or its rowid. The words are what the therapist reads.
"""

from evalassist.errors import SignedRecordError

SIGNED = str(SignedRecordError())
KEPT = "What was kept in the records stays as it is; nothing was changed."
OF_ONE_PATIENT = "An episode of care stays with its patient; nothing was changed."
ONLY_SIGNED = "An addendum belongs to a signed evaluation; a draft is changed itself."
REFUSALS = frozenset((SIGNED, KEPT, OF_ONE_PATIENT, ONLY_SIGNED))


def _refuse(table: str, name: str, event: str, when: str, words: str) -> tuple[str, str]:
    return f"{table}_{name}", (
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table}"
        f"{' WHEN ' + when if when else ''} BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _same_row(table: str) -> tuple[str, str]:
    changed = "NEW.id IS NOT OLD.id OR NEW.rowid IS NOT OLD.rowid"
    return _refuse(table, "stays_itself", "UPDATE", changed, KEPT)


def _never_changes(table: str, key: str) -> list[tuple[str, str]]:
    taken = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE ({key}) OR kept.rowid = NEW.rowid)"
    return [
        _refuse(table, "not_updated", "UPDATE", "", KEPT),
        _refuse(table, "not_deleted", "DELETE", "", KEPT),
        _refuse(table, "not_replaced", "INSERT", taken, KEPT),
    ]


TRIGGERS: dict[str, str] = dict(
    [
        _refuse("evaluation", "signed_not_updated", "UPDATE", "OLD.signed_at IS NOT NULL", SIGNED),
        _refuse("evaluation", "signed_not_deleted", "DELETE", "OLD.signed_at IS NOT NULL", SIGNED),
        _refuse(
            "evaluation",
            "signed_not_replaced",
            "INSERT",
            "EXISTS (SELECT 1 FROM evaluation AS kept WHERE (kept.id = NEW.id OR kept.rowid = NEW.rowid)"
            " AND kept.signed_at IS NOT NULL)",
            SIGNED,
        ),
        _same_row("evaluation"),
        _same_row("episode"),
        _same_row("patient"),
        _refuse("episode", "not_moved", "UPDATE", "NEW.patient_id IS NOT OLD.patient_id", OF_ONE_PATIENT),
        _refuse(
            "episode",
            "not_replaced",
            "INSERT",
            "EXISTS (SELECT 1 FROM episode AS kept WHERE (kept.id = NEW.id OR kept.rowid = NEW.rowid)"
            " AND (kept.id IS NOT NEW.id OR kept.patient_id IS NOT NEW.patient_id))",
            OF_ONE_PATIENT,
        ),
        *_never_changes("addendum", "kept.evaluation_id = NEW.evaluation_id AND kept.number = NEW.number"),
        *_never_changes("document", "kept.id = NEW.id"),
        *_never_changes("document_use", "kept.document_id = NEW.document_id AND kept.number = NEW.number"),
        *_never_changes("default_change", "kept.number = NEW.number"),
        *_never_changes("audit", "kept.number = NEW.number"),
        _same_row("account"),
        _refuse("account", "not_deleted", "DELETE", "", KEPT),
        _refuse(
            "addendum",
            "only_when_signed",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM evaluation WHERE id = NEW.evaluation_id AND signed_at IS NOT NULL)",
            ONLY_SIGNED,
        ),
    ]
)
