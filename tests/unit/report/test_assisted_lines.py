"""Assisted figures in the terminal, report.md, report.html and gate.json; figures by hand."""

import pytest

from clue_lib.report import assisted_lines, gate_json, html, markdown, of_run, terminal
from clue_lib.types import Assistance

HELPED = Assistance(delta=-0.08, lower=-0.11, upper=-0.05, mde=0.04, n_all=1413, n_earlier=2)


@pytest.fixture
def document(info, judged):
    def make(assistance=HELPED):
        return of_run(info(profile="smoke", limit=200), [judged(figures={"assistance": assistance})])

    return make


def test_a_row_has_the_assisted_figures_beside_the_plain_ones(document):
    (row,) = assisted_lines.rows(document())
    assert (row.gate, row.assisted_change, row.assisted_bounds, row.assisted_mde) == (
        "mednli.accuracy",
        "8.0 worse",
        "[−11.0, −5.0]",
        "4.0",
    )
    assert (row.change, row.mde) == ("10.0 worse", "5.0")


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_the_terminal_shows_them_in_its_width(document, columns):
    lines = assisted_lines.lines(document(), columns)
    assert max(map(len, lines)) <= columns
    assert "the plain figures decide." in " ".join(lines)
    shown = [line for line, _ in terminal.summary(document(), "gate-report", columns=columns)]
    assert [line for line in lines if line] == [line for line in shown if line in lines and line]


def test_reports_have_them_and_gate_json_gives_them_back(document, tmp_path):
    told = "2 earlier candidates"
    assert told in markdown.render(document())
    assert told in html.render(document())
    gate_json.write(tmp_path / "gate.json", document())
    (verdict,) = gate_json.read(tmp_path).verdicts
    assert verdict.comparison.assistance == HELPED


def test_without_them_no_report_speaks_of_any(document):
    assert assisted_lines.lines(document(None)) == []
    assert "ssisted" not in markdown.render(document(None))
    assert "assisted-title" not in html.render(document(None))
