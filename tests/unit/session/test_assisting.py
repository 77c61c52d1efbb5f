"""A limited run where the store holds whole runs of the base and of an earlier candidate: figures, no other verdict."""

import dataclasses

import pytest

from clue_lib.report import assisted_lines, of_run
from clue_lib.session import settings
from clue_lib.session.assisting import expected
from clue_lib.session.judging import judge_run
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun

ACCURACY = "case_challenges.nejm.accuracy"


@pytest.fixture
def chosen(root, tmp_path):
    """The settings of a run of two models that give one letter each."""

    def make(baseline, candidate, **more):
        for letter in (baseline, candidate):
            (tmp_path / letter).mkdir(exist_ok=True)
            (tmp_path / letter / "script.toml").write_text(f'default = "{letter}"\n')
        options = Options(
            baseline=str(tmp_path / baseline),
            model=str(tmp_path / candidate),
            backend="scripted",
            store=str(tmp_path / "store"),
            report_dir=str(tmp_path / "report"),
            thresholds=root / "thresholds.toml",
            **more,
        )
        return settings.from_options(options)

    return make


@pytest.fixture
def session(chosen):
    def make(baseline, candidate, **more):
        found = chosen(baseline, candidate, **more)
        return GateRun(found, found.thresholds.for_task("nejm"), tasks=["nejm"], tell=lambda step: None)

    return make


def assistance_of(run):
    return {id_: one.comparison.assistance for id_, one in run.judged.verdicts.items() if one.comparison}


def test_stored_whole_runs_assist_a_limited_run_and_decide_nothing(session):
    _ = session("A", "B").judged
    run = session("A", "C", limit=20)
    found = assistance_of(run)
    assert found[ACCURACY] is not None
    assert (found[ACCURACY].n_all, found[ACCURACY].n_earlier) == (40, 1)
    assert [id_ for id_, one in found.items() if one is not None] == [ACCURACY]  # failure modes have none
    plain = judge_run(run.answered).verdicts
    for id_, verdict in run.judged.verdicts.items():
        assert (verdict.outcome, verdict.ok, verdict.reason) == (plain[id_].outcome, plain[id_].ok, plain[id_].reason)
        assert dataclasses.replace(verdict.comparison, assistance=None) == plain[id_].comparison
    document = of_run(run.info, list(run.judged.verdicts.values()))
    assert not document.headline.startswith("PASS")
    (row,) = assisted_lines.rows(document)
    assert row.gate == "nejm.accuracy"
    assert float(row.assisted_mde) < float(row.mde)


def test_a_full_run_has_no_assisted_figures(session):
    _ = session("A", "B").judged
    assert set(assistance_of(session("A", "C")).values()) == {None}


@pytest.mark.parametrize("earlier", [("B", "A"), ("A", "C")])
def test_without_the_base_or_an_earlier_candidate_there_is_none(session, earlier):
    """Of a base that is another's, or where the only other whole run is the candidate's own."""
    _ = session(*earlier).judged
    found = assistance_of(session("D" if earlier[0] == "B" else "A", "C", limit=20))
    assert set(found.values()) == {None}


def test_plan_expects_what_it_would_have_been_for_the_earlier_candidate(session, chosen):
    _ = session("A", "B").judged
    limited = chosen("A", "C", limit=20)
    planned = session("A", "C", limit=20).plan["nejm"]
    assert 0 < expected(limited, planned)["accuracy"] < 1
    assert expected(chosen("A", "B", limit=20), planned) == {}  # no other candidate than the one that is planned
