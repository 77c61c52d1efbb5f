"""gate.json: valid whatever the figures, honest about what passed, and free of any model's text."""

import dataclasses
import json
from importlib.resources import files
from typing import get_args

import jsonschema
import pytest

from clue_lib.errors import ReportError, StoreError
from clue_lib.report import examples, folder, gate_json, gate_reading, gate_record, of_run
from clue_lib.types import Noise, Outcome, PastScore, Waiver

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def read(info, verdicts):
    return json.loads(gate_json.render(of_run(info, verdicts)), parse_constant=refuse)


@pytest.fixture(scope="module")
def schema():
    text = (files("clue_lib.report") / "gate.schema.json").read_text(encoding="utf-8")
    found = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("outcome", get_args(Outcome))
@pytest.mark.parametrize("figures", [(), INFINITE, None])
def test_every_outcome_is_valid_by_the_schema(info, judged, schema, outcome, figures):
    schema.validate(read(info(), [judged(outcome, figures=figures)]))


def test_whole_runs_are_valid_by_the_schema(finished, attacked, schema):
    for run in (finished, attacked):
        schema.validate(read(run.info, run.verdicts))


def test_waivers_noise_and_past_scores_are_valid_by_the_schema(info, judged, schema):
    shares = dict.fromkeys(("text_flips", "score_flips", "delta", "standard_error", "floor", "margin"), 0.5)
    past = [(0.0, 1.0, ""), (None, None, "no such folder")]
    run = info(
        n_selected=0,
        waivers=(Waiver(gate="level1.mednli.accuracy", owner="o", reason="r", expires="2999-01-01"),),
        noise=(Noise(gate="level1.mednli.accuracy", n=1, **shares),),
        past_scores=tuple(PastScore(task="a", metric="b", baseline=x, candidate=y, note=z) for x, y, z in past),
        scoring="clue-2024-06",
    )
    for verdicts in ([], [judged()]):
        schema.validate(read(run, verdicts))


def test_the_schema_knows_each_key_and_no_other(info, judged, schema):
    document = read(info(), [judged()])
    for spoilt in (document | {"more": 1}, {key: value for key, value in document.items() if key != "passed"}):
        assert not schema.is_valid(spoilt)
    document["gates"][0]["more"] = 1
    assert not schema.is_valid(document)


def test_another_version_is_not_valid(info, judged, schema):
    assert not schema.is_valid(read(info(), [judged()]) | {"schema": 2})


def test_what_is_written_is_read_back(info, judged, tmp_path):
    verdicts = [
        judged(),
        judged("UNDECIDED", metric="empty", figures=INFINITE),
        judged("NOT RUN", metric="truncated", figures=None),
    ]
    gate_json.write(tmp_path / "gate.json", of_run(info(), verdicts))
    assert gate_json.read(tmp_path) == gate_json.read(tmp_path / "gate.json") == of_run(info(), verdicts)


def test_the_groups_that_lost_most_stand_in_it_by_the_folders_table(finished, schema, tmp_path):
    """The table is made so that of one cluster all six are wrong, which the base had right; by hand."""
    run = finished.write(tmp_path)
    table = examples.read(run / "examples.parquet")
    of_task = table[table["task"] == "mednli"].head(12).assign(slices="{}", gold="", wording=1)
    of_task["cluster"] = ["p1"] * 6 + ["p2"] * 6
    of_task["baseline.accuracy"], of_task["candidate.accuracy"] = 1.0, [0.0] * 6 + [1.0] * 6
    examples.write(of_task, run / "examples.parquet")
    document = folder.with_slices(run, gate_json.read(run))
    gate_json.write(run / "gate.json", document)
    written = json.loads((run / "gate.json").read_text())
    schema.validate(written)
    (slice_,) = written["worst_slices"]
    assert (slice_["task"], slice_["kind"], slice_["group"], slice_["n"]) == ("mednli", "cluster", "p1", 6)
    assert (slice_["delta"], slice_["error"], slice_["n_right"]) == (-1.0, 0.0, 6)
    assert slice_["p"] == pytest.approx(2 / 64)
    assert gate_json.read(run) == document


def test_without_a_table_that_can_be_read_there_are_none(info, judged, tmp_path):
    document = of_run(info(), [judged()])
    assert folder.with_slices(tmp_path, document) == document
    (tmp_path / "examples.parquet").write_bytes(b"no table")
    assert folder.with_slices(tmp_path, document) == document


def test_figures_are_unrounded_shares(info, judged):
    gate = read(info(), [judged(figures={"delta": -1 / 3, "lower": -0.5})])["gates"][0]
    assert (gate["delta"], gate["lower"], gate["margin"], gate["p_adjusted"]) == (-1 / 3, -0.5, 0.03, 0.002)
    assert (gate["id"], gate["outcome"], gate["ok"], gate["n"]) == ("level1.mednli.accuracy", "REGRESSED", False, 200)


def test_the_run_keeps_whole_digests(info, judged):
    run = read(info(), [judged()])["run"]
    assert run["baseline"]["identity"]["weights"].startswith("m42-health/Llama3-Med42-8B@0123456789abcdef")
    assert len(run["thresholds_digest"]) == len(run["candidate"]["identity"]["adapter"]) == 64


def test_what_is_not_known_is_null(info, judged):
    gate = read(info(), [judged("UNDECIDED", figures=INFINITE)])["gates"][0]
    assert [gate[name] for name in ("lower", "upper", "mde")] == [None, None, None]
    assert gate["p"] == 1.0


