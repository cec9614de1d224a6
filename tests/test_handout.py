"""The patient's sheet, read back from the PDF as a patient reads it from paper."""

import tomllib
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2
import pytest

from evalassist import resources
from evalassist.content.patient_texts import load_patient_texts
from evalassist.documents import blocks, flow, handout_cards, handout_pdf, look
from evalassist.documents.handout_cards import Card, draw_poses
from evalassist.documents.handout_texts import Case, Texts
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError
from evalassist.note import Clinic, Language, Note, NoteExercise, NotePlan, Sheet, SheetForm

EX1 = ("HA01", "QC01", "HE01", "HX01")
EX2 = ("HA02", "HX02", "MC01", "QC02", "FL03")
EX3 = ("HA01", "HX01", "QO01")
SIX = ("HA01", "QC01", "HE01", "QO02", "HX01", "QC02")
LYING = {"side-lying", "supine", "prone"}


@cache
def library() -> dict[str, dict[str, Any]]:
    """The exercises of the content, by id."""
    exercises: dict[str, dict[str, Any]] = {}
    for file in sorted(resources.path("content/exercises").glob("*.toml")):
        exercises |= {
            each["id"]: each for each in tomllib.loads(file.read_text("utf-8")).get("exercises", ())
        }
    return exercises


def exercise(id: str, sore: str = "right", **changes: Any) -> NoteExercise:
    it = library()[id]
    dose = it["dose"]
    both = sore == "both" or it["sides"] == "both"
    steps = it["steps_both"] if sore == "both" and "steps_both" in it else it["steps"]
    way = {key: library()[it[key]]["patient_name"] if key in it else {} for key in ("easier", "harder")}
    values: dict[str, Any] = {
        "id": id,
        "name": it["name"],
        "patient_name": {"en": it["patient_name"]["en"]},
        "chip": it["chip"],
        "side": "both" if both else sore,
        **{key: dose[key] for key in ("sets", "reps", "hold_s", "rest_s", "days_per_week", "load", "arc")},
        "reps_text": dose.get("reps_text", ""),
        "load_text": "",
        "progress_text": "",
        "because": (),
        "steps": {"en": tuple(steps["en"])},
        "feel": {"en": it["feel"]["en"]},
        **{key: {"en": name["en"]} if name else {} for key, name in way.items()},
        "lying": it["body_position"] in LYING,
    }
    return NoteExercise(**(values | changes))


def fields(**values: Any) -> dict[str, Any]:
    return values


def nothing(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, ())


CLINIC = fields(
    name="Harbor Physical Therapy",
    phone="555-0100",
    address="12 Main Street, Springfield. Open Monday to Friday, 8 to 6.",
    therapist="A. Chen",
    licence="PT",
)
SHEET = fields(
    found=fields(variant="V1", weaker="right", deficit_percent=18),
    go_to=3,
    days_per_week=3,
    minutes=25,
    weeks=6,
    goal="Climb the stairs with less pain",
    goal_date=date(2026, 4, 27),
    retest_date=date(2026, 3, 30),
    start_date=None,
    age=24,
)
PLAN = fields(
    phase=1,
    pain_cap=3,
    effort="",
    irritability="MODERATE",
    schedule_text="",
    visits=12,
    weeks=8,
    starts=date(2026, 3, 2),
    ends=date(2026, 4, 27),
    progress_report="",
    certification="",
    certification_due=None,
    minutes=25,
    **nothing("next_phase", "education", "running", "load_advice", "adjuncts", "not_advised", "goals"),
    **nothing("codes", "warnings"),
)
VISIT = fields(
    release="1.0",
    evidence_checked="2026-02-01",
    evaluation_id="e-1",
    patient_name="Example One",
    birth_date=date(2002, 1, 15),
    sex="F",
    age=24,
    record_number="R-778",
    kind="initial",
    visit_date=date(2026, 3, 2),
    action="NONE",
    action_text="",
    pfp="met",
    irritability="",
    primary="",
    **nothing("red_flags", "sections", "not_tested", "conclusions", "subcategories", "modifiers"),
    **nothing("not_decided", "references"),
)


def note(
    ids: tuple[str, ...] = EX1,
    sore: str = "right",
    clinic: dict[str, Any] | None = None,
    exercises: tuple[NoteExercise, ...] = (),
    **changes: Any,
) -> Note:
    """A visit of EX1's patient unless the changes say otherwise."""
    sheet = SHEET | {key: changes.pop(key) for key in list(changes) if key in Sheet.model_fields}
    plan = PLAN | fields(exercises=exercises or tuple(exercise(each, sore) for each in ids))
    visit = VISIT | fields(sore_knee=sore, plan=NotePlan(**plan), sheet=Sheet(**sheet))
    return Note(**(visit | fields(clinic=Clinic(**(CLINIC | (clinic or {})))) | changes))


