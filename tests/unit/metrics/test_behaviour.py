"""Which answers count as empty, truncated and unparsed, judged by hand."""

import pytest

from clue_lib.metrics import behaviour
from clue_lib.tasks import mednli


# Flags by hand: empty, truncated, unparsed. A prompt that did not fit ("context") was not cut by the token limit.
@pytest.mark.parametrize(
    ("text", "finish_reason", "flags"),
    [
        ("neutral", "stop", (0, 0, 0)),
        ("neutral, because", "length", (0, 1, 0)),
        ("because", "length", (0, 1, 1)),
        ("neutral or entailment", "stop", (0, 0, 1)),
        ("", "stop", (1, 0, 1)),
        (" \u00a0\n\t", "stop", (1, 0, 1)),
        ("", "length", (1, 1, 1)),
        ("", "context", (1, 0, 1)),
        (".", "stop", (0, 0, 1)),
    ],
)
def test_flags(respond, text, finish_reason, flags):
    responses = [respond(text, parse=mednli.parse, finish_reason=finish_reason)]
    found = behaviour.empty(responses), behaviour.truncated(responses), behaviour.unparsed(responses)
    assert found == tuple([flag] for flag in flags)


def test_text_is_judged_not_the_gold(respond):
    assert behaviour.empty([respond("x", "")]) == [0.0]
    assert behaviour.unparsed([respond("wrong", "right")]) == [0.0]
