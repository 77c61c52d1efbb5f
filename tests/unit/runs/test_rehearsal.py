"""A user's task is tried on its own gold: what is half-written about it is one line before an engine starts."""

import dataclasses
from pathlib import Path

import msgspec
import pytest
from own_task import own_task, write_notes

from clue_lib import answers, tasks
from clue_lib.boundary import Boundary
from clue_lib.datasets import private
from clue_lib.errors import DataError, MissingData, PromptError, TaskError
from clue_lib.metrics import METRICS, metric
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.runs.scoring import score
from clue_lib.tasks import PromptTexts, TaskData, registry
from clue_lib.types import Example, Generation, Parsed, Unparsed


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_custom", {})
    before = dict(METRICS)
    yield
    METRICS.clear()
    METRICS.update(before)


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Plans the task as if its module lay in the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    write_notes(tmp_path)

    def make(*, settings=None, **changed):
        task = tasks.register(own_task(**changed), Path("test_toy.py"))
        return plan_task(task, settings or PromptSettings())

    return make


@pytest.fixture
def mistake(plan):
    def find(**changed):
        with pytest.raises(TaskError) as caught:
            plan(**changed)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return find


def test_a_whole_task_is_planned_from_its_own_texts_and_data(plan):
    planned = plan()
    assert [message.content for message in planned.requests[0].messages] == [
        "Answer in one word.",
        "Is 0 even or odd?",
    ]
    info = planned.info
    assert (info.name, info.data, info.tier, info.n_read) == ("toy_notes", "the task's own file", "public", 12)
    assert info.prompts_digest == own_task().prompts.digest


def test_texts_of_the_prompts_folder_go_before_the_tasks_own(plan, tmp_path):
    (tmp_path / "mednli.toml").write_text("system = 'a'\nuser = '$premise'\n")
    assert plan(settings=PromptSettings(prompts=tmp_path)).texts_digest == own_task().prompts.digest
    (tmp_path / "toy_notes.toml").write_text("system = 'Say.'\nuser = '$note!'\n")
    planned = plan(settings=PromptSettings(prompts=tmp_path))
    assert planned.texts_digest == PromptTexts(system="Say.", user="$note!").digest
    (tmp_path / "toy_notes.toml").write_text("system = 'Say.'\n")
    with pytest.raises(PromptError, match=r"toy_notes\.toml: .*missing required field `user`"):
        plan(settings=PromptSettings(prompts=tmp_path))


def test_a_file_below_the_data_root_goes_before_the_one_beside_the_task(plan, tmp_path):
    (tmp_path / "root").mkdir()
    write_notes(tmp_path / "root", n=30)
    assert plan(settings=PromptSettings(data_root=tmp_path / "root")).n_read == 30
    assert plan(settings=PromptSettings(data_root=tmp_path)).n_read == 30


def crash(path):
    return [{}["question"]]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"prompts": PromptTexts(system="a", user="$nite")}, "no field $nite in the examples that read gives; did you"),
        ({"read": crash}, "read of TASK raises KeyError: 'question'"),
        ({"read": lambda path: [{"id": "a"}]}, "read of TASK gives a dict, not Example(id=…"),
        ({"read": lambda path: [Example(id=1, cluster="a", fields={"note": "b"}, gold="c")]}, "got `int` - at `$.id`"),
        ({"read": lambda path: [Example(id="a", cluster="a", fields={"note": "b"}, gold=3)]}, "`int` - at `$.gold`"),
        ({"ideal": lambda example: example.answer}, "ideal of TASK raises AttributeError: 'Example' object has no"),
        ({"parse": lambda text: Parsed(value=text)}, "parse of TASK raises TypeError: "),
        ({"parse": answers.option}, "reads no answer from 12 of 12 ideal answers (first reason: 'no option')"),
        ({"parse": lambda text, example, *, is_cut: Parsed(value="Even")}, "accuracy is 0 even for ideal answers"),
        ({"other_metrics": ("accuracy", "concept_f1")}, "concept_f1 is undefined for every example of TASK"),
        ({"other_metrics": ("accuracy", "code_f1")}, "metric code_f1 of TASK raises TypeError: codes are a tuple"),
    ],
)
def test_what_is_half_written(mistake, changed, named):
    message = mistake(**changed)
    assert message.startswith("test_toy.py")
    assert named in message


