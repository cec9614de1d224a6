"""The practice patient: somebody to learn with who does not exist, in a file apart from the records.

The file lies in a folder of its own beside the records, is encrypted with a key made of theirs, and is counted,
exported and backed up by nobody. To remove it is to delete that folder.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from evalassist.case_file import read_case
from evalassist.content.loader import Content
from evalassist.evaluation import PRACTICE, Evaluation, Patient
from evalassist.records.accounts import NOBODY, Account
from evalassist.records.doorstep import practice_file
from evalassist.records.store import Store
from evalassist.records.vault import Keys, practice_keys
from evalassist.resources import worked_cases
from evalassist.settings import make_private_folder

NAME = "Practice, Patient"
EXAMPLE = "ex1"
WAIT_S = 0.3


def practice_evaluation(content: Content, *, filled: bool, today: date | None = None) -> Evaluation:
    """A first visit to learn with: a worked example to look at and change, or the same patient with nothing asked."""
    example = next(path for path in worked_cases() if path.stem == EXAMPLE)
    case = read_case(example, content)
    patient = Patient(NAME, case.patient.birth_date, case.patient.sex, id=PRACTICE)
    day = case.visit_date if filled else today or date.today()
    made = replace(case, id=PRACTICE, episode_id=PRACTICE, patient=patient, visit_date=day)
    made = replace(made, content_release=content.release.version)
    return made if filled else made.without_answer(*made.answers)


def open_practice(folder: Path, keys: Keys, account: Account) -> Store:
    """The file to practice in, as it was left. `folder`: of the records, on this computer."""
    store = Store(practice_file(folder), practice_keys(keys), NOBODY, wait_s=WAIT_S)
    if account.id:
        if account not in store.accounts():  # what it was when the practice was begun does not count
            store.keep_account(account)
        store.account = account
    return store


def begin_practice(folder: Path, keys: Keys, account: Account, evaluation: Evaluation) -> None:
    """Begin anew, whatever was there."""
    remove_practice(folder)
    make_private_folder(practice_file(folder).parent)
    with open_practice(folder, keys, account) as store:  # nobody needs a right to practice
        store.save(evaluation)


def remove_practice(folder: Path) -> None:
    """Take it away with all that was done in it."""
    shutil.rmtree(practice_file(folder).parent, ignore_errors=True)
