"""gate.json: valid whatever the figures, honest about what passed, and free of any model's text."""

import dataclasses
import json

import pytest

from clue_lib.errors import StoreError
from clue_lib.report import gate_json

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def read(info, verdicts):
    return json.loads(gate_json.render(info, verdicts), parse_constant=refuse)


def test_the_documents_keys_are_fixed(info, judged):
    document = read(info(), [judged()])
    assert list(document) == ["schema", "passed", "headline", "run", "averages", "gates"]
    assert document["schema"] == 1
    assert list(document["run"]) == [
        "version",
        "profile",
        "limit",
        "seed",
        "thresholds",
        "thresholds_digest",
        "n_selected",
        "n_engine_starts",
        "baseline",
        "candidate",
        "tasks",
    ]
    assert list(document["gates"][0]) == [
        "id",
        "role",
        "margin",
        "outcome",
        "ok",
        "reason",
        "p_adjusted",
        "tier",
        "method",
        "n",
        "n_excluded",
        "n_clusters",
        "freedom",
        "design_effect",
        "baseline",
        "candidate",
        "delta",
        "lower",
        "upper",
        "p",
        "mde",
        "n_worse",
        "n_better",
        "signature",
    ]


def test_figures_are_unrounded_shares(info, judged):
    gate = read(info(), [judged(figures={"delta": -1 / 3, "lower": -0.5})])["gates"][0]
    assert (gate["delta"], gate["lower"], gate["margin"], gate["p_adjusted"]) == (-1 / 3, -0.5, 0.03, 0.002)
    assert (gate["id"], gate["outcome"], gate["ok"], gate["n"]) == ("level1.mednli.accuracy", "REGRESSED", False, 200)


def test_the_run_keeps_whole_digests(info, judged):
    run = read(info(), [judged()])["run"]
    assert run["baseline"]["identity"]["weights"].startswith("m42-health/Llama3-Med42-8B@0123456789abcdef")
    assert len(run["thresholds_digest"]) == len(run["candidate"]["identity"]["adapter"]) == 64


def test_what_is_not_known_is_null(info, judged):
    gate = read(info(), [judged("INCONCLUSIVE", figures=INFINITE)])["gates"][0]
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
    assert "delta" not in gate


def test_no_models_text_and_no_example_is_in_it(info, judged):
    document = gate_json.render(info(), [judged(figures={"tier": "public"})])
    for part in (b"CANARY", b"pair-7", b"neutral", b"worst"):
        assert part not in document


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
    assert gate_json.passed(run, verdicts) is passed
    assert read(run, verdicts)["passed"] is passed


def test_a_run_that_compared_nothing_has_not_passed(info, judged):
    open_ = dataclasses.replace(judged("NOT RUN", ok=True), comparison=None)
    assert not gate_json.passed(info(n_selected=1), [open_])
    assert gate_json.passed(info(n_selected=2), [open_, judged("HELD", ok=True)])


def test_properties_are_the_figures_that_are_known(judged):
    found = dict(gate_json.properties(judged()))
    assert (found["outcome"], found["delta"], found["p_adjusted"]) == ("REGRESSED", -0.1, 0.002)
    assert "CANARY" not in str(found)
    assert None not in dict(gate_json.properties(judged("ERROR", figures=None))).values()


def test_it_is_written_where_no_folder_was(info, judged, tmp_path):
    path = tmp_path / "some" / "where" / "gate.json"
    gate_json.write(path, info(), [judged()])
    assert path.read_bytes() == gate_json.render(info(), [judged()])
    assert path.read_bytes().endswith(b"}\n")


def test_a_folder_that_cannot_be_written_to(info, judged, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"name a writable folder with --report-dir$") as caught:
        gate_json.write(tmp_path / "file" / "gate.json", info(), [judged()])
    assert "\n" not in str(caught.value)