def test_a_mistake_is_told_with_its_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_notes(tmp_path)
    source = "def read(path):\n    row = {}\n    return row['note']\n"
    scope = {}
    exec(compile(source, str(tmp_path / "test_toy.py"), "exec"), scope)
    task = tasks.register(own_task(read=scope["read"]), tmp_path / "test_toy.py")
    with pytest.raises(TaskError, match=r"test_toy\.py:3: read of TASK raises KeyError: 'note'$"):
        plan_task(task, PromptSettings())


def test_a_users_metric_that_gives_a_count_is_told_before_an_engine_starts(mistake):
    @metric(better="lower", version=1)
    def n_words(responses):
        return [len(response.generation.text.split()) + 1 for response in responses]

    assert mistake(other_metrics=("accuracy", "n_words")).startswith("metric n_words gives 2; a value is a number in")


def test_our_own_tasks_mistakes_are_ours(monkeypatch):
    broken = dataclasses.replace(tasks.named("mednli"), read=crash)
    with pytest.raises(KeyError):
        plan_task(broken, PromptSettings())


def test_an_absent_file_is_a_mistake_unless_an_agreement_binds_it(plan):
    for tier in ("bundled", "public"):
        data = TaskData(file="absent.jsonl", tier=tier, licence="CC0")
        with pytest.raises(DataError, match=r"^toy_notes: no file absent\.jsonl, and no absent\.jsonl below") as caught:
            plan(data=data)
        assert not isinstance(caught.value, MissingData)
    data = TaskData(file="absent.jsonl", tier="credentialed", licence="PhysioNet", obtain="physionet.org")
    with pytest.raises(MissingData, match=r"absent\.jsonl below --data-root; get it from physionet\.org$"):
        plan(data=data)


def test_answers_to_data_under_an_agreement_lie_beside_it(plan, tmp_path):
    data = TaskData(file="notes.jsonl", tier="licensed", licence="the hospital's")
    source = plan(data=data).source
    assert private.is_private(source)
    assert private.store_root(source, tmp_path / "store").resolve() == tmp_path / ".clue-gate"
    assert private.store_root(plan().source, tmp_path / "store") == tmp_path / "store"  # its tier is public


def test_messages_quote_no_text_and_no_id_of_data_under_an_agreement(plan):
    private = TaskData(file="notes.jsonl", tier="credentialed", licence="PhysioNet")
    for changed in (
        {"parse": lambda text, *_, **__: Unparsed(reason=f"no answer in {text}")},
        {"parse": lambda text, example, **__: Parsed(value={}[example.fields["note"]])},
        {"ideal": lambda example: {}[example.id]},
        {"other_metrics": ("code_f1",)},
    ):
        with pytest.raises(TaskError) as caught, Boundary(is_private=True):
            plan(data=private, **changed)
        assert str(caught.value).startswith("test_toy.py: ")
        assert not any(text in str(caught.value) for text in ("n0", "Is 0", "even"))


def test_a_parser_that_fails_on_a_real_answer_is_one_line_and_scores_are_not_kept(plan, tmp_path):
    def parse(text, example, *, is_cut):
        return Parsed(value={"even": "even", "odd": "odd"}[text])

    planned = plan(parse=parse)
    written = [Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for text in ["even"] * 12]
    run = score(planned, written, model="m", engine="e", scores_folder=tmp_path / "kept")
    assert sum(run.scores["accuracy"]) == 6
    assert not (tmp_path / "kept").exists()
    written[3] = msgspec.structs.replace(written[3], text="perhaps")
    with pytest.raises(TaskError, match=r"^test_toy\.py: parse of TASK raises KeyError: 'perhaps'$"):
        score(planned, written, model="m", engine="e")
