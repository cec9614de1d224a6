"""How hard a text is to read, as a teacher would count it."""

from __future__ import annotations

import pytest

from evalassist.reading import Language, reading_of, syllables


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [
        *[("en", w, 1) for w in ("knee", "knees", "move", "moved", "moves", "while", "called", "hip", "the")],
        *[("en", w, 2) for w in ("table", "muscle", "muscles", "needed", "touches", "people", "kneecap")],
        *[("en", w, 3) for w in ("easier", "together", "physical", "area", "exercise")],
        *[("en", w, 2) for w in ("don't-stop", "7", "20", "13")],
        ("en", "2026", 5),  # twenty twenty-six
        *[("es", w, 1) for w in ("muy", "hoy", "pie", "que", "10")],
        *[
            ("es", w, 2)
            for w in ("guía", "guerra", "ciudad", "día", "país", "leer", "oír", "bueno", "cuadro")
        ],
        *[("es", w, 3) for w in ("rodilla", "cadera", "pingüino", "cuidado")],
        *[("es", w, 4) for w in ("aéreo", "ejercicio", "escalones", "21")],
    ],
)
def test_a_word_has_as_many_syllables_as_are_spoken(language: Language, word: str, count: int) -> None:
    assert syllables(word, language) == count


def test_plain_english_reads_below_the_sixth_grade() -> None:
    found = reading_of(["Stand on your sore leg. Bend your knee a little.", "Hold for 5 seconds"], "en")
    assert found is not None
    assert found.easy
    assert found.words == 14
    assert found.longest == "Stand on your sore leg."


def test_the_words_of_a_chart_are_hard_to_read_in_both_languages() -> None:
    english = "Patellofemoral symptomatology necessitates concentric quadriceps rehabilitation."
    spanish = "La sintomatología patelofemoral requiere rehabilitación concéntrica del cuádriceps femoral."
    for text, language in ((english, "en"), (spanish, "es")):
        found = reading_of([text], language)  # type: ignore[arg-type]
        assert found is not None
        assert not found.easy


def test_plain_spanish_is_easy_on_both_scales() -> None:
    found = reading_of(
        ["Párese en la pierna que duele.", "Doble un poco la rodilla.", "Baje despacio."], "es"
    )
    assert found is not None
    assert found.easy
    assert all(score > 80 for _, score in found.scores)


def test_one_sentence_of_more_than_twenty_words_makes_an_easy_text_hard() -> None:
    long = " ".join(["go"] * 21) + "."
    found = reading_of(["Sit down. Get up. Go on.", long], "en")
    assert found is not None
    assert not found.easy
    assert found.longest_words == 21


def test_a_sheet_without_a_word_has_no_reading_level() -> None:
    assert reading_of(["", " … ", "· ✓"], "en") is None
