"""`thresholds check`, `thresholds init` and `thresholds explain`."""

import pytest

from clue_lib import __main__
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_copy_that_is_then_in_force(folder, root, capsys):
    assert __main__.main(["thresholds", "init"]) == 0
    assert "a run in this folder goes by it" in capsys.readouterr().out
    assert (folder / "thresholds.toml").read_bytes() == (root / "thresholds.toml").read_bytes()
    assert __main__.main(["thresholds", "check"]) == 0
    assert capsys.readouterr().out.startswith("thresholds.toml: sound, ")


def test_check_without_a_file_here_is_of_the_suites_own(capsys):
    assert __main__.main(["thresholds", "check"]) == 0
    assert capsys.readouterr().out.startswith("the suite's own thresholds.toml: sound, ")


def test_init_says_how_another_file_is_used(capsys):
    assert __main__.main(["thresholds", "init", "mine.toml"]) == 0
    assert "--thresholds=mine.toml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "reason"),
    [("here.toml", "there is such a file already; edit that one"), ("no/folder.toml", "No such file or directory")],
)
def test_init_overwrites_nothing_and_says_so_in_one_line(folder, capsys, name, reason):
    (folder / "here.toml").write_text("mine")
    assert __main__.main(["thresholds", "init", name]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {name}: {reason}")
    assert (folder / "here.toml").read_text() == "mine"


def explain(capsys, *options):
    """What it prints, and the table's rows by the gate's id: a task's gates stand below its name."""
    assert __main__.main(["thresholds", "explain", *map(str, options)]) == 0
    out = capsys.readouterr().out
    rows, task = {}, ""
    for line in out.partition("\n\n")[2].partition("\n\n")[0].splitlines()[1:]:
        name, *cells = line.split()
        task = task if cells else name
        rows[f"{task}.{name}"] = cells
    return out, {name: cells for name, cells in rows.items() if cells}


def test_explain_tells_of_every_gate_what_its_margin_is_worth_and_where_it_comes_from(folder, root, capsys):
    out, rows = explain(capsys, root / "thresholds.toml", f"--store={folder}")
    assert "level1.mednli.template_leakage" not in rows  # a monitor fails no run
    margin, skill, kept, _, equal, *_ = rows["level1.mednli.accuracy"]
    assert (margin, skill, kept, equal) == ("3.0", "?", "–", "0")
    assert rows["level1.mednli.empty"][:3] == ["1.0", "–", "–"]
    assert "--baseline=NAME, whose answers are stored, gives the skill." in " ".join(out.split())
    assert "[pooled.any_degradation] 0.0: each metric may be within its margin" in out


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_explain_fits_the_terminal(folder, monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    out, rows = explain(capsys, f"--store={folder}")
    assert max(map(len, out.splitlines())) <= columns
    assert len({len(row) for row in rows.values()}) == 1
    assert "level1.mednli.accuracy" in rows


def test_explain_reads_the_skill_of_stored_answers(folder, capsys):
    """Whoever always answers the same scores alike on the others' golds, which are the same golds: no skill."""
    model = folder / "base"
    model.mkdir()
    (model / "script.toml").write_text('default = "neutral"\n')
    given = Options(model=str(model), baseline=str(model), backend="scripted", store=str(folder / "store"))
    _ = GateRun(settings.from_options(given), [], tasks=["mednli"], tell=lambda step: None).pairs
    out, rows = explain(capsys, f"--store={folder / 'store'}", f"--baseline={model}")
    assert rows["level1.mednli.accuracy"][1:3] == ["0.0", "–"]
    assert rows["level1.meqsum.rouge1"][1:3] == ["?", "–"]
    assert "no stored answers of the baseline to all prompts" in " ".join(out.split())


@pytest.mark.parametrize(
    ("option", "told"),
    [("--profile=night", "no such profile"), ("--data-root=/no/such", "no such folder"), ("--baseline=", "empty")],
)
def test_a_mistake_in_explain_is_one_line(capsys, option, told):
    assert __main__.main(["thresholds", "explain", option]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
