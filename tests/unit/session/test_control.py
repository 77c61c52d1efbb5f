"""What a run would have noticed: dead bases notice nothing, telling ones notice what is large."""

import json

import pytest

from clue_lib.session import GateRun, Options, from_options
from clue_lib.session.control import control
from clue_lib.tasks import TASKS, prompts


@pytest.fixture
def planted(root, tmp_path):
    """The defects planted in a base that answers MedNLI by script, by name."""

    def run(script):
        folder = tmp_path / "base"
        folder.mkdir()
        (folder / "script.toml").write_text(script, encoding="utf-8")
        options = Options(
            model=str(folder), baseline=str(folder), backend="scripted", thresholds=root / "thresholds.toml",
            store=str(tmp_path / "store"), report_dir=str(tmp_path / "report"),
        )  # fmt: skip
        settings = from_options(options)
        gates = settings.thresholds.for_task("mednli")
        answered = GateRun(settings, gates, tasks=["mednli"], tell=lambda step: None).answered
        first = control(answered)
        assert control(answered) == first  # kept, and read back
        return {defect.name: defect for defect in first}

    return run


def ideal(root):
    """A script that answers every bundled pair rightly."""
    task, texts = TASKS["mednli"], prompts.load_texts("mednli")
    path = root / "fixtures" / "data" / "mednli" / "mli_test_v1.jsonl"
    rules = []
    for example in task.read(path):
        question = prompts.render(texts, [], example).messages[-1].content
        rules.append(f"[[rule]]\ncontains = {json.dumps(question)}\nanswer = {json.dumps(example.gold)}\n")
    return "".join(rules)


def test_a_base_that_can_do_the_task_shows_large_defects_and_not_small_ones(planted, root):
    found = planted(ideal(root))
    assert found["always the first option"].gate == "level1.mednli.accuracy"
    assert found["3 points lost in mednli"].gate == ""  # one or two of 39 answers
    assert not any(defect.is_inert for defect in found.values())


def test_in_a_dead_base_nothing_can_be_lost(planted):
    found = planted('default = ""\n')
    assert all(not defect.gate for defect in found.values())
    assert found["3 points lost in mednli"].is_inert
