"""Texts and what a careful reader takes them to answer: our own, and the shared cases where these lie beside us.

Expected values are judgements made by hand. `option_readings.jsonl` and the like hold other wordings, letters and
options than the shared cases, of the same kinds.
"""

import json
from pathlib import Path

import pytest
from shared_cases import shared

from clue_lib import answers
from clue_lib.tasks import mednli
from clue_lib.types import Example, Parsed

HERE = Path(__file__).parent
DISEASES = ["Acute pancreatitis", "Crohn disease", "Celiac disease", "Gallstones", "Ulcerative colitis"]


def rows(name):
    """The rows of one of the files beside this one."""
    lines = (HERE / f"{name}_readings.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=f"{number}") for number, line in enumerate(lines)]


def read_option(text, options=None):
    return answers.option(text, Example(id="1", cluster="1", fields={}, gold="A", options=tuple(options or DISEASES)))


def value(answer, nothing="unparsed"):
    return answer.value if isinstance(answer, Parsed) else nothing


@pytest.mark.parametrize("row", rows("option"))
def test_option(row):
    assert value(read_option(row["text"], row.get("options"))) == row["expected"], row["text"]


@pytest.mark.parametrize("row", rows("label"))
def test_label(row):
    assert value(mednli.parse(row["text"])) == row["expected"], row["text"]


@pytest.mark.parametrize("row", rows("code"))
def test_codes(row):
    assert list(value(answers.icd_codes(row["text"]), ())) == row["expected"], row["text"]


@pytest.mark.parametrize("row", shared("option"))
def test_shared_option(row):
    given = row["input"]
    assert value(read_option(given["text"], given.get("options"))) == row["expected"], row["why"]


@pytest.mark.parametrize("row", shared("label"))
def test_shared_label(row):
    assert value(mednli.parse(row["input"]["text"])) == row["expected"], row["why"]


@pytest.mark.parametrize("row", shared("icd"))
def test_shared_codes(row):
    assert list(value(answers.icd_codes(row["input"]["text"]), ())) == row["expected"], row["why"]
