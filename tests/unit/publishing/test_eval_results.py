"""Hugging Face's evaluation results, read back by huggingface_hub itself."""

import dataclasses

import pytest
import yaml
from fake_run import HOSTILE
from huggingface_hub import EvalResultEntry
from huggingface_hub._eval_results import parse_eval_result_entries

from clue_lib.errors import OptionError
from clue_lib.publishing import eval_results
from clue_lib.report import of_run


@pytest.fixture
def document(info, judged):
    """MedNLI lost 10 points, from 80 to 70, on a file that is not the official one."""
    figures = {"baseline": 0.8, "candidate": 0.7, "delta": -0.1}
    return of_run(info(n_selected=2), [judged(figures=figures), judged("HELD", metric="empty", ok=True)])


def test_the_hubs_own_reader_reads_them_back(document):
    written = eval_results.render(document, {"mednli": "bigbio/mednli"})
    (entry,) = parse_eval_result_entries(yaml.safe_load(written))
    assert isinstance(entry, EvalResultEntry)
    assert (entry.dataset_id, entry.task_id, entry.value) == ("bigbio/mednli", "mednli_accuracy", 70.0)
    assert "data: not the official file (0123456789ab), n=200 in 100 clusters, 3 left out" in entry.notes
    assert "base Llama-3-8B-Instruct 80.0, REGRESSED, bounds of the change [−14.0, −6.0] points" in entry.notes


def test_hostile_names_are_text_in_yaml(document):
    named = dataclasses.replace(document.run.baseline, name="\n- value: 100\n" + " ".join(HOSTILE[:-3]))
    run = dataclasses.replace(document.run, baseline=named)
    written = eval_results.render(dataclasses.replace(document, run=run), {"mednli": "a/b"})
    (entry,) = parse_eval_result_entries(yaml.safe_load(written))
    assert entry.value == 70.0
    assert "onerror=alert(1)" in entry.notes
    assert "\x1b" not in entry.notes


def test_bundled_examples_are_no_data_set_of_the_hub(document, finished):
    with pytest.raises(OptionError, match="bundled synthetic examples"):
        eval_results.render(finished.document, {"mednli": "bigbio/mednli"})


def test_a_limited_run_and_an_unknown_task_are_refused(document):
    with pytest.raises(OptionError, match="did you mean mednli"):
        eval_results.render(document, {"mednly": "a/b"})
    limited = dataclasses.replace(document, run=dataclasses.replace(document.run, limit=5))
    with pytest.raises(OptionError, match="--limit=5"):
        eval_results.render(limited, {"mednli": "a/b"})
