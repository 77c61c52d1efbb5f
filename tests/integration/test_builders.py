"""From MIMIC-shaped files through both builders to a gate run."""

import csv
import gzip
import subprocess
import sys

import pytest

COURSE = "Course {number}: pneumonia, hypertension and diabetes.\n\n"
INSTRUCTIONS = "Discharge Instructions:\nYou had an infection of the lungs.\n\nFollowup Instructions:\n___"
NOTES = ("note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text")
DIAGNOSES = ("subject_id", "hadm_id", "seq_num", "icd_code", "icd_version")
PAIR = "Question: Why was I here?\\nAnswer: An infection of the lungs."


def put(path, header, rows):
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def mimic(tmp_path):
    """Thirty admissions, each with a letter and ICD-10 or ICD-9 codes."""
    folder = tmp_path / "mimic"
    numbers = range(1, 31)
    letters = [
        (f"{i}-DS-1", i, i, "DS", 1, "2150-01-01 00:00:00", "", COURSE.format(number=i) + INSTRUCTIONS) for i in numbers
    ]
    codes = [(i, i, seq, code, 10) for i in numbers for seq, code in enumerate(("J189", "I10", "E119"), 1)]
    put(folder / "note" / "discharge.csv.gz", NOTES, letters)
    put(folder / "hosp" / "diagnoses_icd.csv.gz", DIAGNOSES, [*codes, *((i, i, 4, "4019", 9) for i in numbers)])
    return folder


@pytest.fixture
def model(model_folder):
    return model_folder("model", f'default = "{PAIR}"')


@pytest.mark.slow
@pytest.mark.parametrize(("task", "n"), [("medisumcode", 29), ("medisumqa", 29)])
def test_what_a_builder_writes_is_gated(run_gate, mimic, model, tmp_path, task, n):
    out = tmp_path / "built"
    own = [f"--model={model}", "--backend=scripted"] if task == "medisumqa" else []
    command = [sys.executable, "-m", "clue_lib", "data", "build", task, f"--mimic={mimic}", f"--out={out}", *own]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    done = run_gate(f"--model={model}", f"--baseline={model}", "--backend=scripted", f"--data-root={out}", "-k", task)
    assert done.code == 1, done.text
    told = " ".join(done.text.split())  # it says one thing to all
    assert "NO SIGNAL (ci): this is no pass: the baseline can't do any of the tasks" in told
    (data,) = done.report["run"]["tasks"]
    assert (data["tier"], data["data"], data["n_read"], data["n_scored"]) == (
        *("credentialed", "not the official file"),
        *(n + 1, n),
    )
    assert set(done.outcomes().values()) <= {"IDENTICAL", "NO SIGNAL", "NOT RUN", None}
    assert "infection of the lungs" not in done.text
