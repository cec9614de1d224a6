"""What the database itself refuses, whoever asks and by whichever route, in SQLite and in PostgreSQL alike.

Each rule stands here once; its triggers are made anew after every migration. In SQLite, `INSERT OR REPLACE` and
`UPDATE OR REPLACE` remove a row without firing its delete trigger unless `recursive_triggers` is on, so a row that
must stay is also guarded where another one would take its id or its rowid. The words are what the therapist reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from evalassist.errors import SignedRecordError

SIGNED = str(SignedRecordError())
KEPT = "What was kept in the records stays as it is; nothing was changed."
OF_ONE_PATIENT = "An episode of care stays with its patient; nothing was changed."
ONLY_SIGNED = "An addendum belongs to a signed evaluation; a draft is changed itself."
REFUSALS = frozenset((SIGNED, KEPT, OF_ONE_PATIENT, ONLY_SIGNED))

# only SQLite's rows have a second id
_ROWID_TAKEN, _ROWID_CHANGED = " OR kept.rowid = NEW.rowid", " OR NEW.rowid IS DISTINCT FROM OLD.rowid"


@dataclass(frozen=True, slots=True)
class Rule:
    """What may not happen to a row; without `when` it may never."""

    table: str
    name: str
    event: str
    when: str
    words: str

    @property
    def trigger(self) -> str:
        return f"{self.table}_{self.name}"

    def in_sqlite(self) -> str:
        when = f" WHEN {self.when}" if self.when else ""
        return (
            f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table}{when}"
            f" BEGIN SELECT RAISE(ABORT, '{self.words}'); END"
        )

    def in_postgres(self) -> Iterator[str]:
        when = (self.when or "true").replace(_ROWID_TAKEN, "").replace(_ROWID_CHANGED, "")
        yield from _postgres_trigger(self, when, "ROW", "OLD" if self.event == "DELETE" else "NEW")


def _postgres_trigger(rule: Rule, when: str, each: str, result: str) -> Iterator[str]:
    # a table of the same name in another schema must not answer in place of ours
    yield (
        f"CREATE OR REPLACE FUNCTION {rule.trigger}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = public, pg_temp AS $$ BEGIN IF {when} THEN"
        f" RAISE EXCEPTION USING MESSAGE = '{rule.words}', ERRCODE = 'integrity_constraint_violation';"
        f" END IF; RETURN {result}; END $$"
    )
    yield (
        f"CREATE TRIGGER {rule.trigger} BEFORE {rule.event} ON {rule.table}"
        f" FOR EACH {each} EXECUTE FUNCTION {rule.trigger}()"
    )


def _same_row(table: str) -> Rule:
    return Rule(table, "stays_itself", "UPDATE", f"NEW.id IS DISTINCT FROM OLD.id{_ROWID_CHANGED}", KEPT)


def _never_changes(table: str, key: str) -> list[Rule]:
    taken = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE ({key}){_ROWID_TAKEN})"
    return [
        Rule(table, "not_updated", "UPDATE", "", KEPT),
        Rule(table, "not_deleted", "DELETE", "", KEPT),
        Rule(table, "not_replaced", "INSERT", taken, KEPT),
    ]


RULES: tuple[Rule, ...] = (
    Rule("evaluation", "signed_not_updated", "UPDATE", "OLD.signed_at IS NOT NULL", SIGNED),
    Rule("evaluation", "signed_not_deleted", "DELETE", "OLD.signed_at IS NOT NULL", SIGNED),
    Rule(
        "evaluation",
        "signed_not_replaced",
        "INSERT",
        f"EXISTS (SELECT 1 FROM evaluation AS kept WHERE (kept.id = NEW.id{_ROWID_TAKEN})"
        " AND kept.signed_at IS NOT NULL)",
        SIGNED,
    ),
    _same_row("evaluation"),
    _same_row("episode"),
    _same_row("patient"),
    Rule("episode", "not_moved", "UPDATE", "NEW.patient_id IS DISTINCT FROM OLD.patient_id", OF_ONE_PATIENT),
    Rule(
        "episode",
        "not_replaced",
        "INSERT",
        f"EXISTS (SELECT 1 FROM episode AS kept WHERE (kept.id = NEW.id{_ROWID_TAKEN})"
        " AND (kept.id IS DISTINCT FROM NEW.id OR kept.patient_id IS DISTINCT FROM NEW.patient_id))",
        OF_ONE_PATIENT,
    ),
    *_never_changes("addendum", "kept.evaluation_id = NEW.evaluation_id AND kept.number = NEW.number"),
    *_never_changes("document", "kept.id = NEW.id"),
    *_never_changes("document_use", "kept.document_id = NEW.document_id AND kept.number = NEW.number"),
    *_never_changes("default_change", "kept.number = NEW.number"),
    *_never_changes("audit", "kept.number = NEW.number"),
    _same_row("account"),
    Rule("account", "not_deleted", "DELETE", "", KEPT),
    Rule(
        "addendum",
        "only_when_signed",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM evaluation WHERE id = NEW.evaluation_id AND signed_at IS NOT NULL)",
        ONLY_SIGNED,
    ),
)

TRIGGERS: dict[str, str] = {rule.trigger: rule.in_sqlite() for rule in RULES}
"""What SQLite is told, by the trigger's name."""


HIGHEST_LINE = 2**31 - 1
"""No line of the trail on a server has a higher number."""

_IN_A_ROW = Rule(
    "audit",
    "in_a_row",
    "INSERT",
    # a line below the first, kept back until after a move, would pass for the one that came in with it
    "NEW.number < 1 OR NEW.number::bigint - 1 <> (SELECT max(number) FROM audit)"
    # a trail that comes in whole, as when records are moved, has the gaps it had
    " AND (SELECT xmin FROM audit ORDER BY number LIMIT 1) <> pg_current_xact_id()::xid"
    # from before this rule; nobody is kept from working by it
    f" AND (SELECT max(number) FROM audit) < {HIGHEST_LINE - 1}",
    KEPT,
)
"""On a server the user of the application may add lines: none of them leaves room for others to follow below it."""


def postgres_triggers() -> Iterator[str]:
    """What PostgreSQL is told: the same rules, and that none of their tables is emptied at once."""
    for rule in (*RULES, _IN_A_ROW):
        yield from rule.in_postgres()
    for table in dict.fromkeys(rule.table for rule in RULES):
        yield from _postgres_trigger(
            Rule(table, "not_emptied", "TRUNCATE", "", KEPT), "true", "STATEMENT", "NULL"
        )
