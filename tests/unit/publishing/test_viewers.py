"""Results for the viewers of other harnesses: read back by these where they are installed, else by their fields."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from skips import needs

from clue_lib.errors import ReportError
from clue_lib.publishing import viewers
from clue_lib.report import EXAMPLES_FILE, examples, read

AT = datetime(2026, 11, 27, 17, 0, 0, 5, tzinfo=UTC)


def written(folder, place):
    """Every file of the run, by what stands behind its time or before it."""
    found = viewers.files(read(folder), folder, inspect=place / "inspect", lm_eval=place / "lm-eval", at=AT)
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def place(folder, tmp_path_factory):
    """The exports of the finished run, whose task Problem Summary is under an agreement."""
    return written(folder, tmp_path_factory.mktemp("viewers"))


def loaded(place, task, side="candidate"):
    return json.loads((place / "inspect" / f"2026-11-27T17-00-00+00-00_{task}_{side}.json").read_text())


def results(place, side="candidate"):
    return json.loads((place / "lm-eval" / side / "results_2026-11-27T17-00-00.000005.json").read_text())


def lines(place, task, side="candidate"):
    path = place / "lm-eval" / side / f"samples_{task}_2026-11-27T17-00-00.000005.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_log_holds_every_answer_with_its_scores(place, folder):
    table = examples.read(folder / EXAMPLES_FILE)
    rows = table[table["task"] == "meqsum"].reset_index(drop=True)
    log = loaded(place, "meqsum")
    assert (log["version"], log["status"], log["eval"]["task"]) == (2, "success", "meqsum")
    assert len(log["samples"]) == log["results"]["completed_samples"] == len(rows)
    first, row = log["samples"][0], rows.iloc[0]
    assert (first["id"], first["target"], first["input"]) == (row["example_id"], row["gold"], row["question"])
    assert first["output"]["completion"] == first["messages"][-1]["content"] == row["candidate_text"]
    assert first["scores"]["rouge1"]["value"] == row["candidate.rouge1"]


def test_the_values_are_those_of_the_gates(place, folder):
    gates = {verdict.gate.id: verdict for verdict in read(folder).verdicts}
    levels = gates["level1.meqsum.rouge1"].comparison.levels
    for side, value in (("baseline", levels.baseline), ("candidate", levels.candidate)):
        scores = {score["name"]: score["metrics"] for score in loaded(place, "meqsum", side)["results"]["scores"]}
        assert scores["rouge1"]["value"] == {"name": "value", "value": value}
        assert results(place, side)["results"]["meqsum"]["rouge1,none"] == value


def test_of_data_under_an_agreement_scores_alone_are_written(place):
    log = loaded(place, "problem-summary")
    assert log["samples"]
    assert log["results"]["scores"]
    for sample in log["samples"]:
        said = [sample["input"], sample["target"], sample["output"]["completion"]]
        said += [message["content"] for message in sample["messages"]]
        assert set(said + [score["answer"] for score in sample["scores"].values()]) == {""}
    assert "problem_summary" in results(place)["results"]
    assert not list((place / "lm-eval").rglob("samples_problem_summary*"))


def test_a_table_that_quotes_such_data_is_refused(folder, tmp_path):
    frame = examples.read(folder / EXAMPLES_FILE)
    frame.loc[frame["task"] == "problem_summary", "gold"] = "CANARY"
    examples.write(frame, tmp_path / EXAMPLES_FILE)
    with pytest.raises(ReportError, match="quotes data under an agreement") as caught:
        viewers.files(read(folder), tmp_path, inspect=tmp_path, lm_eval=None, at=AT)
    assert "CANARY" not in str(caught.value)


# The fields that lm-evaluation-harness's scripts/zeno_visualize.py and `lm_eval.utils.make_table` (0.4.13) read.
def test_the_harness_finds_what_it_reads(place):
    made = results(place)
    assert made["config"]["model_args"].startswith("pretrained=")
    for task in ("mednli", "meqsum", "medisumcode", "jama"):
        config = made["configs"][task]
        assert config["output_type"] == "generate_until"
        metrics = {each["metric"]: each["higher_is_better"] for each in config["metric_list"]}
        assert made["higher_is_better"][task] == metrics
        assert {f"{metric},none" for metric in metrics} <= made["results"][task].keys()
        assert made["n-samples"][task].keys() == {"original", "effective"}
        for line in lines(place, task):
            assert line["arguments"]["gen_args_0"]["arg_0"] == line["doc"]["question"]
            assert line["filtered_resps"] == line["resps"][0]
            assert metrics.keys() <= line.keys()
            assert line["target"] == line["doc"]["gold"]
    assert made["higher_is_better"]["mednli"]["accuracy"] is True
    assert made["higher_is_better"]["mednli"]["empty"] is False


def test_hostile_names_name_no_other_place(attacked_folder, tmp_path):
    place = written(attacked_folder, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert {path.name for path in place.iterdir()} == {"inspect", "lm-eval"}
    (made,) = (place / "lm-eval" / "candidate").glob("results_*.json")
    assert "\x1b" not in json.loads(made.read_text())["model_name"]


@needs("inspect_ai", "inspect_ai, which nothing here installs")
def test_inspect_reads_its_logs(place):
    from inspect_ai.log import list_eval_logs, read_eval_log

    listed = list_eval_logs(str(place / "inspect"))
    assert len(listed) == 12  # five tasks and the pooled one, two models
    for info in listed:
        log = read_eval_log(info)
        assert log.status == "success"
        assert {sample.id for sample in log.samples} == set(log.eval.dataset.sample_ids)


@needs("lm_eval", "lm-evaluation-harness, which nothing here installs")
def test_the_harness_makes_its_table(place):
    from lm_eval.utils import get_file_task_name, get_results_filenames, make_table

    folder = Path(place / "lm-eval" / "candidate")
    (found,) = get_results_filenames([path.as_posix() for path in folder.iterdir()])
    assert "rouge1" in make_table(json.loads(Path(found).read_text()))
    names = {get_file_task_name(path.name) for path in folder.glob("samples_*")}
    assert names == {"mednli", "meqsum", "medisumcode", "jama"}
