"""docs/errors.md: it lists every message that the source raises, and every one that is produced here."""

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clue_lib import __main__ as program
from clue_lib import datasets, raw, report
from clue_lib.engines import choosing, external, read_generations
from clue_lib.errors import ClueError
from clue_lib.exits import ExitCode
from clue_lib.judging import load_thresholds
from clue_lib.metrics import metric
from clue_lib.models import Recording, adapters, checking, safetensors_files, trust
from clue_lib.models.aliases import registry
from clue_lib.report import examples
from clue_lib.runs import PromptSettings, check_wordings, plan_task
from clue_lib.session import Options, from_options, settings
from clue_lib.tasks import TASKS, wordings
from clue_lib.terminology import lexicon
from clue_lib.types import Fingerprint

ROOT = Path(__file__).parents[2]


def errors_page():
    spec = importlib.util.spec_from_file_location("docs_errors", ROOT / "docs" / "errors.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MESSAGES = errors_page().messages()


def test_the_page_is_what_the_source_says():
    written = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == errors_page().page(), "run `python docs/errors.py`"


def test_every_row_of_the_page_has_two_cells():
    rows = [line for line in errors_page().page().splitlines() if line.startswith("|")]
    assert any("\\|" in row for row in rows)
    assert [row for row in rows if len(re.findall(r"(?<!\\)\|", row)) != 3] == []


def test_no_kind_of_error_lacks():
    kinds = {each.__name__ for each in _below(ClueError)} - {"UserError"}  # which is only their base
    assert kinds == set(errors_page().WORDS["groups"])


def _below(error: type[Exception]) -> set[type[Exception]]:
    children = error.__subclasses__()
    ours = [each for each in children if each.__module__.startswith("clue_lib.") and not each.__name__.startswith("_")]
    return {below for child in ours for below in {child, *_below(child)}}


def is_listed(text: str) -> bool:
    """Whether a line of the page stands for this message by words of its own, not by holes alone."""
    own_words = [each for each in MESSAGES if len(re.findall(r"[a-z]", re.sub(r"‹[^›]*›", "", each.text))) >= 7]
    return any(message.pattern.fullmatch(text) for message in own_words)


SHAPES = {"thresholds of no TOML", "negative margin"}
"""Messages of which another library, or a check of two values, says the greater part."""


def file(folder: Path, name: str, content: str | bytes = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def model(folder: Path) -> str:
    """A folder that is a model's as far as its name goes."""
    file(folder, "model/config.json", "{}")
    return str(folder / "model")


def ask(folder: Path, **options: object) -> None:
    """What a run with these options checks first."""
    given = {"model": model(folder), "baseline": model(folder), "backend": "scripted", "report_dir": str(folder / "r")}
    from_options(Options(**(given | options)))


def read(task: str, content: str, name: str) -> Callable[[Path], object]:
    return lambda folder: TASKS[task].read(file(folder, name, content))


def thresholds(content: str) -> Callable[[Path], object]:
    return lambda folder: load_thresholds(file(folder, "thresholds.toml", content))


POLICY = "[policy]\nconfidence = 0.95\npower = 0.8\nmin_clusters = 10\nmin_net_examples = 3\n"
GATE = POLICY + "[all.accuracy]\nmargin = 0.03\nreason = 'why'\n"
WAIVER = GATE + "[[waiver]]\nmetric = 'level1.mednli.accuracy'\nowner = '{}'\nreason = 'r'\nexpires = {}\n"
CASE = '{{"question": "Which?", "options": {}, "answer_idx": "{}"}}'
CODED = '{{"hadm_id": "1", "text": "{}", "icd_codes": {}}}'

PRODUCED: dict[str, Callable[[Path], object]] = {
    "no model": lambda folder: from_options(Options()),
    "empty name": lambda folder: ask(folder, model=""),
    "no such folder": lambda folder: ask(folder, model="./none"),
    "unknown alias": lambda folder: ask(folder, model="OpenBioLM-8B"),
    "folder without a model": lambda folder: ask(folder, model=str(folder)),
    "base not known": lambda folder: ask(folder, baseline=None),
    "no recording": lambda folder: ask(folder, model=f"replay:{folder}"),
    "aa with model": lambda folder: ask(folder, aa=True),
    "aa alone": lambda folder: ask(folder, aa=True, model=None, baseline=None),
    "aa of a recording": lambda folder: from_options(
        Options(aa=True, baseline=f"replay:{_recording(folder)}", backend="scripted")
    ),
    "no such backend": lambda folder: ask(folder, backend="vlm"),
    "no such profile": lambda folder: ask(folder, profile="nightly"),
    "profile with limit": lambda folder: ask(folder, profile="release", limit=5),
    "limit of nothing": lambda folder: ask(folder, limit=0),
    "no such data root": lambda folder: ask(folder, data_root=str(folder / "none")),
    "no such prompts": lambda folder: ask(folder, prompts=str(folder / "none")),
    "wordings of nothing": lambda folder: ask(folder, wordings=0),
    "more wordings than there are": lambda folder: check_wordings(9, [plan_task(TASKS["mednli"], PromptSettings())]),
    "no such scoring": lambda folder: ask(folder, scoring="lax"),
    "no such reasoning": lambda folder: ask(folder, reasoning="much"),
    "no such template": lambda folder: ask(folder, template="fancy"),
    "budget of nothing": lambda folder: ask(folder, thinking_budget=0),
    "budget without thoughts": lambda folder: ask(folder, thinking_budget=9, reasoning="off"),
    "half a tag": lambda folder: ask(folder, reasoning_tags=("<a>,",)),
    "plain with thoughts": lambda folder: ask(folder, template="plain", reasoning="native"),
    "half a template argument": lambda folder: ask(folder, chat_template_arg=("thinking",)),
    "the gate's template argument": lambda folder: ask(folder, chat_template_arg=("messages=1",)),
    "half an engine argument": lambda folder: settings.read_engine_args(["dtype"]),
    "unknown engine argument": lambda folder: ask(folder, engine_arg=("gpu=1",)),
    "batch of nothing": lambda folder: ask(folder, backend="transformers", engine_arg=("batch_size=0",)),
    "code without a commit": lambda folder: trust.read_trust(["owner/name"], pickles=False),
    "code of another": lambda folder: ask(folder, trust_remote_code=(f"owner/name@{'a' * 40}",)),
    "no such models file": lambda folder: registry(folder / "none.toml"),
    "models file of no TOML": lambda folder: registry(file(folder, "models.toml", "[")),
    "alias outside a table": lambda folder: registry(file(folder, "models.toml", "name = 'x'")),
    "alias of unknown key": lambda folder: registry(file(folder, "models.toml", "[a]\nrepo = 'x'")),
    "alias of no repository": lambda folder: registry(file(folder, "models.toml", "[a]\nrepository = 'x'")),
    "alias that is a path": lambda folder: registry(file(folder, "models.toml", "['replay:a']\nrepository = 'a/b'")),
    "backend without class": lambda folder: external.from_file("engine.py"),
    "backend without file": lambda folder: external.from_file(f"{folder / 'engine.py'}:Mine"),
    "backend of another name": lambda folder: external.from_file(f"{file(folder, 'engine.py', 'x = 1')}:Mine"),
    "backend that is none": lambda folder: external.from_file(f"{file(folder, 'engine.py', 'Mine = int')}:Mine"),
    "backend that raises": lambda folder: external.from_file(f"{file(folder, 'engine.py', '1 / 0')}:Mine"),
    "adapter for scripted": lambda folder: choosing.check_adapters(choosing.choose("scripted")),
    "no tokenizer": lambda folder: checking.check_files(Path(model(folder))),
    "configuration of no JSON": lambda folder: checking.read_model_config(file(folder, "config.json", "{").parent),
    "no safetensors": lambda folder: safetensors_files.check_whole(file(folder, "model.safetensors", b"x" * 99)),
    "adapter without weights": lambda folder: adapters.check_servable(
        file(folder, "adapter_config.json", '{"peft_type": "LORA"}').parent, folder
    ),
    "adapter of no JSON": lambda folder: adapters.read_config(file(folder, "adapter_config.json", "{").parent),
    "no thresholds": lambda folder: load_thresholds(folder / "none.toml"),
    "thresholds of no TOML": thresholds("["),
    "no policy": thresholds("[all.accuracy]\nmargin = 0.03\nreason = 'why'\n"),
    "confidence of 2": thresholds(POLICY.replace("0.95", "2")),
    "no clusters": thresholds(POLICY.replace("10", "0")),
    "unknown key of the policy": thresholds(POLICY + "alpha = 1\n"),
    "unknown metric": thresholds(POLICY + "[all.acuracy]\nmargin = 0.03\nreason = 'why'\n"),
    "no margin": thresholds(POLICY + "[all.accuracy]\nreason = 'why'\n"),
    "negative margin": thresholds(GATE.replace("0.03", "-1")),
    "waiver as a table": thresholds(GATE + "[waiver]\ngate = 'x'\n"),
    "waiver of nobody": thresholds(WAIVER.format("", "2999-01-01")),
    "waiver that expired": thresholds(WAIVER.format("me", "2020-01-01")),
    "no table of a task": thresholds("level1 = 1\n" + POLICY),
    "no such file": lambda folder: raw.content(folder / "none"),
    "an empty file": read("mednli", "", "mli_test_v1.jsonl"),
    "not JSON": read("mednli", "{", "mli_test_v1.jsonl"),
    "no text": lambda folder: TASKS["mednli"].read(file(folder, "mli_test_v1.jsonl", b"\x00")),
    "cut gzip": lambda folder: raw.content(file(folder, "a.gz", b"\x1f\x8b\x08\x00")),
    "no column": read("mednli", '{"a": 1}', "mli_test_v1.jsonl"),
    "no label": read(
        "mednli", '{"sentence1": "a", "sentence2": "b", "gold_label": "-", "pairID": "1"}', "mli_test_v1.jsonl"
    ),
    "no workbook": read("meqsum", "x", "MeQSum.xlsx"),
    "ragged row": read("problem_summary", "a,b\n1,2,3\n", "BioNLP2023-1A-Test.csv"),
    "options with a gap": read("jama", CASE.format('{"A": "x", "C": "y"}', "A"), "jama.jsonl"),
    "answer that is no option": read("jama", CASE.format('{"A": "x", "B": "y"}', "E"), "jama.jsonl"),
    "case without question": read("jama", '{"options": {"A": "x"}}', "jama.jsonl"),
    "no LongHealth": read("longhealth_1", "[]", "benchmark_v5.json"),
    "letter without text": read("medisumcode", CODED.format("", '["I10"]'), "medisumcode.jsonl"),
    "letters without codes": read("medisumcode", CODED.format("text", "[]"), "medisumcode.jsonl"),
    "letter of another shape": read("medisumcode", '{"hadm_id": 1}', "medisumcode.jsonl"),
    "data root that is none": lambda folder: datasets.find("mednli", folder / "none"),
    "multiple choice without a file": lambda folder: datasets.find("mcq", folder),
    "no prompt text": lambda folder: wordings.load("mednli", folder),
    "half a prompt text": lambda folder: wordings.load("mednli", file(folder, "mednli.toml", "user = 'x'").parent),
    "no wording": lambda folder: wordings.load("mednli", file(folder, "mednli.toml", "wording = []").parent),
    "no lexicon": lambda folder: lexicon.read(folder / "none"),
    "half a line of a lexicon": lambda folder: lexicon.read(file(folder, "words", "header\nterm\n")),
    "a direction that is none": lambda folder: metric(better="more", version=1)(lambda responses: []),
    "a metric's name that is taken": lambda folder: metric(better="lower", version=1)(_accuracy()),
    "no report": lambda folder: report.read(folder),
    "report of no JSON": lambda folder: report.read(file(folder, "gate.json", "{").parent),
    "no examples": lambda folder: examples.read(folder / "examples.parquet"),
    "examples of no parquet": lambda folder: examples.read(file(folder, "examples.parquet", "x")),
    "no answers": lambda folder: read_generations(
        file(folder, "generations.jsonl/x").parent.parent, Recording(engine=Fingerprint())
    ),
}
"""Mistakes by name, each made with an empty folder."""


def _recording(folder: Path) -> Path:
    file(folder, "r/about.json", json.dumps({"engine": {"name": "x", "version": "1"}}))
    return file(folder, "r/generations.jsonl").parent


def _accuracy() -> Callable[..., list[float]]:
    def accuracy(responses: object) -> list[float]:
        return []

    return accuracy


@pytest.mark.parametrize("mistake", PRODUCED)
def test_a_message_that_is_produced_is_on_the_page(mistake, tmp_path):
    with pytest.raises(ClueError) as raised:
        PRODUCED[mistake](tmp_path)
    text = str(raised.value)
    assert "\n" not in text
    assert is_listed(text) or mistake in SHAPES, text
    assert any(message.pattern.fullmatch(text) for message in MESSAGES)


COMMANDS = {
    "one run alone": ["compare", "{example}"],
    "a run named twice": ["compare", "{example}", "{example}"],
    "no run": ["report", "{folder}/none"],
    "verdict of nothing": ["verdict", "{folder}/gate.json"],
    "snapshots of a file and a folder": ["snapshots", "diff", "{folder}", "{example}/gate.json"],
    "snapshots of nothing": ["snapshots", "diff", "{folder}", "{folder}"],
    "thresholds that are there": ["thresholds", "init", "{example}/gate.json"],
    "thresholds where nobody can write": ["thresholds", "init", "{folder}/none/thresholds.toml"],
    "data of no folder": ["data", "status", "--data-root", "{folder}/none"],
    "data of no task": ["data", "fetch", "mednly", "--data-root", "{folder}"],
    "MIMIC that is not there": ["data", "build", "medisumcode", "--mimic", "{folder}/none", "--out", "{folder}/out"],
    "MIMIC without its files": ["data", "build", "medisumcode", "--mimic", "{folder}", "--out", "{folder}/out"],
    "a rate of nothing": ["plan", "--model", "{folder}", "--baseline", "{folder}", "--tokens-per-second", "0"],
    "another base thresholds file": ["report", "{copy}", "--base-thresholds", "{folder}/none"],
}


@pytest.mark.parametrize("mistake", COMMANDS)
def test_what_a_command_prints_is_on_the_page(mistake, tmp_path, capsys):
    example = ROOT / "docs" / "example"
    copy = file(tmp_path, "copy/gate.json", (example / "gate.json").read_bytes()).parent
    places = {"folder": tmp_path / "empty", "example": example, "copy": copy}
    places["folder"].mkdir()
    arguments = [argument.format(**places) for argument in COMMANDS[mistake]]
    assert program.main(arguments) == ExitCode.UNUSABLE
    line = capsys.readouterr().err.strip().removeprefix("error: ")
    assert is_listed(line), line


def test_a_message_of_another_place_is_not_listed():
    """So the page's lines are not so wide that they match anything."""
    assert not is_listed("--model=x: a message that no line of the source raises")
    assert not is_listed("something went wrong; please try again")
