"""MedNLI: its file's shape, and which label an answer names."""

import json

import pytest

from clue_lib import datasets
from clue_lib.errors import DataError
from clue_lib.tasks import mednli
from clue_lib.types import Parsed, Unparsed

ROW = {"pairID": "p1", "gold_label": "neutral", "sentence1": "He has gout.", "sentence2": "He has pain."}
PARSES = {f"sentence{n}_{kind}": "( ... )" for n in (1, 2) for kind in ("parse", "binary_parse")}


def put(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_row_of_the_real_shape_is_an_example(tmp_path):
    (example,) = mednli.read(put(tmp_path / "f.jsonl", PARSES | ROW))
    assert (example.id, example.gold) == ("p1", "neutral")
    assert example.fields == {"premise": "He has gout.", "hypothesis": "He has pain."}


def test_premise_is_the_cluster_and_the_files_order_stays(tmp_path):
    rows = [ROW | {"pairID": id_, "sentence1": premise} for id_, premise in (("z", "A."), ("a", "B."), ("m", "A."))]
    z, a, m = mednli.read(put(tmp_path / "f.jsonl", *rows))
    assert [z.id, a.id, m.id] == ["z", "a", "m"]
    assert z.cluster == m.cluster != a.cluster


def test_cluster_does_not_show_the_premise(tmp_path):
    (example,) = mednli.read(put(tmp_path / "f.jsonl", ROW))
    assert "gout" not in example.cluster  # reports may print clusters; the premise is under an agreement


@pytest.mark.parametrize("label", ["-", "", "Neutral", "entailment "])
def test_unknown_gold_label_is_one_line_that_names_its_place(tmp_path, label):
    path = put(tmp_path / "f.jsonl", ROW, ROW | {"gold_label": label})
    with pytest.raises(DataError, match="must be one of entailment, neutral, contradiction") as caught:
        mednli.read(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert ROW["pairID"] not in str(caught.value).removeprefix(str(path))  # ids are under the agreement too
    assert "\n" not in str(caught.value)


# Readings by hand: what a clinician who gives the answers would take the text to say.
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("entailment", "entailment"),
        ("ENTAILMENT", "entailment"),
        ("**Neutral**", "neutral"),
        ("__neutral__", "neutral"),
        ("1. neutral", "neutral"),
        ("Answer: contradiction.", "contradiction"),
        ("The premise entails the hypothesis.", "entailment"),
        ("The hypothesis is entailed.", "entailment"),
        ("The hypothesis contradicts the premise.", "contradiction"),
        ("The two are contradictory.", "contradiction"),
        ("neutral\n\nThe premise does not say.", "neutral"),
        ("neutral neutral", "neutral"),
        # Another label is denied.
        ("neutral: the premise does not entail it", "neutral"),
        ("Entailment: the premise doesn't contradict it", "entailment"),
        ("It contradicts, it is not neutral.", "contradiction"),
        ("It does not entail the hypothesis, it contradicts it.", "contradiction"),
        ("Not entailment but contradiction.", "contradiction"),
        ("neutral rather than entailment", "neutral"),
        ("It is a contradiction instead of neutral.", "contradiction"),
        ("It neither entails nor contradicts the hypothesis, so it is neutral.", "neutral"),
        ("It does not entail or contradict the hypothesis; neutral.", "neutral"),
        ("Contradiction is ruled out; this is neutral.", "neutral"),
        ("Entailment: no\nNeutral: yes\nContradiction: no", "neutral"),
        ("Is it entailment? No. Neutral.", "neutral"),
        # "Not" is said of something else.
        ("Neutral: not mentioned in the premise.", "neutral"),
        ("The premise does not mention smoking so it is neutral.", "neutral"),
        ("He does not smoke, which contradicts the hypothesis.", "contradiction"),
        ("The fact that he does not smoke contradicts the hypothesis.", "contradiction"),
        ("No fever contradicts the hypothesis.", "contradiction"),
        ("The absence of fever contradicts the hypothesis.", "contradiction"),
        ("No, it is a contradiction.", "contradiction"),
        ("Not mentioned [neutral]", "neutral"),
        ("The hypothesis is false because the scan contradicts it.", "contradiction"),
        ("There is no doubt that this is a contradiction.", "contradiction"),
        ("It is not only entailed but stated.", "entailment"),
        ('{"label": "neutral", "reason": "it does not entail"}', "neutral"),
        # Stated labels win over those in an explanation.
        ("Neutral. A contradiction would need a normal scan.", "neutral"),
        ("Neutral. Contradiction would need a normal scan.", "neutral"),
        ("The correct label is neutral because entailment needs certainty.", "neutral"),
        ("Label: contradiction\nThe premise entails the opposite.", "contradiction"),
        ("Entailment would need a scan. Answer: neutral", "neutral"),
        ("Entailment would need a scan. Neutral.", "neutral"),
    ],
)
def test_answer_that_names_one_label(text, label):
    assert mednli.parse(text) == Parsed(value=label)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("yes", "no label"),
        ("neutralize", "no label"),
        ("There is no contradiction.", "no label"),
        ("no direct or explicit contradiction", "no label"),
        ("There is no evidence of a contradiction.", "no label"),
        ("No evidence contradicts the hypothesis.", "no label"),
        ("The premise does not entail the hypothesis.", "no label"),
        ("The premise does not necessarily contradict the hypothesis.", "no label"),
        ("The premise doesn’t contradict the hypothesis.", "no label"),
        ("The premise contradicts nothing in the hypothesis.", "no label"),
        ("It says nothing that contradicts the hypothesis.", "no label"),
        ("not entailed", "no label"),
        ("non-entailment", "no label"),
        ("Non entailment", "no label"),
        ("It is not neutral", "no label"),
        ("The answer is not neutral.", "no label"),
        ("I don't think it is neutral.", "no label"),
        ("It cannot be entailment.", "no label"),
        ("I would not call this a contradiction.", "no label"),
        ("By no means a contradiction.", "no label"),
        ("It is wrong to say that the premise entails it.", "no label"),
        ('It is not "neutral".', "no label"),
        ("without contradiction", "no label"),
        ("The hypothesis is neither entailed nor contradicted.", "no label"),
        ("It does not entail or contradict the hypothesis.", "no label"),
        ("The premise fails to entail the hypothesis.", "no label"),
        ("Entailment is not supported.", "no label"),
        ("Entailment: False", "no label"),
        ("entailment or neutral", "several labels"),
        ("entailment / neutral", "several labels"),
        ("neutral. entailment.", "several labels"),
        ("Answer: entailment or neutral", "several labels"),
        ("Answer: neutral\nAnswer: entailment", "several labels"),
        ("Entailment, contradiction and neutral are possible.", "several labels"),
        ("entailment - the hypothesis is certainly true; contradiction - certainly false", "several labels"),
        ("neutral\n\nPremise: he has gout\nHypothesis: he has pain\nentailment", "several labels"),  # it runs on
    ],
)
def test_answer_that_names_none_or_several(text, reason):
    assert mednli.parse(text) == Unparsed(reason=reason)


def test_stand_in_is_read_and_called_not_official(shared_data):
    source = datasets.find("mednli", shared_data)
    examples = mednli.read(source.path)
    assert (source.tier, source.label) == ("credentialed", "not the official file")
    # 615 pairs by the data's README and `wc -l`; 219 premises by `jq .sentence1 | sort -u | wc -l` (jq 1.6).
    assert len(examples) == len({example.id for example in examples}) == 615
    assert len({example.cluster for example in examples}) == 219
