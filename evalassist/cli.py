"""The command line: cases evaluated and printed, content listed and checked, records moved. No window, no Qt."""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalassist import __version__
from evalassist.errors import EvalAssistError
from evalassist.records_commands import add_commands

if TYPE_CHECKING:
    from evalassist.clinical.follow_up import FollowUp
    from evalassist.clinical.result import Assessment, NoPlan, PlanOfCare
    from evalassist.documents.look import PaperName
    from evalassist.evaluation import Evaluation
    from evalassist.note import Clinic, Language, Note, SheetForm
    from evalassist.records.server import Server
    from evalassist.records.vault import Anchor
    from evalassist.settings import NameOnSheet, Settings

DONE, BAD_INPUT, STOPPED, UNFINISHED, LEFT = 0, 2, 3, 4, 130
OUTPUTS = (
    *(
        "assessment.json",
        "plan.json",
        "handout.pdf",
        "evaluation.pdf",
        "plan-of-care.pdf",
        "discharge-summary.pdf",
    ),
    *("referral.pdf", "evaluation.txt"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every fault a person can mend is one sentence on standard error and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a Windows console may lack a sign; a listing must not fail for it
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except EvalAssistError as fault:
        print(f"evalassist: {fault}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("\nevalassist: stopped. What was written until now is whole.", file=sys.stderr)
        return LEFT
    except EOFError:
        print("\nevalassist: it was asked for, and nothing was typed. Nothing was done.", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evalassist",
        description="Evaluate anterior knee pain, hip strength included. Without arguments the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"EvalAssist {__version__}")
    parser.add_argument(
        "--self-test", action="store_const", const=_self_test, dest="run", help="walk one evaluation"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    evaluate = commands.add_parser(
        "evaluate", help="evaluate one case file and write its documents, or its note as plain text"
    )
    evaluate.add_argument("case", type=Path, metavar="CASE.toml")
    evaluate.add_argument(
        "--text",
        action="store_true",
        help="the note as plain text: evaluation.txt in DIR, or on standard output without --out",
    )
    evaluate.add_argument(
        *("--since", "-s"),
        type=Path,
        action="append",
        default=[],
        metavar="EARLIER.toml",
        help="an earlier visit of the same patient; may be given several times",
    )
    evaluate.set_defaults(run=_evaluate)
    demo = commands.add_parser("demo", help="evaluate the worked patients and examples")
    demo.set_defaults(run=_demo)
    handouts = commands.add_parser(
        "handouts", help="print the handout of every case file of a folder, each into a PDF of its name"
    )
    handouts.add_argument("cases", type=Path, metavar="FOLDER", help="folder of the case files (*.toml)")
    handouts.set_defaults(run=_handouts)
    for command in (evaluate, demo, handouts):
        command.add_argument(
            "--out",
            type=Path,
            required=command is not evaluate,
            metavar="DIR",
            help="folder for the documents",
        )
        command.add_argument(
            "--language",
            choices=["en", "es"],
            help="language of the handout; as in the settings, or English for the demo, when not said",
        )
        command.add_argument(
            "--form",
            choices=["standard", "large", "moves", "why"],
            default="standard",
            help="the whole handout, in large print, its moves alone, or the pages without moves",
        )
        command.add_argument("--paper", choices=["letter", "a4"], help="as in the settings, when not said")
    items = commands.add_parser("items", help="list every item a case can answer")
    items.set_defaults(run=_items)
    check = commands.add_parser("check-content", help="check the clinical content")
    check.set_defaults(run=_check_content)
    fixed = commands.add_parser(
        "check-managed",
        help="tell what a file of managed settings fixes, or which of its lines make no sense",
    )
    fixed.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the one of this computer, when not said"
    )
    fixed.set_defaults(run=_check_managed)
    _add_postgres(commands)
    verify = commands.add_parser(
        "verify", help="tell whether the records of a folder are still what was kept; nothing is changed"
    )
    verify.add_argument("folder", type=Path, metavar="FOLDER")
    verify.add_argument("--name", help="the name to sign in with; asked for, when not said")
    verify.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="its first line is the password; else it is asked for",
    )
    verify.add_argument("--key-file", type=Path, metavar="FILE", help="where the account needs one")
    verify.add_argument("--code", help="tell which signed note has this code of a paper")
    verify.add_argument(
        "--line",
        nargs=2,
        metavar=("NUMBER", "CODE"),
        help="the last line of the audit trail as an earlier run told it",
    )
    verify.set_defaults(run=_verify)
    add_commands(commands)
    parser.set_defaults(run=lambda _options: _help(parser))
    return parser


def _add_postgres(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    set_up = commands.add_parser(
        "postgres-setup",
        help="prepare a PostgreSQL database for several workstations, or bring it up to date",
    )
    set_up.add_argument("--user", default="evalassist_app", help="the application's user; made when missing")
    set_up.set_defaults(run=_postgres_setup)
    move = commands.add_parser(
        "move-to-postgres",
        help="copy the records of a folder to an empty database, and use that from then on",
    )
    move.add_argument("folder", type=Path, metavar="FOLDER", help="folder of the records")
    move.set_defaults(run=_move_to_postgres)
    connect = commands.add_parser(
        "connect-to-postgres",
        help="let this workstation use the records of a database, or tell it a new password",
    )
    connect.add_argument("--folder", type=Path, help="folder of the records, when not the usual one")
    connect.set_defaults(run=_connect_to_postgres)
    for command in (set_up, move, connect):
        set_here: dict[str, Any] = {"nargs": "?", "default": ""} if command is connect else {}
        command.add_argument("url", metavar="URL", help="postgresql://user@host/database", **set_here)
    for command in (move, connect):
        command.add_argument(
            "--sign-in", required=True, metavar="NAME", help="an administrator's name to sign in"
        )
        command.add_argument("--key-file", type=Path, help="the administrator's key file, where one is used")


# ---------------------------------------------------------------- commands


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return DONE


def _evaluate(options: argparse.Namespace) -> int:
    from evalassist.case_file import read_case, read_earlier
    from evalassist.content import load_content
    from evalassist.note_text import note_text

    if options.out is None and not options.text:
        raise EvalAssistError("Say a folder for the documents with --out, or --text for the note alone.")
    evaluation = read_case(options.case, load_content())
    earlier = read_earlier(options.since, evaluation, load_content())
    case = evaluate_case(evaluation, _clinic(), earlier)
    if options.out is None:
        print(note_text(case.note), end="")
        print(case.summary, file=sys.stderr)
        return case.code
    wanted = _sheet_wanted(options)
    files = case_files(case, wanted)
    if options.text:
        files["evaluation.txt"] = note_text(case.note).encode()
    gone = write_all(options.out, files)
    print(case.summary)
    print(f"Written to {options.out}: {', '.join(files)}")
    if gone:
        print(f"Taken away there, of an earlier run: {', '.join(gone)}")
    for line in _of_the_sheet(case, wanted):
        print(line)
    return case.code


def _of_the_sheet(case: Case, wanted: SheetWanted) -> list[str]:
    """What keeps the handout back or wants a look before it is given out, a line each."""
    from evalassist.content import content_for
    from evalassist.documents import lacks, not_drawn, notice_problem
    from evalassist.sheet_checks import sheet_findings, why_refused

    if case.code == STOPPED:
        return []
    drawn = wanted.form != "why" and not why_refused(case.note, wanted.form)
    found = sheet_findings(
        case.note,
        content_for(case.evaluation),
        today=case.note.visit_date,
        lacks=lacks,
        language=wanted.language,
        form=wanted.form,
        name=wanted.name,
        not_drawn=not_drawn(case.note) if drawn else (),
        notice_problem=notice_problem(wanted.notice),
    )
    words = {"blocks": "No handout", "look": "Handout, look"}
    return [
        f"{words[one.severity]}: {one.says}. {one.detail}".replace("?.", "?")
        for one in found
        if one.severity != "fine"
    ]


def _handouts(options: argparse.Namespace) -> int:
    """What cannot be printed is told with its reason, and the others are printed all the same."""
    from evalassist.case_file import read_case
    from evalassist.content import load_content

    if not options.cases.is_dir():
        raise EvalAssistError(f"{options.cases} is not a folder. Give the folder that holds the case files.")
    files = sorted(options.cases.glob("*.toml"))
    if not files:
        raise EvalAssistError(f"There is no case file (*.toml) in {options.cases}.")
    content, clinic, wanted = load_content(), _clinic(), _sheet_wanted(options)
    left_out, told = [], []
    for number, file in enumerate(files, start=1):
        _progress(f"{number} of {len(files)}: {file.name}", last=number == len(files))
        try:
            case = evaluate_case(read_case(file, content), clinic)
            made = {f"{file.stem}.pdf": sheet_pdf(case, wanted)}
            told += [f"{file.name}: {line}" for line in _of_the_sheet(case, wanted)]
        except EvalAssistError as fault:
            made = {}
            left_out.append(str(fault) if file.name in str(fault) else f"{file.name}: {fault}")
        write_all(options.out, made, [f"{file.stem}.pdf"])
    print(f"{len(files) - len(left_out)} of {len(files)} handouts are in {options.out}.")
    for line in told:
        print(line)
    for why in left_out:
        print(why, file=sys.stderr)
    return BAD_INPUT if left_out else DONE


def _progress(words: str, *, last: bool) -> None:
    """One line that is written over, where somebody looks on."""
    if sys.stderr.isatty():
        room = shutil.get_terminal_size().columns - 1
        print(f"\r{words[:room]:<{room}}", end="\n" if last else "", file=sys.stderr, flush=True)


def _demo(options: argparse.Namespace) -> int:
    from evalassist import resources
    from evalassist.case_file import read_case
    from evalassist.content import load_content
    from evalassist.note import Clinic

    content = load_content()
    clinic = Clinic(name="Demonstration Clinic", therapist="Demo Therapist, PT")
    wanted = SheetWanted(options.language or "en", options.paper or "letter", options.form)
    for path in resources.worked_cases():
        evaluation = read_case(path, content)
        case = evaluate_case(evaluation, clinic)
        write_all(options.out / path.stem, case_files(case, wanted))
        print(f"{path.stem}: {case.summary}")
    print(f"The documents are in {options.out}.")
    return DONE


def _items(_options: argparse.Namespace) -> int:
    from evalassist.content import load_content

    for item_id, (item, _side) in load_content().asked.items():
        kind = f"{item.kind} in {'/'.join(item.all_units)}" if item.unit else item.kind
        words = [option.id for option in item.options] or (
            ["yes", "no", "not-assessed"]
            if item.kind == "yes-no"
            else ["0-10"]
            if item.kind == "scale"
            else []
        )
        allowed = f"{item.allowed.low:g} to {item.allowed.high:g}" if item.allowed else " | ".join(words)
        print(f"{item_id:28} {kind:24} {allowed:40} {item.label}".rstrip())
    return DONE


def _check_content(_options: argparse.Namespace) -> int:
    from evalassist.content import load_content

    content = load_content()
    print(
        f"Clinical content {content.release.version} is sound: {len(content.items)} items, {len(content.rules)} rules, "
        f"{len(content.exercises)} exercises, {len(content.references)} references."
    )
    return DONE


def _check_managed(options: argparse.Namespace) -> int:
    from evalassist.managed import DATABASE, managed_file, read_managed

    file = options.file or managed_file()
    found = read_managed(file)
    fixed = dict(found.fixed) | ({DATABASE: found.database} if found.database else {})
    if not file.exists():
        print(f"There is no file {file}: nothing is fixed.")
    elif not fixed:
        print(f"The file {file} fixes nothing.")
    else:
        print(f"The file {file} is sound. It fixes:")
        for key, value in fixed.items():
            print(f"    {key}: {value}")
    return DONE


def _postgres_setup(options: argparse.Namespace) -> int:
    from evalassist.records.postgres import set_up

    done = set_up(_server(options.url), options.user)
    print(
        "The database is ready." if done.before is None else "Tables, locks and rights are as they should be."
    )
    if done.others:
        print(f"May use the records, too, from an earlier setup: {', '.join(done.others)}.")
        print("Who shall not is dropped by the administrator of the server: DROP OWNED BY and DROP ROLE.")
    if done.password:
        print(f"Password of {options.user}, shown this once:\n    {done.password}")
        print("Each workstation is told it once and keeps it sealed.")
    print(
        "Its disk must be encrypted, and the server backed up: see “A clinic with several workstations” in README."
    )
    return DONE


def _move_to_postgres(options: argparse.Namespace) -> int:
    from evalassist.managed import managed
    from evalassist.records.entrance import Entrance, refuse_another
    from evalassist.records.server import server_of

    entrance = Entrance(options.folder.expanduser().absolute())
    if entrance.state() != "locked" or entrance.server_file.exists():
        raise EvalAssistError(f"No records lie in {options.folder}. Name the folder that holds them.")
    fixed = managed().database
    refuse_another(server_of(options.url), server_of(fixed) if fixed else None)
    server = _server(options.url)
    with entrance.sign_in(options.sign_in, _password(options.sign_in), _key_file(options)) as store:
        moved = entrance.use_server(store, server)
    for table, count in moved.items():
        print(f"{table:<16}{count:>9}")
    print(f"All rows arrived in {server} as they were. This workstation uses it from now on.")
    print(f"{entrance.records} is not opened any more; keep it until the server's first backup is done.")
    return DONE


def _connect_to_postgres(options: argparse.Namespace) -> int:
    from evalassist.managed import managed
    from evalassist.records.entrance import Entrance
    from evalassist.settings import data_dir

    folder = options.folder.expanduser().absolute() if options.folder else data_dir()
    entrance = Entrance(folder, database=managed().database)
    if not (options.url or managed().database):
        raise EvalAssistError("Say the address of the database: postgresql://user@host/database.")
    server = _server(options.url or managed().database)
    with entrance.join(server, options.sign_in, _password(options.sign_in), _key_file(options)) as store:
        lacks, not_compared, was_left = store.trail_was_cut, store.not_compared_with, store.was_left_before
    print(f"This workstation uses {server} from now on.")
    if lacks:
        print(
            "But it lacks what was kept in the database before, or what this workstation knows of its audit trail: it "
            "is an older copy, or was cut. Nobody should work in it before whoever looks after the server knows why."
        )
    if was_left:
        print(
            "But everybody had left it for another database, and it counts again from now on. Where that other one is "
            "in use, connect this workstation to that one, and let nobody work here before."
        )
    if not_compared:
        print(
            f"But {not_compared}, which it used before, could not be asked: whether more was kept there was not "
            "compared, and it does not say that it was left. Unless it is lost, nobody should work here before whoever "
            "looks after the server knows which one counts."
        )
    return DONE


def _server(url: str) -> Server:
    """The server of a URL; its password is asked for where it is not in `PGPASSWORD` and may be needed."""
    from evalassist.records.server import server_of

    server = server_of(url)
    known = server.password or os.environ.get("PGPASSWORD", "")
    if not known and not server.host.startswith("/"):
        known = getpass(f"Password of {server.user} in {server}: ")
    return replace(server, password=known)


def _password(sign_in: str) -> str:
    return getpass(f"Password of {sign_in} in EvalAssist: ")


def _key_file(options: argparse.Namespace) -> bytes | None:
    try:
        return options.key_file.read_bytes() if options.key_file else None
    except OSError as error:
        raise EvalAssistError(
            f"The key file {options.key_file} could not be read: {error.strerror}."
        ) from None


def _verify(options: argparse.Namespace) -> int:
    """Exit code 3: something is not what was kept; 4: not all could be looked at."""
    from getpass import getpass

    from evalassist.records.entrance import Entrance
    from evalassist.records.plain import short_code, typed_code

    code = typed_code(options.code) if options.code else ""
    entrance = Entrance(options.folder.expanduser().absolute())
    name = options.name or input("Name to sign in with: ")
    password = _first_line(options.password_file) if options.password_file else getpass("Password: ")
    key_file = _bytes_of(options.key_file) if options.key_file else None
    text = _settings().backup_folder
    chosen = Path(text) if text and not entrance.server_file.exists() else None
    heard = {} if entrance.server_file.exists() else _known_by_backups(entrance.records, chosen)
    known = {who: line for lines in heard.values() for who, line in lines.items()}
    known |= _known_line(options.line)
    found = entrance.verify(name, password, key_file, known)
    if chosen is not None and not chosen.is_dir():
        found.not_checked.append(f"what the backups in {chosen} know. That folder is not there now.")
    told = ", ".join(f"{count:,} {what}" for what, count in found.counts.items())
    print(f"Looked through: {told or 'nothing'}.")
    if heard:  # so that it is seen where one is missing, or a folder is not asked any more
        told = ", ".join(f"{len(lines)} in {folder}" for folder, lines in heard.items())
        print(_on_one_line(f"Backups heard: {told}."))
    for fault in found.faults:
        print(_on_one_line(f"FAULT: {fault}"))
    for why in found.not_checked:
        print(_on_one_line(f"Not checked: {why}"))
    if code:
        print(_on_one_line(_fitting_note(code, found.codes)))
    if found.head.number and not found.faults:
        print(
            f"The audit trail ends at line {found.head.number}, code {short_code(found.head.mac)}. "
            "Written down elsewhere, they tell later whether its end was cut off (--line)."
        )
    if found.faults:
        print(
            "The records are NOT what was kept. Do not rely on them; keep this file, and look at your backups."
        )
        return STOPPED
    print("All that was looked at is as it was kept.")
    return UNFINISHED if found.not_checked else DONE


def _on_one_line(words: str) -> str:
    """As the terminal may have it: a name that somebody gave a file or a person writes nothing over what was told."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words)


def _fitting_note(code: str, codes: Mapping[str, str]) -> str:
    return (
        f"The code {code} is that of {codes[code]}."
        if code in codes
        else f"No signed note of these records has the code {code}."
    )


def _known_line(line: Sequence[str] | None) -> dict[str, Anchor]:
    from evalassist.records.plain import typed_code
    from evalassist.records.vault import Anchor

    if line is None:
        return {}
    if not line[0].isdecimal():
        raise EvalAssistError("--line takes the number of a line of the audit trail and its code.")
    return {"your paper": Anchor(number=int(line[0]), mac=typed_code(line[1]))}


def _known_by_backups(records: Path, chosen: Path | None) -> dict[Path, dict[str, Anchor]]:
    """The last line of the audit trail as each backup knew it, by folder: beside the records, and the one chosen.

    Of records on a server there are none; those from before they were moved may know the file's own end.
    """
    from evalassist.records.backup import Backups
    from evalassist.records.vault import Anchor

    # by the file: another with the same number must hide none
    return {
        backups.folder: {
            f"backup {backup.manifest.number} ({backup.file})": Anchor(
                number=held.audit_number, mac=held.audit_mac
            )
            for backup in backups.all()
            if (held := backup.manifest.held).audit_number
        }
        for backups in (Backups(records), Backups(records, chosen))
    }


def _first_line(file: Path) -> str:
    return _bytes_of(file).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EvalAssistError(f"{file} could not be read: {error.strerror}.") from None


def _self_test(_options: argparse.Namespace) -> int:
    """One worked example from answers to the pages a patient takes home, with nothing written to disk."""
    from evalassist import resources
    from evalassist.case_file import read_case
    from evalassist.content import load_content

    content = load_content()
    evaluation = read_case(next(p for p in resources.worked_cases() if p.stem == "ex1"), content)
    case = evaluate_case(evaluation, _clinic())
    files = case_files(case, SheetWanted("en", "letter"))
    pages = [name for name, data in files.items() if data.startswith(b"%PDF")]
    if case.code != DONE or len(pages) != 3:
        print(f"Self-test failed: exit {case.code}, {', '.join(files)}", file=sys.stderr)
        return 1
    print(f"Self-test passed: {case.summary}")
    return DONE


# ---------------------------------------------------------------- one case


@dataclass(frozen=True)
class Case:
    """One evaluation with all that follows from it: the exit code, one line about it, and the note."""

    evaluation: Evaluation
    assessment: Assessment
    plan: PlanOfCare | NoPlan
    follow_up: FollowUp | None
    note: Note
    code: int
    summary: str


def evaluate_case(evaluation: Evaluation, clinic: Clinic, earlier: Sequence[Evaluation] = ()) -> Case:
    """Assessment, plan and note of one evaluation; `earlier` are the visits before it, the earliest first."""
    from evalassist.clinical.assessment import assess
    from evalassist.clinical.follow_up import episode_of, follow_up, visits_of
    from evalassist.clinical.plan import plan_of_care
    from evalassist.clinical.result import NoPlan
    from evalassist.content import content_for
    from evalassist.noting import note_of

    content = content_for(evaluation)
    assessment = assess(evaluation, content)
    visits = visits_of(earlier)
    found = follow_up(visits, evaluation, assessment, content)
    courses = found.exercises if found else ()
    plan = plan_of_care(evaluation, assessment, content, episode_of(visits), courses)
    note = note_of(evaluation, content, assessment, plan, clinic, found, visits)
    if assessment.stopped:
        flags = "; ".join(c.rule.title for c in assessment.red_flags)
        code, summary = STOPPED, f"{assessment.action}: {flags}."
    elif isinstance(plan, NoPlan):
        code, summary = UNFINISHED, f"No plan of care: {plan.why}"
    else:
        exercises = ", ".join(planned.exercise.id for planned in plan.exercises)
        codes = " ".join(assessment.subcategories) or "subcategories not decided"
        code = DONE
        summary = f"{codes}, irritability {assessment.irritability}, phase {plan.phase}: {exercises}."
    return Case(evaluation, assessment, plan, found, note, code, summary)


@dataclass(frozen=True)
class SheetWanted:
    """How the patients' sheets of a run are printed; their paper is that of the other documents too."""

    language: Language
    paper: PaperName
    form: SheetForm = "standard"
    name: NameOnSheet = "none"
    logo: bytes = b""
    notice: bytes = b""


def sheet_pdf(case: Case, wanted: SheetWanted) -> bytes:
    """The patient's sheet of a case; refused with the reason where there is none."""
    from evalassist.documents import handout_pdf

    return handout_pdf(
        case.note,
        wanted.language,
        wanted.paper,
        form=wanted.form,
        name=wanted.name,
        logo=wanted.logo,
        notice=wanted.notice,
    )


def case_files(case: Case, wanted: SheetWanted) -> dict[str, bytes]:
    """The files of a case by name. All of them exist before the first is written."""
    from evalassist.clinical.result import NoPlan
    from evalassist.content import content_for
    from evalassist.documents import (
        discharge_summary_pdf,
        evaluation_note_pdf,
        plan_of_care_pdf,
        referral_pdf,
    )
    from evalassist.results import assessment_json, change_json, plan_json, progression_json
    from evalassist.sheet_checks import why_refused

    concluded = assessment_json(case.evaluation, case.assessment, content_for(case.evaluation))
    if case.follow_up is not None:
        concluded |= {"change": change_json(case.follow_up), "progression": progression_json(case.follow_up)}
    files = {
        "assessment.json": _json(concluded),
        "evaluation.pdf": evaluation_note_pdf(case.note, paper=wanted.paper),
    }
    if case.note.discharge is not None:
        files["discharge-summary.pdf"] = discharge_summary_pdf(case.note, paper=wanted.paper)
    if case.code == STOPPED:
        files["referral.pdf"] = referral_pdf(case.note, paper=wanted.paper)
    elif not isinstance(case.plan, NoPlan):
        files["plan.json"] = _json(plan_json(case.plan))
        if case.note.discharge is None:  # care that ends plans nothing to be signed
            files["plan-of-care.pdf"] = plan_of_care_pdf(case.note, paper=wanted.paper)
        if not why_refused(case.note, wanted.form):
            files["handout.pdf"] = sheet_pdf(case, wanted)
    return files


def write_all(folder: Path, files: Mapping[str, bytes], outputs: Sequence[str] = OUTPUTS) -> list[str]:
    """Write every file or none. What an earlier run left under these names goes: a case that is stopped today must
    not keep yesterday's handout beside its referral letter. Returns the names that are gone."""
    if not str(folder).strip() or folder == Path():
        raise EvalAssistError("Say a folder for the documents with --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".evalassist-") as beside:
            fresh, former = Path(beside, "new"), Path(beside, "old")
            fresh.mkdir()
            former.mkdir()
            for name, data in files.items():
                with (fresh / name).open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            return [name for name in _exchange(folder, fresh, former, outputs) if name not in files]
    except OSError as error:
        raise EvalAssistError(
            f"The files could not be written to {folder}: {error.strerror}. What was there is as it was. "
            "Choose another folder with --out."
        ) from None


def _exchange(folder: Path, fresh: Path, former: Path, outputs: Sequence[str]) -> list[str]:
    """Put the new files in place of the old ones; when one cannot be put there, all old ones return."""
    moved: list[str] = []
    placed: list[str] = []
    try:
        for name in outputs:
            if (folder / name).is_dir():
                raise IsADirectoryError(21, f"{name} is a folder there")
            if (folder / name).exists():
                (folder / name).rename(former / name)
                moved.append(name)
        for path in fresh.iterdir():
            path.rename(folder / path.name)
            placed.append(path.name)
        return moved
    except OSError:
        for name in placed:
            (folder / name).unlink()
        for name in moved:
            (former / name).replace(folder / name)
        raise


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _settings() -> Settings:
    from evalassist.managed import settings_in_force

    return settings_in_force()


def _sheet_wanted(options: argparse.Namespace) -> SheetWanted:
    """As the command line says, and where it does not, as the settings do."""
    from evalassist.settings import clinic_logo, clinic_notice

    settings = _settings()
    return SheetWanted(
        options.language or settings.handout_language,
        options.paper or settings.paper,
        options.form,
        settings.name_on_sheet,
        clinic_logo(),
        clinic_notice(),
    )


def _clinic() -> Clinic:
    from evalassist.noting import clinic_of

    return clinic_of(_settings())