def test_a_gate_that_was_not_compared_has_no_figures(info, judged):
    gate = read(info(), [judged("ERROR", figures=None, reason="the engine died")])["gates"][0]
    assert (gate["outcome"], gate["reason"], gate["ok"], gate["p_adjusted"]) == (
        "ERROR",
        "the engine died",
        False,
        None,
    )
    assert {gate[name] for name in ("delta", "n", "tier", "signature")} == {None}


def test_no_models_text_and_no_example_is_in_it(info, judged):
    written = gate_json.render(of_run(info(), [judged(figures={"tier": "public"})]))
    for part in (b"CANARY", b"pair-7", b"neutral", b'"worst"'):
        assert part not in written


@pytest.mark.parametrize(
    ("oks", "n_selected", "passed"),
    [
        ([True, True], 2, True),
        ([True, False], 2, False),
        ([False], 1, False),
        ([True], 2, False),  # one gate was selected and never judged
        ([], 0, False),
        ([], 2, False),
    ],
)
def test_only_a_whole_run_without_a_failure_passes(info, judged, oks, n_selected, passed):
    run, verdicts = info(n_selected=n_selected), [judged("HELD", ok=ok) for ok in oks]
    assert of_run(run, verdicts).passed is passed
    assert read(run, verdicts)["passed"] is passed


def test_a_run_that_compared_nothing_has_not_passed(info, judged):
    open_ = dataclasses.replace(judged("NOT RUN", ok=True), comparison=None)
    assert not of_run(info(n_selected=1), [open_]).passed
    assert of_run(info(n_selected=2), [open_, judged("HELD", ok=True)]).passed


def test_properties_are_the_figures_that_are_known(judged):
    found = dict(gate_json.properties(judged()))
    assert (found["outcome"], found["delta"], found["p_adjusted"]) == ("REGRESSED", -0.1, 0.002)
    assert "CANARY" not in str(found)
    assert None not in dict(gate_json.properties(judged("ERROR", figures=None))).values()


def test_it_is_written_where_no_folder_was(info, judged, tmp_path):
    path = tmp_path / "some" / "where" / "gate.json"
    found = of_run(info(), [judged()])
    gate_json.write(path, found)
    assert path.read_bytes() == gate_json.render(found)
    assert path.read_bytes().endswith(b"}\n")


def test_a_folder_that_cannot_be_written_to(info, judged, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"name a writable folder with --report-dir$") as caught:
        gate_json.write(tmp_path / "file" / "gate.json", of_run(info(), [judged()]))
    assert "\n" not in str(caught.value)


def test_there_is_nothing_to_read(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ReportError, match=r"No such file or directory; name a run's report folder"):
            gate_json.read(path)


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
        gate_json.read(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_another_version_is_refused(info, judged, tmp_path):
    content = json.loads(gate_json.render(of_run(info(), [judged()]))) | {"schema": 2}
    (tmp_path / "gate.json").write_text(json.dumps(content))
    with pytest.raises(ReportError, match="schema 2, this version reads 1"):
        gate_json.read(tmp_path)


@pytest.mark.parametrize(
    ("task", "metric", "kind", "better"),
    [
        ("mednli", "accuracy", "clue", "higher"),
        ("mednli", "empty", "failure mode", "lower"),
        ("mednli", "macro_f1", "other", "higher"),
        ("averages", "level1", "run", "higher"),
        ("families", "hallucination", "run", "lower"),
        ("pooled", "any_degradation", "run", "higher"),
    ],
)
def test_a_metrics_kind_and_direction(info, judged, task, metric, kind, better):
    verdict = judged(task=task, metric=metric)
    (gate,) = read(info(), [verdict])["gates"]
    assert (gate["kind"], gate["better"]) == (kind, better)
    assert gate_reading.decode(json.dumps(gate_record.encode(verdict)).encode()).gate == verdict.gate


def test_metrics_of_all_kinds_together_have_no_level(info, judged):
    (found,) = read(info(), [judged(task="pooled", metric="any_degradation", figures={"levels": None})])["gates"]
    assert (found["baseline"], found["candidate"], found["delta"]) == (None, None, -0.1)


def test_a_gate_says_all_that_a_verdict_does(info, judged):
    (found,) = read(info(), [judged()])["gates"]
    assert (found["id"], found["margin_reason"], found["table"]) == (
        "level1.mednli.accuracy",
        "small enough",
        "level1.mednli.accuracy",
    )
    assert (found["n"], found["n_excluded"], found["method"], found["signature"]) == (
        200,
        3,
        "cluster t",
        "accuracy|v1",
    )


def test_a_group_of_gates_that_is_none_is_refused(info, judged, tmp_path):
    content = read(info(), [judged(task="averages", metric="level1")])
    content["gates"][0]["task"] = "sums"
    (tmp_path / "gate.json").write_text(json.dumps(content))
    with pytest.raises(ReportError, match="sums is no group of gates of the whole run"):
        gate_json.read(tmp_path)


def test_a_gate_that_stands_there_twice_is_refused(info, judged, tmp_path):
    # one of two gates taken out, the other repeated: the number of gates still is the one that was selected
    held = judged("HELD", ok=True)
    path = tmp_path / "gate.json"
    gate_json.write(path, of_run(info(n_selected=2), [held, held]))
    with pytest.raises(ReportError, match=r"gate.json: level1.mednli.accuracy stands there twice; .* run the gate"):
        gate_json.read(path)
