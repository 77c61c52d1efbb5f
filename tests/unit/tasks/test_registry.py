"""Which tasks a run knows: CLUE's as they are, and a user's own under a name that nobody else has."""

from pathlib import Path

import pytest
from own_task import own_task

from clue_lib import tasks
from clue_lib.errors import TaskError
from clue_lib.tasks import TASKS, TaskData, registry

FILE = Path("suite/test_toy.py")


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_custom", {})


@pytest.mark.parametrize("name", TASKS)
def test_clues_tasks_are_given_back_as_they_are(name):
    assert tasks.register(TASKS[name], FILE) is TASKS[name]
    assert tasks.named(name) is TASKS[name]
    assert tasks.names() == tuple(TASKS)


def test_a_users_task_is_known_with_its_file_and_where_its_data_lies():
    placed = tasks.register(own_task(), FILE)
    assert (placed.file, placed.data.file) == ("suite/test_toy.py", "suite/notes.jsonl")
    assert tasks.named("toy_notes") is placed
    assert tasks.names() == (*TASKS, "toy_notes")
    assert "toy_notes" not in TASKS
    assert not tasks.is_ours("toy_notes")
    assert all(tasks.is_ours(name) for name in TASKS)


def test_data_elsewhere_stays_there(tmp_path):
    elsewhere = TaskData(file=str(tmp_path / "notes.jsonl"), tier="public", licence="CC0")
    placed = tasks.register(own_task(data=elsewhere), FILE)
    assert placed.data.file == str(tmp_path / "notes.jsonl")


def test_a_task_is_registered_once_however_many_modules_take_it():
    task = own_task()
    placed = tasks.register(task, FILE)
    assert tasks.register(task, Path("suite/test_other.py")) is placed


def test_a_module_that_is_imported_anew_replaces_its_task():
    tasks.register(own_task(), FILE)
    placed = tasks.register(own_task(max_new_tokens=99), FILE)
    assert tasks.named("toy_notes") is placed
    assert placed.max_new_tokens == 99


def test_a_name_that_is_taken_is_one_line_that_says_by_whom():
    tasks.register(own_task(), FILE)
    with pytest.raises(TaskError, match=r"^other/test_b\.py: the name 'toy_notes' is taken by suite/test_toy\.py; "):
        tasks.register(own_task(), Path("other/test_b.py"))
    with pytest.raises(TaskError, match=r"^suite/test_toy\.py: the name 'mednli' is one of CLUE's tasks; "):
        tasks.register(own_task(name="mednli"), FILE)


def test_an_unknown_name_is_our_mistake():
    with pytest.raises(KeyError):
        tasks.named("toy_notes")
