"""ROUGE against values worked by hand and against rouge-score 0.1.2, called directly."""

import importlib.metadata
import json

import pytest
from rouge_score.rouge_scorer import RougeScorer

from clue_lib.metrics import METRICS, overlap
from clue_lib.types import Unparsed

# By hand; F1 = 2 x shared / (units in gold + units in answer), a unit being a word or a pair of neighbours.
# ROUGE-L shares the longest common subsequence of words (LCS).
BY_HAND = [
    # 5 and 5 words, all shared; pairs: only "interact with" of 4 and 4; LCS "does interact with".
    ("does turmeric interact with warfarin", "does warfarin interact with turmeric", 2 * 5 / 10, 2 * 1 / 8, 2 * 3 / 10),
    # 6 and 5 words, shared: what are treatments gout; pairs: only "what are" of 5 and 4; the four words in order.
    ("what are the treatments for gout", "what are treatments of gout", 2 * 4 / 11, 2 * 1 / 9, 2 * 4 / 11),
    # A word counts no oftener than the gold has it: the, pain of 2 and 4; pair "the pain" of 1 and 3.
    ("the pain", "the the the pain", 2 * 2 / 6, 2 * 1 / 4, 2 * 2 / 6),
    # Case and punctuation don't count.
    ("Is it gout?", "is it GOUT", 1.0, 1.0, 1.0),
    # No stemmer: treats is not treat. Shared: what, gout of 3 and 3; no pair; both in order.
    ("what treats gout", "what treat gout", 2 * 2 / 6, 0.0, 2 * 2 / 6),
    # A text of one word has no pair.
    ("gout", "gout", 1.0, 0.0, 1.0),
    # ROUGE-L takes the text as one sentence: "a b" or "c d" of 4 and 4 words, where ROUGE-Lsum finds both (1.0).
    # Pairs: "a b" and "c d" of 3 and 3, the line break being no word ("d a" is a pair that the gold lacks).
    ("a b c d", "c d\na b", 1.0, 2 * 2 / 6, 2 * 2 / 8),
    ("gout", "asthma", 0.0, 0.0, 0.0),
]


@pytest.mark.parametrize(("gold", "text", "rouge1", "rouge2", "rouge_l"), BY_HAND)
def test_values_worked_by_hand(respond, gold, text, rouge1, rouge2, rouge_l):
    found = [score([respond(text, gold)])[0] for score in (overlap.rouge1, overlap.rouge2, overlap.rouge_l)]
    assert found == pytest.approx([rouge1, rouge2, rouge_l])


@pytest.mark.parametrize("name", ["rouge1", "rouge2", "rougeL"])
def test_same_as_rouge_score_on_the_bundled_messages(respond, root, name):
    lines = (root / "fixtures/data/meqsum/meqsum.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [(row["Summary"], row["CHQ"]) for row in map(json.loads, lines)]
    scorer = RougeScorer([name], use_stemmer=False)
    expected = [scorer.score(gold, text)[name].fmeasure for gold, text in pairs]
    assert METRICS[name].score([respond(text, gold) for gold, text in pairs]) == pytest.approx(expected)


def test_unparsed_answer_scores_zero_whatever_was_written(respond):
    response = respond("is it gout", "is it gout", parse=lambda text, example: Unparsed(reason="no label"))
    assert [score([response]) for score in (overlap.rouge1, overlap.rouge2, overlap.rouge_l)] == [[0.0]] * 3


def test_signature_names_the_package_and_its_version():
    version = importlib.metadata.version("rouge-score")
    for name in ("rouge1", "rouge2", "rougeL"):
        assert METRICS[name].signature == f"{name}|v1|strict|rouge-score={version},stemmer=no"


@pytest.mark.parametrize(("name", "key"), [("rouge1", "rouge1"), ("rouge2", "rouge2"), ("rougeL", "rougeL")])
def test_agrees_with_torchmetrics(respond, name, key):
    """torchmetrics 1.9 has ROUGE of its own: same words, no stemmer."""
    rouge = pytest.importorskip("torchmetrics.functional.text.rouge")
    pairs = [
        ("What is the treatment for gout?", "how is gout treated"),
        ("Is it gout or pain", "pain or gout is it"),
        ("Where can I find help for my 3-year-old?", "Where can I find help?"),
        ("x y", "a b"),
    ]
    ours = METRICS[name].score([respond(answer, gold) for gold, answer in pairs])
    theirs = [float(rouge.rouge_score(answer, gold, rouge_keys=key)[f"{key}_fmeasure"]) for gold, answer in pairs]
    assert ours == pytest.approx(theirs, abs=1e-6)
