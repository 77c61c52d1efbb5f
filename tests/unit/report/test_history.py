"""One gate over several releases: the table, the page and what is refused."""

import dataclasses
import re
from pathlib import Path

import pytest
from fake_run import HOSTILE, fake_run

from clue_lib.errors import ReportError
from clue_lib.report import history
from clue_lib.report.figures import delta, percent

TASKS = ("mednli", "meqsum")


def release(name, **options):
    """A release's document: the same base, data and gates, another candidate."""
    document = fake_run(tasks=TASKS, **options).document
    candidate = dataclasses.replace(document.run.candidate, name=name)
    return dataclasses.replace(document, run=dataclasses.replace(document.run, candidate=candidate))


@pytest.fixture(scope="module")
def runs():
    return {Path("one"): release("v1", equal=True), Path("two"): release("v2"), Path("three"): release("v3", seed=3)}


def verdicts(runs, id_):
    return [next(verdict for verdict in run.verdicts if verdict.gate.id == id_) for run in runs.values()]


def test_a_line_for_each_release_in_the_order_given(runs):
    lines = history.table(history.of_runs(runs, "mednli.accuracy")).splitlines()
    assert lines[0].startswith("mednli accuracy against Llama-3-8B-Instruct, in percent and points; margin 3.0")
    assert [line.split()[0] for line in lines[2:]] == ["release", "v1", "v2", "v3"]
    for line, verdict in zip(lines[3:], verdicts(runs, "level1.mednli.accuracy"), strict=True):
        assert percent(abs(delta(verdict))) in line
        assert verdict.word in line
    assert lines[3].split()[-1] == runs[Path("one")].state


def test_a_gate_is_named_by_task_and_metric_or_by_its_id(runs):
    by_id = history.of_runs(runs, "level1.mednli.accuracy")
    assert by_id == history.of_runs(runs, "mednli.accuracy")
    with pytest.raises(
        ReportError, match=r"--metric=mednli.acuracy: these runs have no such gate; did you mean mednli.acc"
    ):
        history.of_runs(runs, "mednli.acuracy")


def test_left_out_it_is_the_overall_average_else_the_first_main_gate(runs):
    def without_overall(document):
        kept = [verdict for verdict in document.verdicts if not verdict.gate.id.startswith("averages")]
        return dataclasses.replace(document, verdicts=tuple(kept))

    ids = {verdict.gate.id for verdict in runs[Path("one")].verdicts}
    expected = "averages.overall" if "averages.overall" in ids else "level1.mednli.accuracy"
    assert history.of_runs(runs).gate.id == expected
    assert (
        history.of_runs({path: without_overall(run) for path, run in runs.items()}).gate.id == "level1.mednli.accuracy"
    )


def test_runs_that_judged_nothing_have_no_history(runs):
    empty = {path: dataclasses.replace(run, verdicts=()) for path, run in runs.items()}
    with pytest.raises(ReportError, match="these runs judged nothing"):
        history.of_runs(empty)


def test_the_page_draws_every_release_and_needs_no_network(runs):
    source = history.page(history.of_runs(runs, "mednli.accuracy"))
    text = re.sub(r"<[^>]+>", " ", source)
    for name in ("v1", "v2", "v3"):
        assert text.count(name) >= 2  # below the axis and in the table
    assert "default-src 'none'" in source
    assert "<script" not in source
    assert re.findall(r"(?:src|href)=[\"'](?!data:|#)", source) == []
    assert "3 releases, oldest first." in source


def test_a_release_in_which_nothing_was_compared_has_a_row_and_no_mark(runs):
    lost = runs[Path("two")]
    kept = tuple(dataclasses.replace(one, comparison=None, outcome="NOT RUN") for one in lost.verdicts)
    found = history.of_runs({**runs, Path("two"): dataclasses.replace(lost, verdicts=kept)}, "mednli.accuracy")
    line = history.table(found).splitlines()[4]
    assert re.split(r"\s{2,}", line) == ["v2", "–", "–", "–", "–", "NOT RUN", lost.state]
    assert "v2: –, NOT RUN" in history.page(found)


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_name_stays_text(runs, attack):
    attacked = {**runs, Path("four"): release(f"{attack} v4", seed=4)}
    found = history.of_runs(attacked, "mednli.accuracy")
    assert "\x1b" not in history.table(found)
    source = history.page(found)
    assert "<img" not in source
    assert "<script" not in source
    assert "\x1b" not in source
