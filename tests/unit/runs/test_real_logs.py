"""Logs that other programs really wrote: read whole, matched to prompts, scored like the same answers replayed."""

import json
from pathlib import Path

import pytest
from real_logs import OPTION, meqsum, scored_alike, swapped

from clue_lib.engines import imported
from clue_lib.errors import ModelError
from clue_lib.runs.importing import match

LOGS = Path(__file__).parents[1] / "engines" / "logs"
LM_EVAL = next((LOGS / "lm-eval").glob("samples_*.jsonl"))


@pytest.fixture(scope="module")
def planned(shared_data):
    return meqsum(shared_data, 20)


def test_a_log_of_lm_eval_tells_what_the_harness_did():
    source = imported.read(LM_EVAL)
    assert len(source.answers) == 20  # as results_….json counts them
    # What the task's YAML set; results_….json names the versions.
    assert json.loads(source.facts.sampling) == {"do_sample": False, "max_gen_toks": 48, "until": ["\n\n"]}
    assert (source.facts.program, source.facts.version) == ("lm-eval", "0.4.13")
    assert source.facts.settings["engine"] == "hf"


def test_its_scores_are_those_of_the_same_answers_replayed(planned, tmp_path):
    matched = match(imported.read(LM_EVAL), [planned], option=OPTION)
    raw = [json.loads(line) for line in LM_EVAL.read_text().splitlines()]
    texts = {line["doc"]["id"].rpartition("@")[2]: line["resps"][0][0] for line in raw}
    scored_alike(planned, matched, texts, tmp_path)


def changed(tmp_path, change):
    """A copy of the log whose lines the function changed."""
    lines = [json.loads(line) for line in LM_EVAL.read_text().splitlines()]
    path = tmp_path / LM_EVAL.name
    path.write_text("".join(json.dumps(line) + "\n" for line in change(lines)))
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (swapped("doc"), "its document is not the one that lm-evaluation-harness wrote"),
        (swapped("target"), "its target is not the one that lm-evaluation-harness wrote"),
        (swapped("arguments"), "its prompt is not the one that lm-evaluation-harness wrote"),
        (lambda lines: [*lines, lines[3]], "a second answer to meqsum"),
        (lambda lines: lines[1:], "no answer to 1 of meqsum"),
    ],
    ids=["shuffled", "regraded", "prompts", "duplicated", "shortened"],
)
def test_a_changed_copy_is_refused(planned, tmp_path, change, told):
    with pytest.raises(ModelError) as caught:
        match(imported.read(changed(tmp_path, change)), [planned], option=OPTION)
    assert told in str(caught.value)


def test_the_order_of_the_lines_says_nothing(planned, tmp_path):
    backwards = match(imported.read(changed(tmp_path, lambda lines: lines[::-1])), [planned], option=OPTION)
    assert backwards.answers == match(imported.read(LM_EVAL), [planned], option=OPTION).answers
