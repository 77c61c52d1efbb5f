"""The sentinel: what each profile demands of a run, and the reason where it judged less."""

import dataclasses

import pytest

from clue_lib.report import document, terminal
from clue_lib.report.demands import shortfall

NOT_RUN = {"figures": None, "reason": "nejm: no data"}


@pytest.fixture
def lacks(info, judged):
    def find(profile="ci", gates=None, **changed):
        rows = [document.row(gate) for gate in ([judged("HELD", ok=True)] if gates is None else gates)]
        return shortfall(info(profile=profile, **changed), rows)

    return find


@pytest.mark.parametrize("profile", ["smoke", "ci", "point", "release"])
def test_no_profile_is_content_with_nothing(lacks, judged, profile):
    assert lacks(profile) == ""
    assert lacks(profile, [], n_selected=0).startswith(f"NOTHING JUDGED ({profile}): no gate was selected")
    assert lacks(profile, [judged("NOT RUN", ok=True, **NOT_RUN)]) == f"NOTHING JUDGED ({profile}): nejm: no data"
    assert lacks(profile, n_selected=3) == f"INCOMPLETE ({profile}): 1 of 3 selected gates were judged"


@pytest.mark.parametrize("profile", ["smoke", "ci", "point", "release"])
def test_a_run_of_monitors_alone_has_judged_nothing(lacks, judged, profile):
    watched = judged("REGRESSED", ok=True, role="monitor")
    assert lacks(profile, [watched]) == (
        f"NOTHING JUDGED ({profile}): only monitored metrics were compared, which fail no run; select a gate"
    )
    unjudged = judged("NOT RUN", ok=True, task="nejm", **NOT_RUN)
    assert "only monitored metrics" in lacks(profile, [watched, unjudged], n_selected=2)
    assert "only monitored metrics" not in lacks(profile, [watched, judged("HELD", ok=True)], n_selected=2)


def test_only_release_demands_the_gates_that_were_not_selected(lacks):
    assert lacks("release", n_left_out=9) == (
        "INCOMPLETE (release): it demands all 10 gates of thresholds.toml, and 9 were not selected; drop -k, -m and "
        "paths"
    )
    assert lacks("ci", n_left_out=9) == lacks("smoke", n_left_out=9) == ""


def test_only_release_demands_every_gate_judged(lacks, judged):
    gates = [judged("HELD", ok=True), judged("NOT RUN", ok=True, task="nejm", **NOT_RUN)]
    assert lacks("release", gates, n_selected=2).endswith("and 1 were not, first level1.nejm.accuracy: nejm: no data")
    assert lacks("ci", gates, n_selected=2) == ""
    monitored = [gates[0], judged("NOT RUN", ok=True, role="monitor", **NOT_RUN)]
    assert lacks("release", monitored, n_selected=2) == ""


def test_only_release_demands_real_data(lacks, info):
    bundled = tuple(dataclasses.replace(task, tier="bundled") for task in info().tasks)
    mcq = (dataclasses.replace(bundled[0], name="mcq"),)
    assert "real data, and problem_summary had bundled" in lacks("release", tasks=(info().tasks[0], bundled[1]))
    assert lacks("release", tasks=mcq) == lacks("ci", tasks=bundled) == ""


def test_the_reason_is_the_headline_and_the_run_has_not_passed(info, judged):
    run, held = info(profile="release", n_left_out=9), [judged("HELD", ok=True)]
    found = document.of_run(run, held)
    assert (found.passed, found.state) == (False, "broken")
    assert found.headline == shortfall(run, found.gates)
    assert found.title == f"BROKEN: {found.headline}"
    assert " ".join(terminal.sentence(run, held)) == found.headline
