"""A log that inspect_ai really wrote: read whole, matched to prompts, scored like the same answers replayed."""

import json
from pathlib import Path

import pytest
from real_logs import OPTION, meqsum, scored_alike, swapped

from clue_lib.engines import imported
from clue_lib.engines.imported.zipped import members
from clue_lib.errors import ModelError
from clue_lib.runs.importing import match

LOG = Path(__file__).parents[1] / "engines" / "logs" / "inspect" / "meqsum.eval"


@pytest.fixture(scope="module")
def planned(shared_data):
    return meqsum(shared_data, 10)


def test_the_log_tells_what_the_program_did():
    source = imported.read(LOG)
    assert len(source.answers) == 10  # as header.json counts them
    assert json.loads(source.facts.sampling) == {"max_tokens": 24}  # as the call set it
    assert (source.facts.program, source.facts.version) == ("inspect", "0.3.285")
    assert source.facts.settings["engine"] == "hf"
    assert {given.finish_reason for given in source.answers} == {None}  # the provider hf does not tell


def test_its_scores_are_those_of_the_same_answers_replayed(planned, tmp_path):
    matched = match(imported.read(LOG), [planned], option=OPTION)
    texts = {sample["id"].rpartition("@")[2]: sample["output"]["completion"] for sample in log()["samples"]}
    scores = scored_alike(planned, matched, texts, tmp_path)
    assert set(scores["truncated"]) == {None}


def log():
    """The whole log as its JSON form holds it."""
    (header,) = (json.loads(content) for name, content in members(LOG, "header.json"))
    samples = [json.loads(content) for _, content in members(LOG, "samples/")]
    return {"version": 2, "status": header["status"], **header, "samples": samples}


def written(tmp_path, samples):
    path = tmp_path / "log.json"
    path.write_text(json.dumps(log() | {"samples": samples}))
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (swapped("target"), "its gold is not that of meqsum"),
        (swapped("output"), "its conversation ends with another answer than its output"),
        (swapped("id"), "its gold is not that of meqsum"),
        (lambda samples: [*samples, samples[3]], "a second answer to meqsum"),
        (lambda samples: samples[1:], "no answer to 1 of meqsum"),
    ],
    ids=["regraded", "answers", "shuffled", "duplicated", "shortened"],
)
def test_a_changed_copy_is_refused(planned, tmp_path, change, told):
    with pytest.raises(ModelError) as caught:
        match(imported.read(written(tmp_path, change(log()["samples"]))), [planned], option=OPTION)
    assert told in str(caught.value)


def test_the_json_form_and_another_order_say_the_same(planned, tmp_path):
    backwards = match(imported.read(written(tmp_path, log()["samples"][::-1])), [planned], option=OPTION)
    assert backwards.answers == match(imported.read(LOG), [planned], option=OPTION).answers
