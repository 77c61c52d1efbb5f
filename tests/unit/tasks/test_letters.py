"""The tasks on notes and discharge letters: what is read, under which name, and what is refused with its line."""

import csv
import json

import pytest

from clue_lib.errors import DataError
from clue_lib.tasks import TASKS

NOTE = {
    "File ID": "n1",
    "Subjectives": "Cough.",
    "Objectives": "T 38",
    "Assessment": "Likely CAP.",
    "Summary": "CAP; HTN",
}
TRAIN = {"Subjectives": "Subjective Sections", "Objectives": "Objective Sections"}
QUESTION = {"note_id": "l1", "Question": "Why?", "Answer": "Because.", "discharge_summary": "Dear Ms. ___"}
LETTER = {"hadm_id": 7, "text": "COVID-19", "icd_codes": [{"code": "U071", "description": "x"}, {"code": "i10"}]}


@pytest.fixture
def read(tmp_path):
    """Reads rows by a task: as CSV where they are a table's, as JSON Lines else."""

    def go(task, *rows, name=None):
        path = tmp_path / (name or f"{task}.jsonl")
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows(rows)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return TASKS[task].read(path)

    return go


def test_problem_summary_reads_s_and_a_and_not_o(read):
    (example,) = read("problem_summary", NOTE, name="notes.csv")
    assert (example.id, example.gold) == ("n1", "CAP; HTN")
    assert example.fields == {"subjective": "Cough.", "assessment": "Likely CAP."}


def test_the_training_files_header_is_read_too(read):
    renamed = {TRAIN.get(name, name): value for name, value in NOTE.items()}
    assert read("problem_summary", renamed, name="train.csv") == read("problem_summary", NOTE, name="test.csv")


def test_an_empty_section_is_named_so_and_an_empty_summary_refused(read):
    (example,) = read("problem_summary", NOTE | {"Subjectives": " "}, name="notes.csv")
    assert example.fields["subjective"] == "(nothing recorded)"
    with pytest.raises(DataError, match=r"notes\.csv:3: Summary blank"):
        read("problem_summary", NOTE, NOTE | {"File ID": "n2", "Summary": ""}, name="notes.csv")


def test_questions_on_one_letter_share_a_cluster_and_are_numbered(read):
    first, second, other = read("medisumqa", QUESTION, QUESTION | {"Question": "When?"}, QUESTION | {"note_id": "l2"})
    assert [e.id for e in (first, second, other)] == ["l1/1", "l1/2", "l2/1"]
    assert [e.cluster for e in (first, second, other)] == ["l1", "l1", "l2"]
    assert first.fields == {"letter": "Dear Ms. ___", "question": "Why?"}


def test_a_question_without_answer_is_refused(read):
    with pytest.raises(DataError, match=r"medisumqa\.jsonl:1: Answer blank"):
        read("medisumqa", QUESTION | {"Answer": ""})


def test_gold_codes_are_dotted_distinct_and_in_order(read):
    twice = LETTER | {"icd_codes": [*LETTER["icd_codes"], {"code": "U07.1"}, {"code": "S72001A"}]}
    (example,) = read("medisumcode", twice)
    assert (example.id, example.cluster) == ("7", "7")
    assert example.gold == ("U07.1", "I10", "S72.001A")
    assert TASKS["medisumcode"].ideal(example) == "U07.1, I10, S72.001A"


def test_codes_may_be_plain_strings(read):
    (example,) = read("medisumcode", LETTER | {"icd_codes": ["I10", "e119", " "]})
    assert example.gold == ("I10", "E11.9")


@pytest.fixture
def remarks(tmp_path):
    def go(*rows):
        path = tmp_path / "medisumcode.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return TASKS["medisumcode"].remarks(path)

    return go


def test_letters_without_codes_and_further_ones_of_an_admission_are_left_out_and_told(read, remarks):
    bare, other = LETTER | {"hadm_id": 8, "icd_codes": []}, LETTER | {"hadm_id": 9}
    rows = [LETTER, bare, LETTER | {"text": "Another note"}, other, LETTER]
    assert [(example.id, example.fields["letter"]) for example in read("medisumcode", *rows)] == [
        ("7", "COVID-19"),
        ("9", "COVID-19"),
    ]
    assert remarks(*rows) == (
        "1 letters without codes left out (line 2)",
        "2 further letters of an admission left out (line 3, 5)",
    )
    assert remarks(LETTER) == ()


def test_gold_codes_that_the_release_does_not_have_are_told(remarks):
    unknown = LETTER | {"icd_codes": ["I10", "Z99.999", "401.9"]}
    rows = [LETTER, *(unknown | {"hadm_id": n} for n in range(10, 17))]
    assert remarks(*rows) == ("14 gold codes that ICD-10-CM April 2026 does not have (line 2, 3, 4, 5, 6 and 2 more)",)


def test_a_file_of_letters_without_codes_is_refused(read):
    with pytest.raises(DataError, match=r"medisumcode\.jsonl: no letter has codes"):
        read("medisumcode", LETTER | {"icd_codes": []})


@pytest.mark.parametrize("change", [{"text": " "}, {"icd_codes": [{"description": "x"}]}, {"icd_codes": "I10"}])
def test_a_letter_without_text_or_in_another_shape_is_refused_with_its_line(read, change):
    with pytest.raises(DataError, match=r"medisumcode\.jsonl:2: ") as caught:
        read("medisumcode", LETTER, LETTER | {"hadm_id": 8} | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("n_codes", "group"), [(1, "1 to 5"), (5, "1 to 5"), (6, "6 to 10"), (11, "over 10")])
def test_letters_are_sliced_by_how_many_codes_they_have(read, n_codes, group):
    codes = [{"code": f"E11{i % 10}{i // 10}"} for i in range(n_codes)]
    (example,) = read("medisumcode", LETTER | {"icd_codes": codes})
    assert example.slices == {"codes": group}


@pytest.mark.parametrize(
    ("task", "name", "n"),
    [
        ("mednli", "mli_test_v1.jsonl", 615),
        ("problem_summary", "BioNLP2023-1A-Test.csv", 60),
        ("medisumcode", "MeDiSumCode.json", 120),
    ],
)
def test_stand_ins_have_their_files_counts(shared_data, task, name, n):
    assert len(TASKS[task].read(shared_data / "standins" / task / name)) == n  # as their README counts
