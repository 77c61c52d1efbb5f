"""Case challenges: JSON Lines and the scrapers' table, options by letter, names that outlast a file's order."""

import json

import pytest

from clue_lib.errors import DataError
from clue_lib.tasks import TASKS
from clue_lib.tasks.cases import read

CASE = {
    "id": "c1",
    "question": "What next?",
    "options": {"A": "Wait", "B": "Operate"},
    "answer": "B",
    "specialty": "GI",
}
HEADER = "link,question,opa,opb,opc,opd,diagnosis,answer_idx,answer,explanation,field\n"
ROW = ',What next?,Wait,Operate,Scan,Biopsy,Ileus,C,Scan,"Because, well",Surgery\n'


@pytest.fixture
def write(tmp_path):
    def save(name, *rows):
        path = tmp_path / name
        text = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
        path.write_text(text, encoding="utf-8")
        return path

    return save


def test_json_lines(write):
    (example,) = read(write("nejm.jsonl", CASE))
    assert (example.id, example.cluster, example.gold) == ("c1", "c1", "B")
    assert example.options == ("Wait", "Operate")
    assert example.fields == {"question": "What next?", "options": "A. Wait\nB. Operate"}
    assert example.slices == {"specialty": "GI"}


def test_the_scrapers_table(write):
    (example,) = read(write("jama_raw.csv", HEADER, ROW))
    assert example.gold == "C"
    assert example.options == ("Wait", "Operate", "Scan", "Biopsy")
    assert example.slices == {"specialty": "Surgery"}


def test_a_case_without_id_keeps_its_name_wherever_it_stands(write):
    other = ROW.replace("What next?", "Which test?")
    first, second = read(write("jama_raw.csv", HEADER, ROW, other))
    moved = read(write("nejm_raw.csv", HEADER, other, ROW))
    assert [second.id, first.id] == [example.id for example in moved]
    assert first.id != second.id


@pytest.mark.parametrize(
    "change", [{"answer": "C"}, {"answer": "Operate"}, {"options": {"A": "Wait", "C": "Operate"}}, {"options": {}}]
)
def test_an_answer_that_is_no_option_or_options_with_a_gap_are_refused(write, change):
    with pytest.raises(DataError, match=r"nejm\.jsonl:2: ") as caught:
        read(write("nejm.jsonl", CASE, CASE | change))
    assert "\n" not in str(caught.value)


MEDQA = {
    "question": "What next?",
    "answer": "Operate",
    "options": {"A": "Wait", "B": "Operate"},
    "meta_info": "step1",
    "answer_idx": "B",
    "metamap_phrases": ["next"],
}
LISTED = [{"key": "B", "value": "Operate"}, {"key": "A", "value": "Wait"}]


@pytest.mark.parametrize(
    "case",
    [
        MEDQA,
        MEDQA | {"options": LISTED},
        CASE | {"id": 7},
        CASE | {"options": LISTED},
        CASE | {"options": {"b": "Operate", "a ": "Wait"}, "answer": "b "},
        CASE | {"options": {"B": "Operate", "A": "Wait"}},
        {"question": "What next?", "opa": "Wait", "opb": "Operate", "opc": "", "opd": None, "answer_idx": "b"},
    ],
)
def test_other_layouts_of_the_same_case(write, case):
    (example,) = read(write("mcq.jsonl", case))
    assert (example.gold, example.options) == ("B", ("Wait", "Operate"))


def test_jama_as_json_lines(write):
    names = (
        "link",
        "question",
        "opa",
        "opb",
        "opc",
        "opd",
        "diagnosis",
        "answer_idx",
        "answer",
        "explanation",
        "field",
    )
    values = ("", "What next?", "Wait", "Operate", "Scan", "Biopsy", "Ileus", "C", "Scan", "Because, well", "Surgery")
    as_lines = read(write("jama.jsonl", dict(zip(names, values, strict=True))))
    assert as_lines == read(write("jama_raw.csv", HEADER, ROW))


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (CASE | {"question": " "}, "the question is blank"),
        (CASE | {"options": {"A": "Wait", "B": "Operate", "C": ""}}, "option C is blank"),
        (MEDQA | {"answer": "Wait"}, "answer is another option's text than answer_idx names"),
        ({"question": "Q?", "opa": "a", "opb": "b", "opc": "c", "opd": "d", "cop": 2}, "cop is counted from 0"),
        ({"question": "Q?", "opa": "a", "opb": "b", "answer_idx": "A"}, "no column opc, opd"),
        (CASE | {"answer": 1}, "each case needs question, options and answer"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_what_is_needed(write, case, told):
    with pytest.raises(DataError, match=rf"nejm\.jsonl:2: .*{told}") as caught:
        read(write("nejm.jsonl", CASE, case))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "case",
    [
        CASE | {"answer": "ZQXANSWER"},
        MEDQA | {"answer_idx": "ZQXANSWER"},
        CASE | {"options": {"ZQXANSWER": "Wait", "B": "Operate"}},
        CASE | {"options": "ZQXANSWER"},
        MEDQA | {"options": LISTED, "answer": "ZQXANSWER", "answer_idx": "ZQXANSWER"},
    ],
)
def test_no_value_of_the_file_is_told(write, case):
    with pytest.raises(DataError) as caught:
        read(write("nejm.jsonl", case))
    assert "ZQX" not in str(caught.value)


def test_a_missing_key_names_the_line(write):
    with pytest.raises(DataError, match=r"nejm\.jsonl:1: .*answer"):
        read(write("nejm.jsonl", {key: value for key, value in CASE.items() if key != "answer"}))


def test_the_stand_in_has_its_files_count(shared_data):
    examples = TASKS["jama"].read(shared_data / "standins" / "jama" / "jama_raw.csv")
    assert len(examples) == len({example.id for example in examples}) == 50  # as its README counts
    assert {len(example.options) for example in examples} == {4}
