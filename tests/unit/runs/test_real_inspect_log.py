"""A log that inspect_ai really wrote: read whole, matched to prompts, scored like the same answers replayed."""

import dataclasses
import json
from pathlib import Path

import pytest

from clue_lib.engines import imported
from clue_lib.engines.imported.zipped import members
from clue_lib.engines.replay import Replay
from clue_lib.engines.store import Partition
from clue_lib.errors import ModelError
from clue_lib.models import Recording
from clue_lib.runs import PromptSettings, plan_task, score
from clue_lib.runs.importing import match
from clue_lib.tasks import TASKS
from clue_lib.types import Identity

LOG = Path(__file__).parents[1] / "engines" / "logs" / "inspect" / "meqsum.eval"
OPTION = "--model=import:FILE"


@pytest.fixture(scope="module")
def planned(shared_data):
    """The ten questions in the wording that was asked; of MeQSum's metrics those that need no model."""
    task = dataclasses.replace(TASKS["meqsum"], clue_metrics=("rouge1", "rouge2", "rougeL"))
    whole = plan_task(task, PromptSettings(data_root=shared_data / "public", limit=20, n_wordings=1))
    return dataclasses.replace(whole, examples=whole.examples[:10], requests=whole.requests[:10])


def test_the_log_tells_what_the_program_did():
    source = imported.read(LOG)
    assert len(source.answers) == 10  # as header.json counts them
    assert json.loads(source.facts.sampling) == {"max_tokens": 24}  # as the call set it
    assert (source.facts.program, source.facts.version) == ("inspect", "0.3.285")
    assert source.facts.settings["engine"] == "hf"
    assert {given.finish_reason for given in source.answers} == {None}  # the provider hf does not tell


def test_its_scores_are_those_of_the_same_answers_replayed(planned, tmp_path):
    matched = match(imported.read(LOG), [planned], option=OPTION)
    assert "prompts of this run" in str(matched.engine.args)
    partition = Partition(tmp_path, Recording(identity=Identity(replay="log"), engine=matched.engine))
    texts = {sample["id"].rpartition("@")[2]: sample["output"]["completion"] for sample in log()["samples"]}
    partition.append([(key, given) for key, given in matched.answers.items()])
    replayed = Replay(partition.folder, (), {}).generate(planned.requests, None)
    assert [given.text for given in replayed] == [texts[request.key[:16]] for request in planned.requests]
    given = [matched.answers[request.key] for request in planned.requests]
    one, other = (score(planned, answers, model="m", engine="e") for answers in (given, replayed))
    assert one.scores == other.scores
    assert any(one.scores["rouge1"])
    assert set(one.scores["truncated"]) == {None}


def log():
    """The whole log as its JSON form holds it."""
    (header,) = (json.loads(content) for name, content in members(LOG, "header.json"))
    samples = [json.loads(content) for _, content in members(LOG, "samples/")]
    return {"version": 2, "status": header["status"], **header, "samples": samples}


def written(tmp_path, samples):
    path = tmp_path / "log.json"
    path.write_text(json.dumps(log() | {"samples": samples}))
    return path


def swapped(name):
    """Two samples' values of that name change places."""

    def change(samples):
        first, second, *rest = samples
        return [first | {name: second[name]}, second | {name: first[name]}, *rest]

    return change


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
