"""`history`: a table, a page on request, and what can't be drawn together in one line."""

import os

import pytest

from clue_lib.__main__ import main
from clue_lib.report import gate_json, of_run


def write(folder, info, verdicts, **changed):
    gate_json.write(folder / "gate.json", of_run(info(n_selected=len(verdicts), **changed), verdicts))
    return folder


@pytest.fixture
def releases(info, judged, tmp_path):
    return [str(write(tmp_path / name, info, [judged()])) for name in ("one", "two")]


def test_it_prints_a_table_and_writes_a_page(releases, tmp_path, capsys):
    page = tmp_path / "history.html"
    assert main(["history", *releases, "--metric=mednli.accuracy", f"--out={page}"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("mednli accuracy against Llama-3-8B-Instruct")
    assert out.splitlines()[-1] == str(page)
    assert "<svg" in page.read_text(encoding="utf-8")


def test_a_full_disk_leaves_the_page_as_it_was(releases, tmp_path, capsys, monkeypatch):
    page = tmp_path / "history.html"
    page.write_text("before")

    def full(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["history", *releases, f"--out={page}"]) == 4
    assert f"--out={page}: No space left on device; " in capsys.readouterr().err
    assert page.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.html", "one", "two"]


def test_releases_that_were_judged_unlike_are_refused_as_compare_refuses_them(info, judged, tmp_path, releases, capsys):
    other = str(write(tmp_path / "other", info, [judged()], seed=7))
    assert main(["history", releases[0], other]) == 4
    assert capsys.readouterr().err.endswith("judge all candidates with the same settings\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["{one}"], "history {one}: one run alone; name at least two report folders"),
        (["{one}", "{one}"], "history {one}: named twice"),
        (["{one}", "{two}", "--metric=nothing"], "--metric=nothing: these runs have no such gate"),
        (["{one}", "{two}", "--out=/proc/nowhere/x.html"], "--out=/proc/nowhere/x.html: "),
        (["{one}", "nowhere"], "nowhere: No such file or directory"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(releases, given, told, capsys):
    names = dict(zip(("one", "two"), releases, strict=True))
    assert main(["history", *(part.format(**names) for part in given)]) == 4
    error = capsys.readouterr().err
    assert told.format(**names) in error
    assert error.count("\n") == 1
