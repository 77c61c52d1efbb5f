"""A decorated function is a metric under its own name, and gives shares."""

import pytest

from clue_lib.errors import TaskError
from clue_lib.metrics import METRICS, metric
from clue_lib.metrics.custom import values


@pytest.fixture(autouse=True)
def known():
    """What a test registers is forgotten after it."""
    before = dict(METRICS)
    yield
    METRICS.clear()
    METRICS.update(before)


def shouts(responses):
    """1 where the answer is in capitals."""
    return [float(response.generation.text.isupper()) for response in responses]


def giving(value):
    """A registered metric that gives this for every response."""

    @metric(better="higher", version=1)
    def given(responses):
        return [value for _ in responses]

    return METRICS["given"]


def test_a_function_is_registered_under_its_name_and_stays_itself(respond):
    assert metric(better="lower", version=3)(shouts) is shouts
    registered = METRICS["shouts"]
    assert (registered.name, registered.better, registered.version, registered.family) == ("shouts", "lower", 3, None)
    assert registered.signature == "shouts|v3|strict"
    assert registered.file == __file__
    assert values(registered, [respond("LOUD"), respond("calm")]) == (1.0, 0.0)


def test_a_file_that_is_read_again_replaces_its_metric():
    metric(better="lower", version=1)(shouts)
    metric(better="lower", version=2)(shouts)
    assert METRICS["shouts"].version == 2


def test_a_name_that_is_taken_is_one_line():
    def accuracy(responses):
        return []

    with pytest.raises(TaskError, match=r"^metric accuracy: the name is taken by a metric of this package; rename it$"):
        metric(better="higher", version=1)(accuracy)
    scope = {"metric": metric}
    exec(compile("@metric(better='lower', version=1)\ndef shouts(responses): return []", "test_a.py", "exec"), scope)
    with pytest.raises(TaskError, match=r"^metric shouts: the name is taken by test_a\.py; rename it$"):
        metric(better="lower", version=1)(shouts)


def test_a_direction_that_is_none_is_one_line():
    with pytest.raises(TaskError, match=r"^metric shouts: better='less'; it is 'higher' or 'lower'$"):
        metric(better="less", version=1)(shouts)
    assert "shouts" not in METRICS


@pytest.mark.parametrize(("value", "taken"), [(None, None), (1, 1.0), (True, 1.0), (0.25, 0.25), (0, 0.0)])
def test_a_value_is_a_share_or_none(respond, value, taken):
    (found,) = values(giving(value), [respond("a")])
    assert found == taken
    assert found is None or type(found) is float


@pytest.mark.parametrize("value", [3, -0.1, 1.01, float("nan"), float("inf"), "1", [1.0]])
def test_anything_else_is_one_line(respond, value):
    with pytest.raises(TaskError, match=r"^metric given gives .*; a value is a number in 0\.\.1") as caught:
        values(giving(value), [respond("a")])
    assert "\n" not in str(caught.value)


def test_there_is_one_value_for_each_response(respond):
    @metric(better="higher", version=1)
    def given(responses):
        return [1.0]

    with pytest.raises(TaskError, match=r"^metric given: 1 values for 2 responses; give one for each$"):
        values(METRICS["given"], [respond("a"), respond("b")])