def runner_note(**changes: Any) -> Note:
    """EX2: five moves, left knee, hips normal, runs, cap 5."""
    runs = fields(found=fields(variant="V4"), go_to=2, running="keeps", age=31, minutes=35)
    return note(EX2, "left", **(runs | fields(weeks=8, goal="Run 10 km with a pain of 2 or less") | changes))


def teen_note(**changes: Any) -> Note:
    """EX3: thirteen years, both knees, activity ladder first."""
    young = fields(
        found=fields(variant="V3", alike=True, step_down="both"), go_to=4, age=13, minutes=20, weeks=12
    )
    return note(EX3, "both", **(young | fields(start_date=date(2026, 3, 30), activity_ladder=True) | changes))


@cache
def printed(name: str) -> bytes:
    """The sheets that most tests read, each made once."""
    return handout_pdf({"EX1": note, "EX2": runner_note, "EX3": teen_note}[name]())


def sides(pdf: bytes) -> list[str]:
    """The words of each side."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def inked(page: Any) -> tuple[int, int, int, int]:
    """The edges of what is printed on a page, in points from its upper left corner."""
    picture = page.render(scale=1, grayscale=True).to_pil()
    box: tuple[int, int, int, int] = picture.point(lambda grey: 255 if grey < 250 else 0).getbbox()
    return box


def words_in(pdf: bytes) -> str:
    return " ".join(sides(pdf))


def test_the_worked_example_fills_four_sides_with_what_the_patient_needs() -> None:
    why, moves, log, safety = sides(printed("EX1"))
    assert "Why work on your hip?" in why
    assert "Training your hip and your knee together can ease your pain." in why
    assert "If your left hip is 100, your right hip is 82. That is 18% less." in why
    assert "We will test you again on March 30." in why
    assert "Do your 4 moves 3 days a week. It takes about 25 minutes. Give it at least 6 weeks." in moves
    assert "Climb the stairs with less pain. This plan ends on April 27." in moves
    assert "Bridge" in log
    assert "Week 6" in log
    for words in ("Pain 0 to 3", "Pain 4 to 5", "Pain over 5", "Call us at 555-0100 if:", "Call 911"):
        assert words in safety
    assert "have a numb groin, or new bladder or bowel trouble" in safety
    assert "Page 4 of 4" in safety


def test_the_cards_stand_in_the_order_of_the_note() -> None:
    _, moves, log, _ = sides(printed("EX1"))
    places = [moves.index(name) for name in ("Side leg lift", "Mini squat", "Clamshell")]
    assert places == sorted(places)
    assert log.index("Bridge") < log.index("My log")


def test_the_dose_fills_the_steps() -> None:
    moves = sides(handout_pdf(note(exercises=(exercise("HA01", hold_s=7), exercise("QC01")))))[1]
    assert "hold 7 seconds" in moves
    assert "Hold for 7 seconds. Lower it slowly." in moves


def test_a_hold_reads_well_whatever_its_length() -> None:
    one, none = exercise("HA01", hold_s=1), exercise("HX01", hold_s=0)
    moves = sides(handout_pdf(note(exercises=(one, none, exercise("QC01")))))[1]
    assert "Hold for 1 second. Lower it slowly." in moves
    assert "4 Lower slowly." in moves
    assert "0 seconds" not in moves


def test_steps_are_counted_in_steps() -> None:
    moves = sides(handout_pdf(note(("HA05", "QC01"))))[1]
    assert "10 steps each way" in moves
    assert "10 times" in moves  # the mini squat's
    assert moves.count("10 times") == 1


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_a_sheet_that_replaces_another_says_so_at_the_foot_of_every_side(paper: PaperName) -> None:
    made = note(clinic=fields(therapist="Alexandra Chen-Fitzgerald"))
    every_side = sides(handout_pdf(made, paper=paper, replaces=date(2026, 9, 28)))
    said = "Replaces the sheet of September 28, 2026 · Alexandra Chen-Fitzgerald, PT"
    assert [said in side for side in every_side] == [True] * 4
    assert "Replaces" not in words_in(handout_pdf(made, paper=paper))


def test_sheets_are_of_one_content_as_long_as_the_patient_is_told_the_same() -> None:
    content = note().sheet_content_sha256()
    first, *others = (exercise(each) for each in EX1)

    def of(changed: NoteExercise) -> str:
        return note(exercises=(changed, *others)).sheet_content_sha256()

    assert of(first.model_copy(update={"edited": True})) == content
    assert of(first.model_copy(update={"reps": first.reps + 2})) != content
    assert note(goal="Run again").sheet_content_sha256() != content


def test_the_same_note_gives_the_same_bytes() -> None:
    assert handout_pdf(runner_note()) == handout_pdf(runner_note())


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_sheet_is_laid_out_for_the_paper_and_keeps_clear_of_its_edges(paper: PaperName) -> None:
    width, height = {"letter": (612, 792), "a4": (595, 842)}[paper]
    for number, page in enumerate(pypdfium2.PdfDocument(handout_pdf(teen_note(), paper=paper)), start=1):
        assert page.get_size() == (width, height)
        left, top, right, bottom = inked(page)
        inner, outer = (left, width - right) if number % 2 else (width - right, left)
        assert inner >= 50  # the holes of a binder
        assert outer >= 40
        assert min(top, height - bottom) >= 20


@pytest.mark.parametrize("made", [note(), runner_note(), teen_note(), note(SIX)], ids=["4", "5", "3", "6"])
def test_fonts_are_embedded_bold_is_among_them_and_files_stay_small(made: Note) -> None:
    pdf = handout_pdf(made)
    assert b"Helvetica" not in pdf
    assert b"SourceSansPro-Bold" in pdf
    assert pdf.count(b"/FontFile2") == 3
    assert len(pdf) <= 250_000


def test_the_file_says_what_it_is_and_not_whose() -> None:
    pdf = handout_pdf(note(), name="first")
    told = pypdfium2.PdfDocument(pdf).get_metadata_dict()
    assert told["Title"] == "Your knee and your hip"
    assert told["Subject"] == "Home exercise sheet"
    assert not any("Example" in value for value in told.values())
    assert b"en-US" in pdf
    assert b"R-778" not in pdf


def test_no_name_stands_on_the_sheet_unless_it_is_asked_for() -> None:
    lukasz = note(patient_name="Łukasz Żółć")
    assert "Łukasz" not in words_in(handout_pdf(lukasz))
    asked = words_in(handout_pdf(lukasz, name="first"))
    assert "Łukasz" in asked
    assert "Żółć" not in asked


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Rivera, Ana María", "Ana R."),
        ("Ana Rivera", "Ana R."),
        ("Ana", "Ana"),
        ("Rivera,", ""),
        ("Ann B. Smith", "Ann S."),
        ("Maria de la Cruz", "Maria C."),
        ("de la Cruz, Maria", "Maria D."),
    ],
)
def test_first_name_and_initial_are_printed_however_the_name_is_written(written: str, printed: str) -> None:
    found = words_in(handout_pdf(note(patient_name=written), name="first-initial"))
    assert (f"Name (optional) {printed}" in found) if printed else ("Rivera" not in found)


def test_a_name_the_font_lacks_becomes_a_line_to_write_on() -> None:
    chinese = note(patient_name="王小明", clinic={"name": "康复中心", "therapist": "陈医生"})
    first = sides(handout_pdf(chinese, name="first"))[0]
    assert "Clinic:" in first
    assert "Your physical therapist" in first
    assert "Harbor" not in first


@pytest.mark.parametrize("blank", ["\u200b\u200d", "\u00a0 \u3000", "\u3164\u2800", ""])
def test_a_name_of_blanks_is_a_missing_name(blank: str) -> None:
    missing = sides(handout_pdf(note(patient_name=blank, clinic={"name": blank}), name="first"))[0]
    assert missing == sides(handout_pdf(note(clinic={"name": ""})))[0]


def test_names_without_end_are_cut() -> None:
    endless = note(
        patient_name="Wilhelmina" * 1000, clinic={"name": "Harbor " * 1500, "therapist": "A" * 9000}
    )
    first = sides(handout_pdf(endless, name="first"))[0]
    assert "Wilhelmina" in first
    assert "…" in first


def test_the_font_has_every_sign_of_the_patient_texts() -> None:
    texts = [text.en + (text.es or "") for text in load_patient_texts().texts.values()]
    for id in library():
        made = exercise(id)
        texts += [*made.patient_name.values(), *made.feel.values(), *made.steps["en"]]
    assert look.lacks("".join(texts).replace("\n", "")) == ""


def test_what_people_type_is_never_markup_and_never_hides() -> None:
    pdf = handout_pdf(
        note(goal="Walk <b>1 mile</b> & sit\u202e \x07well", clinic={"name": "A & B <i>Clinic</i>"})
    )
    why, moves, *_ = sides(pdf)
    assert "Walk <b>1 mile</b> & sit well. This plan ends on April 27." in moves
    assert "A & B <i>Clinic</i>" in why


def test_a_goal_the_font_cannot_show_becomes_a_line_to_write_on() -> None:
    assert "My goal: My time:" in sides(handout_pdf(note(goal="跑步")))[1]


def test_without_a_phone_there_is_a_line_for_it() -> None:
    why, *_, safety = sides(handout_pdf(note(clinic={"phone": ""})))
    assert "Call your clinic:" in why
    assert "Call us if:" in safety
    assert "None" not in why + safety


def test_a_huge_clinic_name_stays_inside_the_sheet() -> None:
    pdf = handout_pdf(
        note(clinic={"name": "Harbor Physical Therapy and Sports Medicine " * 6, "phone": "5" * 40})
    )
    assert "Harbor Physical Therapy and Sports" in sides(pdf)[0]
    for page in pypdfium2.PdfDocument(pdf):
        left, _, right, _ = inked(page)
        assert left >= 40
        assert right <= 612 - 40


LONG_PHONE = "(555) 010-2000 ext. 1234"


def test_a_long_phone_stays_whole_in_its_column() -> None:
    *_, last = pypdfium2.PdfDocument(handout_pdf(note(clinic={"phone": LONG_PHONE})))
    read = last.get_textpage()

    def edges(words: str) -> tuple[float, float]:
        first, count = read.search(words).get_next()
        return read.get_charbox(first)[0], read.get_charbox(first + count - 1)[2]

    assert " ".join(f"Call us at {LONG_PHONE} if:".split()) in " ".join(read.get_text_range().split())
    assert max(edges("Call us at")[1], edges("1234 if:")[1]) < edges("Get care today if:")[0] - 20


@pytest.mark.parametrize(
    "clinic", ["Harbor Physical Therapy and Sports Medicine of the East Bay", "Harbor", ""]
)
def test_the_foot_of_no_side_cuts_the_phone(clinic: str) -> None:
    made = note(clinic=fields(name=clinic, therapist="Alexandra Chen-Fitzgerald", phone=LONG_PHONE))
    every_side = sides(handout_pdf(made))
    assert [
        f"{LONG_PHONE} Page {number} of 4" in side for number, side in enumerate(every_side, start=1)
    ] == [True] * 4


@pytest.mark.parametrize(
    ("made", "pages"),
    [
        (note(("HA01",)), 4),
        (note(("HA01", "QC01", "HX01")), 4),
        (note(), 4),
        (note(EX2, "left", found={"variant": "V4"}), 4),
        (runner_note(), 6),
        (note(SIX), 6),
        (note((*SIX, "QO01", "FL03")), 6),
        (note(age=67), 4),
        (teen_note(), 4),
    ],
    ids=["one", "three", "four", "five", "five and running", "six", "eight", "older", "teen"],
)
def test_five_moves_fit_on_four_sides_and_more_take_a_leaf(made: Note, pages: int) -> None:
    read = sides(handout_pdf(made))
    assert len(read) == pages
    assert "Call 911" in read[-1]
    assert f"Sharp pain? Stop. See page {pages}." in read[1]
    assert made.plan is not None
    for each in made.plan.exercises:
        assert " ".join(read).count(each.patient_name["en"]) >= 2  # on its card and in the log


def test_one_move_is_one_move() -> None:
    once = exercise("HA01", days_per_week=1)
    why, moves, *_ = sides(handout_pdf(note(exercises=(once,))))
    assert "1 move" in why
    assert "Do your move 1 day a week." in moves
    assert "I will do it the next day." in moves


def test_where_days_differ_the_sheet_says_from_which_to_which_and_each_card_its_own() -> None:
    """Three days above six on a card would leave the patient to choose."""
    moves = (exercise("HA01"), exercise("HA02", days_per_week=6))
    why, plan, *_ = sides(handout_pdf(note(exercises=moves)))
    assert "3–6 days a week" in why
    assert "Do your 2 moves 3–6 days a week." in plan
    assert "3 days a week" in plan.replace("3–6 days a week", "")
    assert "6 days a week" in plan.replace("3–6 days a week", "")


def test_one_move_is_spoken_of_as_one_on_every_side() -> None:
    starts = date(2026, 3, 30)
    read = words_in(handout_pdf(note(("HA01",), found={"variant": "V6"}, start_date=None)))
    later = words_in(handout_pdf(note(("HA01",), found={"variant": "V4"}, start_date=starts)))
    for words in (
        "This move can ease pain around the kneecap.",
        "You can start the hip move on page 2 now.",
        "Why do we do this move?",
        "When will you do your move?",
    ):
        assert words in read
    assert "We still add a hip move." in later
    assert "Start your move on March 30." in later
    for plural in ("These moves", "your moves", "hip moves on", "do them"):
        assert plural not in read + later


def test_a_plan_without_hip_moves_does_not_promise_what_hip_training_does() -> None:
    read = sides(handout_pdf(note(("QC01", "QO01"), running="keeps")))
    assert "How your hip and knee work together" in read[0]
    for words in ("How your hip helps", "Hip training", "Hip work", "Why work on your hip"):
        assert words not in " ".join(read)
    both = sides(handout_pdf(note(("QC01", "QO01"), "both", found={"variant": "V4"})))[0]
    assert "How your hips and knees work together" in both
    assert "How your hip helps your knee" in sides(handout_pdf(note(("HA01", "HX01"))))[0]


def test_a_plan_without_knee_moves_does_not_promise_hip_and_knee() -> None:
    why = sides(handout_pdf(note(("HA01", "HX01"))))[0]
    assert "What can you do?" in why
    assert "together" not in why


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"variant": "V1", "weaker": "right", "deficit_percent": 12}, "with a little less force than"),
        ({"variant": "V2", "weaker": "right"}, "Your right hip felt less strong than your left hip."),
        ({"variant": "V3"}, "for the things you like to do. This is common."),
        ({"variant": "V3", "alike": True}, "to do. The two sides were about the same. This is common."),
        ({"variant": "V4"}, "Your hips tested about the same on both sides. We still add"),
        ({"variant": "V4", "strong": True}, "Your hips tested strong on both sides. That is good news."),
        ({"variant": "V5", "weaker": "left"}, "Your sore knee is on the right."),
        ({"variant": "V6"}, "We did not test your hip strength today."),
        ({"variant": "V6", "hurt": True}, "It hurt too much to test your hip strength today."),
        (
            {"variant": "one-side"},
            "We tested one hip today. We will test the other one at your next visit. "
            "You can start the hip moves on page 2 now.",
        ),
        ({"variant": "part"}, "We tested part of your hip strength today."),
        ({"variant": "mixed"}, "I tested your hips with my hands. We will test you again on"),
    ],
    ids=["V1", "V2", "V3", "V3 alike", "V4", "V4 strong", "V5", "V6", "V6 hurt", "one side", "part", "mixed"],
)
def test_the_sheet_says_what_was_found(found: dict[str, Any], says: str) -> None:
    assert says in sides(handout_pdf(note(found=found)))[0]


def hips(*trained: str) -> tuple[NoteExercise, ...]:
    """A hip move for each side that is named, and a squat."""
    moves = zip(("HA01", "HE01", "HX01"), trained, strict=False)
    return (*(exercise(id, side=side) for id, side in moves), exercise("QC01"))


V5 = fields(variant="V5", weaker="left")
V2 = fields(variant="V2", weaker="right")


@pytest.mark.parametrize(
    ("found", "sore", "cards", "says", "never"),
    [
        (V5, "right", ("both", "both"), "We will train both sides.", "Your hip moves train"),
        (V5, "right", ("right", "left"), "We will train both sides.", "Your hip moves train"),
        (V5, "right", ("right", "both"), "Some of your hip moves train both sides.", "We will train both"),
        (V5, "right", ("right", "right"), "Your hip moves train your right side.", "train both"),
        (V5, "right", ("left",), "Your hip move trains your left side.", "train both"),
        (V5, "right", (), "That can happen. We will test you again", "train"),
        (fields(variant="V3"), "right", ("both",), "We will train both. This is common.", "Your hip move"),
        (
            fields(variant="V3"),
            "right",
            ("right", "right"),
            "practice. Your hip moves train your right side.",
            "train both",
        ),
        (V2, "both", ("both",), "sore, so we train both sides. This is common.", "Your hip move"),
        (
            V2,
            "both",
            ("right", "right"),
            "sore. This is common. It can change with practice. Your hip moves train your right side.",
            "train both",
        ),
    ],
)
def test_the_sheet_promises_to_train_only_the_sides_on_its_cards(
    found: dict[str, Any], sore: str, cards: tuple[str, ...], says: str, never: str
) -> None:
    why = sides(handout_pdf(note(sore=sore, found=found, exercises=hips(*cards))))[0]
    finding = why[why.index("What we found") : why.index("How your hip")]
    assert says in finding
    assert never not in finding


@pytest.mark.parametrize("variant", ["V2", "V3", "V4", "V5", "V6", "one-side", "part"])
def test_only_a_measured_difference_becomes_a_number(variant: str) -> None:
    why = sides(handout_pdf(note(found={"variant": variant, "weaker": "left", "deficit_percent": 20})))[0]
    assert "%" not in why
    assert "How hard each hip pushed" not in why


def test_a_test_that_hurt_gives_no_percentage() -> None:
    why = sides(
        handout_pdf(note(found={"variant": "V1", "weaker": "right", "deficit_percent": 30, "hurt": True}))
    )[0]
    assert "It hurt to push, so this is not your full strength." in why
    assert "%" not in why


def test_the_knee_that_moves_in_is_told_with_its_side() -> None:
    found = {"variant": "V2", "weaker": "left", "step_down": "left"}
    why = sides(handout_pdf(note(EX1, "left", found=found)))[0]
    assert "your left knee moved in toward your right knee. Training may help with that." in why


def test_the_fullest_first_side_keeps_its_findings() -> None:
    found = fields(variant="V1", weaker="right", deficit_percent=18, step_down="right")
    papers: tuple[PaperName, ...] = ("letter", "a4")
    for paper in papers:
        why = sides(handout_pdf(note(found=found), paper=paper))[0]
        assert "That is 18% less." in why
        assert "your right knee moved in toward your left knee" in why
        assert "Studies have not shown that a weak hip comes first." in why


def test_two_sore_knees_have_their_own_words() -> None:
    read = sides(printed("EX3"))
    assert "Your knees hurt." in read[0]
    assert "When you stepped down, your knees moved in toward each other." in read[0]
    assert "Do both sides." in read[1]
    assert "good side" not in " ".join(read)


def test_a_teen_on_the_ladder_starts_the_moves_later() -> None:
    why, plan, log, safety = sides(printed("EX3"))
    assert "Start on March 30" in why
    assert "Start your moves on March 30." in plan
    assert "My activity ladder until March 30" in plan
    assert "Start on March 30" in log
    assert "in weeks 9 to 12 from March 2." in plan
    assert "Get care today if you limp, or if your hip, groin, or thigh hurts." in safety
    assert "In teens we are less sure." in safety
    assert "Rathleff 2019" in safety


def test_a_runner_who_stopped_is_not_told_to_keep_running() -> None:
    plan = sides(handout_pdf(runner_note(running="stopped")))[1]
    assert "You can most likely keep running" not in plan
    assert "Running comes back later." in plan
    assert "you can walk, bike, or swim" in plan
    assert "Keep knee pain at 2 or less when you run again." in plan
    assert "Hip work is one part of your plan." in plan


@pytest.mark.parametrize(("language", "miles"), [("en", "mile"), ("es", "milla")])
def test_a_runner_reads_of_distance_and_not_of_miles(language: Language, miles: str) -> None:
    for key in ("runner", "runner_stopped"):
        assert miles not in Texts(language)(key)


def test_a_runner_who_was_not_asked_is_told_nothing_about_running() -> None:
    assert "You and your running" not in sides(handout_pdf(runner_note(running="")))[1]


def test_runners_and_older_people_get_their_words_and_others_do_not() -> None:
    assert "Keep knee pain at 2 or less while you run." in sides(printed("EX2"))[1]
    assert "Call us if you feel dizzy." in sides(handout_pdf(note(age=67)))[1]
    plain = words_in(printed("EX1"))
    for words in ("while you run", "dizzy", "you limp", "Rathleff", "activity ladder"):
        assert words not in plain


@pytest.mark.parametrize(
    ("go_to", "spans"),
    [
        (2, ("Pain 0 to 2", "Pain 3 to 5")),
        (4, ("Pain 0 to 4", "Pain 5")),
        (5, ("Pain 0 to 5", "Pain over 5")),
        (7, ("Pain 0 to 5", "Pain over 5")),
    ],
)
def test_there_is_one_pain_rule(go_to: int, spans: tuple[str, str]) -> None:
    safety = sides(handout_pdf(note(go_to=go_to)))[-1]
    for span in spans:
        assert span in safety
    assert ("SLOW DOWN" in safety) == (go_to < 5)
    assert "What will you do if your pain goes over 5?" in safety


def test_a_test_before_the_first_move_has_no_date() -> None:
    early, later = date(2026, 3, 30), date(2026, 4, 27)
    assert "test you again on ______" in sides(printed("EX3"))[0]
    assert "test you again on April 27." in sides(handout_pdf(teen_note(retest_date=later)))[0]
    assert "test you again on March 30." in sides(handout_pdf(note(retest_date=early)))[0]


def test_a_log_that_ends_before_the_plan_says_where_more_weeks_are() -> None:
    older, teen = sides(handout_pdf(note(age=67)))[2], sides(printed("EX3"))[2]
    for log in (older, teen):
        assert "Week 5" not in log
        assert "More weeks? Ask us. Week 3" in log
    for whole in (note(), note(weeks=4, age=67), note((*SIX, "QO01", "FL03"))):
        assert "More weeks?" not in words_in(handout_pdf(whole))


def test_weeks_after_those_of_the_plan_are_a_log_for_who_goes_on() -> None:
    *_, first, later, _ = sides(handout_pdf(runner_note(weeks=6)))
    assert "My log Next visit" in first
    assert "My log, if you keep going" in later
    assert "Week 7" in later
    *_, of_the_plan, _ = sides(handout_pdf(runner_note(weeks=8)))
    assert "Week 7" in of_the_plan
    assert "if you keep going" not in of_the_plan


def test_a_card_sends_to_the_clinic_where_no_move_is_easier_or_harder() -> None:
    stretch, sit = sides(printed("EX2")), exercise("QC02", harder={})
    assert "Feel it in your calf. Easier: ask us. Harder: ask us." in " ".join(stretch)
    assert "Easier: ask us. Harder: Straight leg lift." in words_in(printed("EX3"))
    assert "Easier: Mini squat. Harder: ask us." in words_in(handout_pdf(note(exercises=(sit,))))


@pytest.mark.parametrize("said", ["Training may help with that.", "<b>Training may help</b> with that."])
def test_a_paragraph_does_not_end_in_a_lone_short_word(said: str) -> None:
    width = look.text_width("Training may help with", look.BOLD, 12) + 1
    buffer = BytesIO()
    canvas = look.new_canvas(buffer, look.PAPER["letter"], "en")
    assert blocks.words(canvas, said, 50, 500, width, 12, 15) == 30
    canvas.save()
    drawn = pypdfium2.PdfDocument(buffer.getvalue())[0].get_textpage().get_text_range()
    assert [line.split() for line in drawn.splitlines()] == [["Training", "may"], ["help", "with", "that."]]


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ("Later it was a bit less: the true drop could be as small as 1 point", "1 point"),
        ("In the studies about <b>4 in 10 people</b> still had some trouble", "10 people"),
        ("Haga sus ejercicios y siga 6 semanas o más, sin falta, cada día", "6 semanas"),
        ("The right hip made 83.5 % of the left hip; that is below 90 % of it", "90 %"),
        ("The body had a temperature of 37.8 °C, and that is above 37.7 °C", "37.7 °C"),
        ("The patient hopped 10 times, and before that had jogged about 20-30 minutes", "20-30 minutes"),
    ],
)
def test_a_number_is_not_parted_from_what_it_counts(said: str, together: str) -> None:
    for width in range(90, 400, 5):
        buffer = BytesIO()
        canvas = look.new_canvas(buffer, look.PAPER["letter"], "en")
        blocks.words(canvas, said, 50, 700, width, 12, 15)
        paragraph = flow.text(said)
        paragraph.drawOn(canvas, 50, 500 - paragraph.wrap(width, 400)[1])
        canvas.save()
        drawn = pypdfium2.PdfDocument(buffer.getvalue())[0].get_textpage().get_text_range()
        lines = [" ".join(line.split()) for line in drawn.splitlines()]
        assert sum(together in line for line in lines) == 2, (width, lines)


@pytest.mark.parametrize("said", ["100.5 Nm", "0.047 kgf/kg", "grade 4+ (in 8 weeks)"])
def test_a_column_that_is_too_narrow_for_number_and_unit_parts_them_and_no_word(said: str) -> None:
    buffer = BytesIO()
    canvas = look.new_canvas(buffer, look.PAPER["letter"], "en")
    cell = flow.cell(said)
    cell.drawOn(canvas, 50, 500 - cell.wrap(31, 400)[1])
    canvas.save()
    drawn = pypdfium2.PdfDocument(buffer.getvalue())[0].get_textpage().get_text_range()
    assert drawn.split() == said.split()


def test_a_card_adds_what_differs_from_the_sheet() -> None:
    read = words_in(printed("EX2"))
    assert "6 days a week" in read
    assert "Rest 1 minute between sets." in read
    assert "3 times hold 30 seconds" in read  # three sets of one


@pytest.mark.parametrize("form", ["standard", "moves"])
def test_six_moves_that_all_grow_have_room(form: SheetForm) -> None:
    ids = ("RN01", "HA07", "MC05", "HX07", "QC03", "MC03")
    grown = tuple(exercise(id, load_step="one step higher or deeper") for id in ids)
    assert (
        words_in(handout_pdf(note(exercises=grown), form=form)).count("New: one step higher or deeper") == 6
    )


@pytest.mark.parametrize("height", [164, 186])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_picture_of_any_exercise_covers_its_words(
    monkeypatch: pytest.MonkeyPatch, language: Language, height: float
) -> None:
    places: list[tuple[float, float, float, float]] = []

    def unseen(
        _: Any, x: float, base: float, word: str, size: float, align: str = "left", **_how: Any
    ) -> None:
        wide = look.text_width(word, look.REGULAR, size)
        left = x - wide if align == "right" else x
        places.append((left, 792 - base - 0.68 * size, left + wide, 792 - base))

    monkeypatch.setattr(handout_cards, "label", unseen)
    shown = [exercise(id, leg) for id in library() for leg in ("right", "left")]
    buffer, made, texts = BytesIO(), note(), Texts(language)
    canvas = look.new_canvas(buffer, look.PAPER["letter"], language)
    assert made.plan is not None
    assert made.sheet is not None
    for each in shown:
        named = each.model_copy(update={"patient_name": {language: each.name}})
        case = Case(made, made.plan, made.sheet, texts, look.PAPER["letter"], (named,))
        draw_poses(Card(case, 1, named), canvas, 57, 700, 142, height)
        canvas.showPage()
    canvas.save()
    assert len(places) == 2 * len(shown)
    for number, page in enumerate(pypdfium2.PdfDocument(buffer.getvalue())):
        drawn = page.render(scale=2, grayscale=True).to_pil()
        for place in places[2 * number : 2 * number + 2]:
            under = drawn.crop(tuple(round(2 * edge) for edge in place))
            assert under.getextrema()[0] > 200, shown[number].name


def test_a_missing_picture_leaves_room_to_draw() -> None:
    unknown = exercise("HA01").model_copy(update={"id": "ZZ99"})
    assert "Your PT will draw this" in sides(handout_pdf(note(exercises=(unknown, exercise("QC01")))))[1]


def test_a_visit_without_a_plan_has_no_sheet() -> None:
    with pytest.raises(DocumentError, match="The criteria are not met"):
        handout_pdf(note(plan=None, no_plan_because="The criteria are not met."))


def test_a_sheet_is_refused_while_an_exercise_lacks_a_part_in_its_language() -> None:
    half = exercise(
        "HA01", patient_name={"en": "Side leg lift", "es": "Levantar la pierna"}, steps={"en": ()}
    )
    with pytest.raises(
        DocumentError, match=r"in Spanish yet\. Missing: Side leg lift \(steps, where to feel it"
    ):
        handout_pdf(note(exercises=(half, exercise("QC01"))), "es")
    with pytest.raises(DocumentError, match=r"in English yet\. Missing: Side leg lift \(steps\)\."):
        handout_pdf(note(exercises=(half, exercise("QC01"))))


def test_what_cannot_fit_is_refused_with_the_blocks_that_are_too_tall() -> None:
    endless = exercise("HA01", steps={"en": ("Lift your leg. " * 200,)})
    with pytest.raises(DocumentError, match=r"side 2: .*card 1 \(HA01\)"):
        handout_pdf(note(exercises=(endless, exercise("QC01"))))


@pytest.mark.parametrize("form", ["standard", "large", "moves"])
def test_who_must_not_touch_latex_reads_it_beside_the_moves(form: SheetForm) -> None:
    def read(latex_free: bool) -> str:
        return " ".join(sides(handout_pdf(note(latex_free=latex_free), form=form)))

    assert "Use a latex-free band." in read(latex_free=True)
    assert "latex" not in read(latex_free=False)


def test_a_date_is_never_put_into_the_patients_words() -> None:
    for said, printed in (
        ("Run the spring half marathon", "Run the spring half marathon."),
        ("Run again!", "Run again!"),
    ):
        assert f"My goal: {printed} This plan ends on April 27." in sides(handout_pdf(note(goal=said)))[1]


def test_a_goal_of_80_characters_is_printed_whole() -> None:
    goal = "Climb the stairs to my flat with the shopping and the children and no sore knee"
    assert len(goal) == 79
    assert f"My goal: {goal}. This plan ends on April 27." in sides(handout_pdf(note(goal=goal)))[1]


@pytest.mark.parametrize(
    "goal", ["Climb the stairs " * 120, "Climb" * 200, "W" * 79], ids=["words", "no space", "wide"]
)
def test_a_longer_goal_ends_in_an_ellipsis_inside_its_column(goal: str) -> None:
    pdf = handout_pdf(note(goal=goal))
    moves = sides(pdf)[1]
    told = moves[moves.index("My goal:") : moves.index("My time:")]
    assert "…" in told or goal.strip() in told.replace(" ", "")
    assert len(told) < 125
    assert "This plan ends on April 27." in told
    assert inked(pypdfium2.PdfDocument(pdf)[1])[2] <= 612 - 40


def test_nine_moves_are_refused_in_plain_words() -> None:
    with pytest.raises(DocumentError, match="at most 8 moves"):
        handout_pdf(note((*SIX, "QO01", "FL03", "HE05")))


if __name__ == "__main__":  # python tests/test_handout.py FOLDER: the variants as files, to look at
    import sys
    from pathlib import Path

    for name, made in {
        "ex1": note(),
        "ex2": runner_note(),
        "ex3": teen_note(),
        "five": note(EX2, "left", found=fields(variant="V4")),
        "six": note(SIX),
        "one": note(("HA01",)),
        "three": note(("HA01", "QC01", "HX01")),
        "older": note(age=67),
        "nophone": note(clinic=fields(phone="", name="")),
        "hurt": note(found=fields(variant="V1", weaker="right", hurt=True, step_down="right")),
        "stopped": runner_note(running="stopped"),
        "oneside": note(found=fields(variant="one-side")),
        "kneeonly": note(("QC01", "QO01", "QO02"), found=fields(variant="V4")),
        "v5": note(found=V5),
        "longgoal": note(goal="Climb the stairs to my flat " * 9),
        "leftknee": note(EX1, "left", found=fields(variant="V1", weaker="left", deficit_percent=22)),
    }.items():
        for paper in ("letter", "a4"):
            (Path(sys.argv[1]) / f"{name}-{paper}.pdf").write_bytes(handout_pdf(made, paper=paper))
