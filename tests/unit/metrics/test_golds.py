"""No gold answer of the bundled data, nor of MeQSum itself, counts as any failure."""

import csv
import json

import pytest

from clue_lib import answers
from clue_lib.metrics import BEHAVIOUR, METRICS
from clue_lib.tasks import mednli, meqsum

TEXT = (*BEHAVIOUR, "wrong_length")
CHOICE = (*BEHAVIOUR, "extra_text", "answer_collapse")


def json_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def failures(names, responses):
    return {
        (name, response.generation.text)
        for name in names
        for response, value in zip(responses, METRICS[name].score(responses), strict=True)
        if value
    }


def test_summaries_of_messages(respond, root):
    examples = meqsum.read(root / "fixtures/data/meqsum/meqsum.jsonl")
    assert failures(TEXT, [respond(example.gold, example.gold, fields=example.fields) for example in examples]) == set()


def test_summaries_of_meqsum_itself(respond, shared_data):
    (path,) = (shared_data / "public/meqsum").glob("*.xlsx")
    examples = meqsum.read(path)
    assert failures(TEXT, [respond(example.gold, example.gold, fields=example.fields) for example in examples]) == set()


def test_problem_lists(respond, root):
    with (root / "fixtures/data/problem_summary/BioNLP2023-1A-Test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert failures(TEXT, [respond(row["Summary"], row["Summary"], fields=row) for row in rows]) == set()


def test_answers_about_letters(respond, root):
    rows = json_lines(root / "fixtures/data/medisumqa/MeDiSumQA.jsonl")
    fields = ("Question", "discharge_summary")
    assert failures(TEXT, [respond(r["Answer"], r["Answer"], fields={f: r[f] for f in fields}) for r in rows]) == set()


def test_labels(respond, root):
    examples = mednli.read(root / "fixtures/data/mednli/mli_test_v1.jsonl")
    responses = [respond(e.gold, e.gold, fields=e.fields, parse=mednli.parse) for e in examples]
    assert failures(CHOICE, responses) == set()


@pytest.mark.parametrize(
    "shape", ["{0}", "The correct answer is {0}: {1}.", "{0}. {1}", "{1}", "Answer: {1}", "{1} ({0})"]
)
def test_letters_and_options_of_the_vignettes_are_read_and_no_failure(respond, root, shape):
    rows = json_lines(root / "fixtures/data/nejm/nejm.jsonl")
    responses = [
        respond(
            shape.format(row["answer"], row["options"][row["answer"]]),
            row["answer"],
            parse=answers.option,
            options=tuple(row["options"].values()),
            fields={"question": row["question"]},
        )
        for row in rows
    ]
    assert failures(CHOICE, responses) == set()
    assert set(METRICS["accuracy"].score(responses)) == {1.0}
