"""Is everything on the clinic's server still what was kept, and does its database act as the setup made it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import CheckConstraint, Connection, Constraint, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn, CreateTable

from evalassist.records.faults import plain_words
from evalassist.records.models import Base
from evalassist.records.postgres import LONG_WORK, open_server
from evalassist.records.server import Server
from evalassist.records.triggers import postgres_triggers
from evalassist.records.vault import Anchor
from evalassist.records.verify import Verified, verify_rows

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]
_CHANGED = {
    "table": "The table {} of the database is no plain table any more: it may show or keep other rows.",
    "column": "A column of the table {} of the database is not as it was made: it may show or keep other rows.",
    "constraint": "A rule of the table {} of the database is not as it was made: it may let in or refuse other rows.",
    "lock": "The lock {} of the database was changed or taken off.",
    "function": "What the lock {} of the database does was changed or taken off.",
}
_ADDED = {
    **_CHANGED,
    "lock": "Something was added to the database that acts by itself: {}.",
    **dict.fromkeys(
        ("function", "operator", "cast", "index"),
        "Something was added to the database that may show or keep other rows: {}.",
    ),
}
_THERE = text("""
SELECT 'table', relname::text, '' FROM pg_class WHERE relname::text = ANY('{about}'::text[] || :ours) AND relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relpersistence = 'p' AND NOT relrowsecurity
    -- not `relhasrules` and `relhassubclass`: they stay for a while when the last one is gone
    AND NOT EXISTS (SELECT 1 FROM pg_rewrite WHERE ev_class = pg_class.oid)
    AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = pg_class.oid)
UNION ALL
SELECT 'column', relname::text, concat(attname, ' ', upper(format_type(atttypid, atttypmod)),
    CASE WHEN attcollation <> 0 THEN ' COLLATE ' || attcollation::regcollation::text END,
    ' DEFAULT ' || pg_get_expr(adbin, adrelid), CASE WHEN attnotnull THEN ' NOT NULL' END,
    attgenerated, attidentity)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relname::text = ANY(:ours) AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', pg_class.relname::text, pg_get_constraintdef(pg_constraint.oid, true)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid LEFT JOIN pg_class AS other ON other.oid = confrelid
    -- from version 18 on "not null" is one as well: the columns tell it; and of a trigger the locks tell
    WHERE contype NOT IN ('n', 't') AND 'public'::regnamespace IN (pg_class.relnamespace, other.relnamespace)
    AND (pg_class.relname::text = ANY(:ours) OR other.relname::text = ANY(:ours))
UNION ALL
SELECT 'index', indexrelid::regclass::text, '' FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace
    AND (indexprs IS NOT NULL OR indpred IS NOT NULL OR (indisunique AND NOT indisprimary))
UNION ALL
SELECT 'lock', tgname::text, concat(pg_get_triggerdef(pg_trigger.oid), nullif(tgenabled, 'O'))
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function', pg_proc.oid::regprocedure::text, concat('CREATE OR REPLACE FUNCTION ', pg_proc.oid::regprocedure,
    ' RETURNS ', format_type(prorettype, NULL), ' LANGUAGE ', lanname, ' SET ', array_to_string(proconfig, ' SET '),
    CASE WHEN prosecdef OR proisstrict OR provolatile <> 'v' OR prokind <> 'f' THEN ' otherwise' END,
    ' AS $$', prosrc, '$$')
    FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
    WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    -- many clinics measure with it; who owns the tables can add nothing to it
    AND NOT EXISTS (SELECT 1 FROM pg_depend JOIN pg_extension ON pg_extension.oid = refobjid AND deptype = 'e'
        WHERE objid = pg_proc.oid AND classid = 'pg_proc'::regclass AND refclassid = 'pg_extension'::regclass
        AND extname = 'pg_stat_statements'
        AND extowner <> (SELECT relowner FROM pg_class WHERE oid = 'public.audit'::regclass))
UNION ALL
SELECT 'operator', oid::regoperator::text, '' FROM pg_operator
    WHERE oprnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
UNION ALL
SELECT 'cast', concat(format_type(castsource, NULL), ' as ', format_type(casttarget, NULL)), '' FROM pg_cast
    WHERE oid >= 16384 -- what PostgreSQL brings itself has a lower number
""")
"""What acts in the database: its kind, its name, and as what it was made."""


def verify_server(server: Server, audit_key: bytes, anchors: Mapping[str, Anchor]) -> Verified:
    """Look through the records on a server, as of one moment: its user, and who owns it, know no key of the trail."""
    found = Verified()
    engine = open_server(server, patience=LONG_WORK)
    try:
        as_of_now = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with plain_words(server, "read"), as_of_now.connect() as db:
            # nothing that was added answers in place of PostgreSQL's own, and every name is told with its schema
            db.exec_driver_sql("SET LOCAL search_path = pg_catalog, pg_temp")
            found.tell(_not_as_made(db))
            db.exec_driver_sql("SET LOCAL search_path = public")
            verify_rows(db, audit_key, anchors, found)
    finally:
        engine.dispose()
    return found


def _not_as_made(db: Connection) -> Iterator[str]:
    there = {_plainly(*each) for each in db.execute(_THERE, {"ours": [*Base.metadata.tables]})}
    made = {_plainly(*each) for each in _as_made()}
    changed = {(kind, name) for kind, name, _ in made - there}
    added = {(kind, name) for kind, name, _ in there - made} - changed
    yield from (_CHANGED[kind].format(name) for kind, name in sorted(changed))
    yield from (_ADDED[kind].format(name) for kind, name in sorted(added))


def _as_made() -> Iterator[tuple[str, str, str]]:
    """What the setup makes, from the tables and rules themselves."""
    yield "table", "about", ""  # holds no records, but is read before them
    for name, table in Base.metadata.tables.items():
        yield "table", name, ""
        yield from (
            ("column", name, str(CreateColumn(each).compile(dialect=_POSTGRES))) for each in table.columns
        )
        yield from (("constraint", name, _constraint(each)) for each in table.constraints)
    for statement in postgres_triggers():
        words = statement.split(" ")
        if words[1] == "TRIGGER":
            yield "lock", words[2], statement
        else:
            yield "function", f"public.{words[4]}", statement


def _constraint(constraint: Constraint) -> str:
    if isinstance(
        constraint, CheckConstraint
    ):  # PostgreSQL tells it without the brackets that change nothing
        return f"CHECK ({str(constraint.sqltext).replace('(', '').replace(')', '')})"
    return str(_POSTGRES.ddl_compiler(_POSTGRES, CreateTable(constraint.table)).process(constraint))


def _plainly(kind: str, name: str, made: str) -> tuple[str, str, str]:
    """Without what PostgreSQL writes in its own way: blanks, the schema of our tables, the type of a text."""
    words = "".join(made.split()).replace("::text", "")
    # a column's type or order of another schema is not ours, whatever its name
    return kind, name, words if kind == "column" else words.replace("public.", "")
