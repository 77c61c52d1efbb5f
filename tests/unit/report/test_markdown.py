"""report.md: headline first, failed gates on top, short enough for a comment."""

import dataclasses

import pytest
from fake_run import fake_run
from markdown_it import MarkdownIt

from clue_lib.report import examples, markdown, of_run
from clue_lib.types import PastScore


@pytest.fixture(scope="module")
def run(finished):
    return of_run(finished.info, finished.verdicts)


@pytest.fixture(scope="module")
def text(run, folder):
    return markdown.render(run, examples.read(folder / "examples.parquet"))


def test_the_headline_is_the_first_line(run, text):
    assert text.splitlines()[0] == f"## {run.title}"


def test_notes_come_before_it(run):
    lines = markdown.render(run, notes=("Other thresholds",)).splitlines()
    assert lines[0] == "**Other thresholds**"
    assert lines[2].startswith("## FAIL")


def test_failed_gates_lead_the_table_then_undecided_ones(run, text):
    table = text.split("| average |")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ") and "gate" not in line]
    outcomes = [row[-1].removesuffix(" |") for row in rows]
    assert outcomes[: len(run.failed)] == [f"**{row.outcome}**" for row in run.failed]
    assert set(outcomes[len(run.failed) :]) <= {"UNDECIDED"}
    assert rows[0][0].startswith("| averages")  # primaries before others


def test_every_gate_stands_in_it_once_or_twice(run, text):
    for verdict in run.verdicts:
        assert 1 <= text.count(f"| {verdict.gate.task} {verdict.gate.metric} |") <= 2


def test_it_renders_to_tables_and_folded_parts(text):
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert shown.count("<table>") == sum(line.startswith("|---") for line in text.splitlines())
    assert shown.count("<details>") == shown.count("</details>") > 3
    assert shown.rstrip().endswith(markdown.MARKER)
    assert "| " not in shown.replace(markdown.MARKER, "")


def test_flips_are_shown_of_open_data_only(finished, run, text):
    assert "mednli accuracy: worst of" in text
    assert "problem_summary rouge1: worst of" not in text
    hidden = next(base for base, _ in finished.pairs if base.task == "problem_summary")
    for response in hidden.responses:
        assert response.example.id not in text


def test_it_stays_below_githubs_limit(run, folder):
    many = []
    for i in range(40):
        for verdict in run.verdicts:
            gate = dataclasses.replace(verdict.gate, id=f"{verdict.gate.id}{i}", metric=f"{verdict.gate.metric}{i}")
            many.append(dataclasses.replace(verdict, gate=gate))
    text = markdown.render(dataclasses.replace(run, verdicts=tuple(many)), examples.read(folder / "examples.parquet"))
    assert len(text.encode()) < 60_000
    assert "more that failed or are undecided" in text
    assert "## FAIL" in text.splitlines()[0]


def test_a_commands_text_can_be_copied(run, text):
    assert f"<pre>{run.command}</pre>" in text


def test_a_run_that_compared_nothing(info, judged):
    text = markdown.render(of_run(info(), [judged("ERROR", figures=None, reason="the engine died")]))
    assert text.startswith("## BROKEN: NOTHING JUDGED (ci): the engine died")
    assert "| mednli accuracy | – | – | – | – | 3.0 | – | **ERROR** |" in text


def test_long_reasons_do_not_break_the_limit(info, judged):
    """Every gate failed or in error, waivers, a headline and notes of thousands of characters that need escapes."""
    long = "`<b>|&@x#1_[x](y)` " * 200
    whole = fake_run(n=3)
    for figures, outcome in (((), "REGRESSED"), (None, "ERROR")):
        gates = [judged(outcome, metric=f"m{i}", figures=figures, reason=long) for i in range(160)]
        run = dataclasses.replace(
            whole.info,
            n_selected=len(gates),
            candidate=dataclasses.replace(whole.info.candidate, name=long),
            past_scores=tuple(
                PastScore(task="problem_summary", metric=f"m{i}", baseline=None, candidate=None, note=long)
                for i in range(27)
            ),
        )
        text = markdown.render(of_run(run, gates), notes=[long] * 160)
        assert len(text.encode()) < 60_000
        assert "more such notes" in text
        assert text.rstrip().endswith(markdown.MARKER)
