"""What a run would have noticed: dead bases notice nothing, telling ones notice what is large."""

import pytest
import scripts

from clue_lib.session import GateRun, Options, from_options
from clue_lib.session.control import control


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
        return {(defect.name, len(defect.tasks)): defect for defect in first}

    return run


def test_a_base_that_can_do_the_task_shows_large_defects_and_not_small_ones(planted):
    found = planted(scripts.ideal("mednli"))
    assert found["always the first option", 1].gate == "level1.mednli.accuracy"
    assert found["3 points lost", 1].gate == ""  # one or two of 39 answers
    assert not any(defect.is_inert for defect in found.values())


def test_in_a_dead_base_nothing_can_be_lost(planted):
    found = planted('default = ""\n')
    assert all(not defect.gate for defect in found.values())
    assert found["3 points lost", 1].is_inert
