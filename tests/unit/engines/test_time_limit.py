"""Code that does not end is stopped, in whichever thread it runs."""

import contextlib
import threading
import time

import pytest
from skips import needs

from clue_lib.engines import rendering, time_limit
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.errors import EngineError
from clue_lib.types import Message

ASKED = [Message(role="user", content="x")]


def endless():
    while True:
        pass


def test_what_ends_in_time_gives_its_value_or_raises_its_error():
    assert time_limit.within(60, lambda: 7) == 7
    with pytest.raises(KeyError, match="own"):
        time_limit.within(60, lambda: {}["own"])


def test_what_does_not_end_is_stopped():
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        time_limit.within(0.2, endless)
    assert 0.2 <= time.monotonic() - begun < 10


def test_in_another_thread_too():
    seen = []

    def work():
        try:
            time_limit.within(0.2, endless)
        except TimeoutError:
            seen.append("stopped")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert seen == ["stopped"]


def test_whatever_ends_at_the_very_moment_is_stopped_or_not():
    """And nothing is raised later, into code that has nothing to do with it."""
    for _ in range(200):
        with contextlib.suppress(TimeoutError):
            assert time_limit.within(0.001, lambda: time.sleep(0.001)) is None
    time.sleep(0.05)


TEMPLATES = {
    "loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(90) }}",
}


@needs("transformers", "the transformers extra")
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_does_not_end_is_one_line_at_the_first_try(monkeypatch, name):
    from tiny_tokenizer import tiny_tokenizer

    monkeypatch.setattr(rendering, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        ChatTemplate(tiny_tokenizer(TEMPLATES[name])).render(ASKED)
    assert str(caught.value) == (
        "the model's chat template does not end: it was stopped after 0.5 s; mend it, or use --template=plain"
    )
    assert time.monotonic() - begun < 20
