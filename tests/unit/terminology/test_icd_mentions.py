"""Reading codes from text: traps read as a coder would, every code of the release, letters without any code."""

import csv
import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib.terminology import icd
from clue_lib.terminology.icd_mentions import find, mentions

with (Path(__file__).parent / "icd_traps.csv").open(encoding="utf-8", newline="") as file:
    TRAPS = list(csv.DictReader(file))

PIECES = st.sampled_from(
    [
        *("I10", "e11.9", "J449", "W19.XXXA", "C7A012", "T38.9", "B12", "S100", "Q12H", "E11.x", "N17.-", "Z99.999"),
        *(
            " ",
            "\n",
            ", ",
            "-",
            "–",
            "/",
            ".",
            "|",
            '"',
            "(",
            "\\n",
            "and ",
            "code ",
            "HR",
            "°",
            "vitamin ",
            "mask",
            "é",
        ),
    ]
)
TEXTS = st.text() | st.lists(PIECES).map("".join)


def distinct(text):
    return tuple(dict.fromkeys(mentions(text)))


def test_traps_are_many_and_distinct():
    assert len({trap["text"] for trap in TRAPS}) == len(TRAPS) >= 80
    assert all(trap["why"] for trap in TRAPS)


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["text"] for trap in TRAPS])
def test_reads_as_a_coder_would(trap):
    assert distinct(trap["text"]) == tuple(trap["codes"].split()), trap["why"]


def test_a_mention_stands_where_its_text_does():
    text = "1. I10\n2. type 2 diabetes (e119), N17.-"
    assert [(one.code, text[one.start : one.end]) for one in find(text)] == [
        ("I10", "I10"),
        ("E11.9", "e119"),
        ("N17", "N17."),
    ]


def test_every_code_of_the_release_reads_as_itself_in_each_writing():
    for code in icd.all_codes():
        for written in (code, code.replace(".", "")):
            assert mentions(written) == mentions(written.lower()) == (code,)


@pytest.mark.parametrize("is_dotted", [True, False], ids=["dotted", "undotted"])
@pytest.mark.parametrize(
    "template",
    [
        *("{code} {title}", "{code}: {title}", "{code} - {title}", "{title} ({code})", "{title}: {code}"),
        *("1. {code} {title}", "| {code} | {title} |", '{{"code": "{code}", "title": "{title}"}}'),
    ],
)
def test_titles_hide_no_code_and_add_none(template, is_dotted):
    for code in icd.all_codes()[::20]:
        written = code if is_dotted else code.replace(".", "")
        assert mentions(template.format(code=written, title=icd.title(code))) == (code,)


@pytest.mark.parametrize("template", ["{title} {code}", "I10 {title} {code}", "{code} {title} I10"])
def test_a_line_of_titles_and_codes_without_marks_hides_no_code(template):
    # "… ion channel gene QA0.0109" and "Fall from bed W06" name a gene and a bed.
    codes = [code for code in icd.all_codes()[::20] if not icd.title(code).endswith(("gene", "bed", "U07"))]
    for code in codes:
        read = set(mentions(template.format(code=code.replace(".", ""), title=icd.title(code))))
        assert read == ({code, "I10"} if "I10" in template else {code})


def test_gold_codes_are_read_from_a_list(root):
    for letter in json.loads((root / "fixtures/data/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8")):
        gold = [code["code"] for code in letter["icd_codes"]]
        for separator in (", ", "\n", " ", "; "):
            assert mentions(separator.join(gold)) == tuple(map(icd.normalise, gold))


def test_letters_without_codes_name_none(root):
    letters = json.loads((root / "fixtures/data/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    assert [(letter["hadm_id"], mentions(letter["text"])) for letter in letters if mentions(letter["text"])] == []


def test_cases_without_codes_name_none(shared_data):
    cases = json.loads((shared_data / "standins/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    assert [(case["hadm_id"], mentions(case["text"])) for case in cases if mentions(case["text"])] == []


@pytest.mark.parametrize("text", ["B12", "t10", "T11", "T12", "O157", "Q12H", "T2a", "N1b", "V600E", "P450", "U100"])
def test_what_is_never_read_alone_is_no_code_of_the_release(text):
    assert mentions(text) == ()
    assert not icd.is_code(text)


@pytest.mark.parametrize("word", ["at", "by", "for", "from", "in", "of", "on", "to", "with"])
def test_a_preposition_introduces_no_undotted_code(word):
    assert mentions(f"levels {word} S100") == ()
    assert mentions(f"levels {word} S10.0") == ("S10.0",)


def test_repeats_are_kept_in_order():
    assert mentions("E11.9, I10, e119\nI10") == ("E11.9", "I10", "E11.9", "I10")


@given(TEXTS)
@example("B12.-")  # would read as B12, which alone is not read
@example("T38.9 HR")
def test_what_was_read_reads_as_itself(text):
    assert mentions(", ".join(mentions(text))) == mentions(text)


@given(TEXTS)
def test_what_was_read_is_canonical_and_stands_in_the_text(text):
    for code in mentions(text):
        assert icd.normalise(code) == code
        assert code.replace(".", "") in text.replace(".", "").upper()


# 1 MB; quadratic steps would take hours. The slowest took 1.0 s on 2 cores.
@pytest.mark.parametrize(
    "text",
    [
        *("I10 " * 250_000, "E11.9, " * 143_000, "I10" + " " * 1_000_000 + "x", "T38.9 " * 167_000 + "BP"),
        *("The code for hypertension is I10. " * 30_000, "I10" + "-" * 1_000_000, "A1." * 333_000, "A12" * 333_000),
        *("(" * 500_000 + "I10", ("I10" + " " * 5_000 + "x") * 200, "I10\\n" * 200_000),
    ],
    ids=range(11),
)
def test_long_text_takes_linear_time(text):
    start = time.perf_counter()
    assert set(mentions(text)) <= {"I10", "E11.9"}
    assert time.perf_counter() - start < 20
