"""Commands for the records: a backup restored, damaged records salvaged, one patient carried elsewhere.

A password or the paper key is asked on the terminal, or read from the first line of a file; never from the
command line, where every program of this computer could read it.
"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from evalassist.errors import EvalAssistError
from evalassist.translate import tr

if TYPE_CHECKING:
    from evalassist.records.store import Store
    from evalassist.records.vault import Keys, Vault

DONE, UNFINISHED = 0, 4
"""As in `cli`; salvaged records that lack something are unfinished."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the records to the command line."""
    restore = commands.add_parser("restore", help="bring the records back from a backup, with the paper key")
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="a file of the backup, or its folder")
    restore.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the records belong")
    restore.set_defaults(run=_restore)
    salvage = commands.add_parser("salvage", help="bring what can be read of damaged records into new ones")
    salvage.add_argument("damaged", type=Path, metavar="FOLDER", help="folder of the damaged records")
    salvage.add_argument("--to", type=Path, required=True, metavar="NEW", help="a new folder")
    salvage.set_defaults(run=_salvage)
    export = commands.add_parser("export-patient", help="write one patient into an encrypted file")
    export.add_argument("patient", metavar="WORDS", help="the name, record number or birth date")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.set_defaults(run=_export)
    take_in = commands.add_parser("import-patient", help="take one patient in from such a file")
    take_in.add_argument("file", type=Path, metavar="FILE")
    take_in.set_defaults(run=_import)
    for command in (export, take_in):
        command.add_argument(
            "--file-password", type=Path, metavar="FILE", help="file with the password of the patient's file"
        )
        command.add_argument("--records", type=Path, metavar="FOLDER", help="your own, when not said")
    for command in (restore, salvage, export, take_in):
        command.add_argument(
            "--account", metavar="NAME", help="sign in with this account; without it the paper key is asked"
        )
        command.add_argument(
            "--password-file", type=Path, metavar="FILE", help="file with the password or the paper key"
        )
        command.add_argument(
            "--key-file", type=Path, metavar="FILE", help="the account's key file, if it has one"
        )


def _restore(options: argparse.Namespace) -> int:
    from evalassist.records.integrity import counted
    from evalassist.records.restore import chosen_backup, restore
    from evalassist.records.vault import PAPER

    backup = chosen_backup(options.backup)
    by = backup.account_id(options.account) if options.account else PAPER
    back = restore(backup, _keys(options, backup.vault), options.to, by)
    print(f"Restored from {backup.file.name}: {counted(back.counts)}. The records are in {options.to}.")
    if back.aside is not None:
        print(f"What was there before lies in {back.aside}.")
    print("The accounts, passwords and paper key are those of the backup.")
    return DONE


def _salvage(options: argparse.Namespace) -> int:
    from evalassist.records.salvage import salvage, vault_for

    made = salvage(options.damaged, options.to, _keys(options, vault_for(options.damaged)))
    print(f"{made.share:.2%} of the rows are in {options.to}. The damaged records were not touched.")
    for line in made.lines():
        print(line)
    return DONE if made.complete else UNFINISHED


def _export(options: argparse.Namespace) -> int:
    from evalassist.records.patient_file import export_patient

    with _signed_in(options) as store:
        found = store.search_patients(options.patient, 2)
        if len(found) != 1:
            raise EvalAssistError(
                tr("{what} these words. Say the record number.").format(
                    what=tr("Several patients fit") if found else tr("No patient fits")
                )
            )
        password = _secret(
            "Password for the file: ", options.file_password, option="--file-password", twice=True
        )
        export_patient(store, found[0].patient.id, options.out, password)
    print(f"Written to {options.out}. Tell its password another way than you send the file.")
    return DONE


def _import(options: argparse.Namespace) -> int:
    from evalassist.records.accounts import NOBODY
    from evalassist.records.patient_file import import_patient
    from evalassist.records.vault import WrongPasswordError

    with _signed_in(options) as store:
        if not (store.account.administers or store.account == NOBODY):
            raise EvalAssistError(  # before the password of the file is asked for nothing
                tr(
                    "Only an administrator takes a patient in. Write an administrator's name after --account, or "
                    "leave --account out and give the paper key. Nothing was changed."
                )
            )
        password = _secret("Password of the file: ", options.file_password, option="--file-password")
        try:
            patient_id = import_patient(store, options.file, password)
        except WrongPasswordError:
            raise EvalAssistError(
                tr(
                    "This is not the password of the patient's file. Who wrote the file chose it there; ask them. "
                    "Nothing was changed."
                )
            ) from None
        visits = len(store.patient_evaluations(patient_id))
    print(f"The patient is in the records, with {visits} {'visit' if visits == 1 else 'visits'}.")
    return DONE


# ------------------------------------------------------------ who is there


def _signed_in(options: argparse.Namespace) -> Store:
    from evalassist.managed import managed
    from evalassist.records.entrance import Entrance
    from evalassist.settings import data_dir

    entrance = Entrance(options.records or data_dir(), database=managed().database)
    if entrance.state() != "locked":
        raise EvalAssistError(
            tr("There are no records to sign in to in {parent}.").format(parent=entrance.records.parent)
        )
    secret = _asked(options)
    if options.account:
        return entrance.sign_in(options.account, secret, _key_file(options))
    return entrance.sign_in_with_paper(secret)


def _keys(options: argparse.Namespace, vault: Vault) -> list[Keys]:
    from evalassist.records import vault as vaults

    secret = _asked(options)
    if options.account:
        return vaults.unlock(vault, options.account, secret, _key_file(options))[1]
    return vaults.unlock_with_paper(vault, secret)


def _asked(options: argparse.Namespace) -> str:
    return _secret(
        f"Password of {options.account}: " if options.account else "Paper key: ", options.password_file
    )


def _key_file(options: argparse.Namespace) -> bytes | None:
    return _read(options.key_file) if options.key_file else None


def _secret(prompt: str, file: Path | None, *, option: str = "--password-file", twice: bool = False) -> str:
    if file is not None:
        return _read(file).decode(errors="replace").partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise EvalAssistError(
            tr("Nobody can be asked here ({rstrip}). Give it in a file: {option} FILE.").format(
                rstrip=prompt.rstrip(": "), option=option
            )
        )
    secret = getpass(prompt)
    if twice and getpass("Once more: ") != secret:
        raise EvalAssistError(tr("The two passwords differ. Nothing was written."))
    return secret


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EvalAssistError(
            tr("{file} could not be read: {strerror}.").format(file=file, strerror=error.strerror)
        ) from error
