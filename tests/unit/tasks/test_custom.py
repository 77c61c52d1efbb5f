"""A task that is half-written is one line that names its file and what lacks."""

from pathlib import Path

import pytest
from own_task import ACCURACY, own_task

from clue_lib.errors import TaskError
from clue_lib.metrics import BEHAVIOUR
from clue_lib.tasks import GateRule, PromptTexts, TaskData, custom

FILE = Path("suite/test_toy.py")


def mistake(**changed):
    with pytest.raises(TaskError) as caught:
        custom.placed(own_task(**changed), FILE)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("suite/test_toy.py: TASK")
    return message.removeprefix("suite/test_toy.py: ")


def test_a_whole_task_has_its_metrics_and_all_failure_modes():
    task = custom.placed(own_task(), FILE)
    assert task.is_custom
    assert task.metrics == ("accuracy", *BEHAVIOUR)
    assert task.gate_id("accuracy") == "custom.toy_notes.accuracy"


def test_a_task_may_bring_several_wordings():
    several = (texts("$note"), texts("$note Answer:"))
    assert custom.placed(own_task(prompts=several), FILE).wordings == several
    assert custom.placed(own_task(), FILE).wordings == (own_task().prompts,)


def texts(user):
    return PromptTexts(system="Answer.", user=user)


def data(**changed):
    return TaskData(**{"file": "notes.jsonl", "tier": "public", "licence": "CC0"} | changed)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": "Toy Notes"}, "TASK's name is 'Toy Notes'; write lower-case letters"),
        ({"name": ""}, "TASK's name is ''"),
        ({"name": None}, "TASK's name is None"),
        ({"level": "level1"}, "TASK's level is 'level1', which is CLUE's; leave it out"),
        ({"level": "monitored"}, "TASK's level is 'monitored'"),
        ({"read": "notes.jsonl"}, "TASK's read is no function"),
        ({"parse": None}, "TASK's parse is no function"),
        ({"ideal": "yes"}, "TASK's ideal is no function"),
        ({"prompts": None}, "TASK lacks prompts; give it PromptTexts(system=…, user=…)"),
        ({"prompts": {"system": "a", "user": "$note"}}, "PromptTexts(system=…, user=…): it is a dict"),
        ({"prompts": texts(3)}, "PromptTexts(system=…, user=…): Expected `str`, got `int` - at `$.user`"),
        ({"prompts": ()}, "TASK's prompts: there is no wording; write one or more"),
        ({"prompts": [texts("$note")]}, "PromptTexts(system=…, user=…): it is a list"),
        ({"prompts": (texts("$note"), texts("Say."))}, "user has no $placeholder"),
        ({"prompts": (texts("$note"), texts("$nite"))}, "prompts: wording 2 lacks $note, which wording 1 has"),
        ({"prompts": (texts("$note"), texts("$note"))}, "prompts: wording 2 is wording 1 again; change or drop one"),
        ({"prompts": texts("costs 3 $")}, "a $ in user begins no placeholder; write $$"),
        ({"prompts": texts("What is it?")}, "user has no $placeholder"),
        ({"data": None}, "TASK lacks data; give it TaskData(file=…, tier=…, licence=…)"),
        ({"data": "notes.jsonl"}, "TaskData(file=…, tier=…, licence=…): it is a str"),
        ({"data": data(tier="secret")}, "Invalid enum value 'secret' - at `$.tier`"),
        ({"data": data(licence=None)}, "Expected `str`, got `null` - at `$.licence`"),
        ({"clue_metrics": ("accuracy",)}, "clue_metrics: those are CLUE's; name your metrics in other_metrics"),
        ({"other_metrics": ()}, "other_metrics is empty; name at least one"),
        ({"other_metrics": "accuracy"}, "other_metrics is 'accuracy'; write a tuple, even of one: ('accuracy',)"),
        ({"other_metrics": (len,)}, "name each metric as text"),
        ({"other_metrics": ("acuracy",)}, "unknown metric 'acuracy'; did you mean accuracy?"),
        ({"other_metrics": ("accuracy", "accuracy")}, "'accuracy' is there already"),
        ({"other_metrics": ("accuracy", "empty")}, "'empty' is there already; every task has the failure modes"),
        ({"gates": {"acuracy": ACCURACY}}, "'acuracy' is no metric of the task; did you mean accuracy?"),
        ({"gates": {"rouge1": ACCURACY}}, "'rouge1' is no metric of the task; known: accuracy, "),
        ({"gates": {"accuracy": 0.05}}, "gates['accuracy'], GateRule(margin=…, reason=…): it is a float"),
        ({"gates": {"accuracy": GateRule(margin=5, reason="x")}}, "margin = 5; it is a share and must lie between"),
        ({"gates": {"accuracy": GateRule(margin="3 %", reason="x")}}, "Expected `float`, got `str` - at `$.margin`"),
        ({"gates": {"accuracy": GateRule(margin=0.1, reason=" ")}}, "reason is empty; say why"),
        ({"gates": {"accuracy": GateRule(margin=0.1, reason="x", role="off")}}, "Invalid enum value 'off'"),
    ],
)
def test_what_is_half_written(changed, named):
    assert named in mistake(**changed)
