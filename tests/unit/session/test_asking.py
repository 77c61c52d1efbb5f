"""How both models are asked: one policy for both, found out, asked for, or refused in one line."""

import json

import pytest

from clue_lib.errors import OptionError
from clue_lib.models import Model
from clue_lib.session.asking import BUDGET, chat_for, read_wanted, template_diff
from clue_lib.session.options import Options
from clue_lib.types import Chat, Fingerprint

PLAIN = "{% for m in messages %}{{ m.content }}{% endfor %}"
THINKS = PLAIN + "{% if enable_thinking is not defined or enable_thinking %}<think>{% endif %}"
ALWAYS = PLAIN + "<think>"
NATIVE = Chat(reasoning="native", thinking_budget=BUDGET)
TAGGED = Chat(reasoning="native", thinking_budget=BUDGET, tags=(("<plan>", "</plan>"),))


@pytest.fixture
def pair(tmp_path):
    """Two models with these templates: "" has none, None is a folder without a tokenizer."""

    def make(*templates):
        both = {}
        for side, template in zip(("baseline", "candidate"), templates, strict=True):
            folder = tmp_path / side
            folder.mkdir()
            if template is not None:
                config = {"chat_template": template} if template else {}
                (folder / "tokenizer_config.json").write_text(json.dumps(config))
            both[side] = Model(name=side, weights=folder)
        return both

    return make


def named(both):
    return [(model.name, model.weights) for model in both.values()]


def wanted(**options):
    return read_wanted(Options(**options))


@pytest.mark.parametrize(
    ("options", "templates", "expected"),
    [
        ({}, (PLAIN, PLAIN), Chat()),
        ({}, (None, None), Chat()),
        ({}, (PLAIN, THINKS), NATIVE),
        ({}, (ALWAYS, PLAIN), NATIVE),
        ({"thinking_budget": 64}, (THINKS, THINKS), Chat(reasoning="native", thinking_budget=64)),
        ({"reasoning": "native"}, (PLAIN, PLAIN), NATIVE),
        ({"reasoning": "off"}, (THINKS, PLAIN), Chat(reasoning="off")),
        ({"reasoning": "off"}, (PLAIN, PLAIN), Chat()),  # nobody thinks: asked as ever, and found in the store
        ({"template": "plain"}, (THINKS, ""), Chat(is_plain=True)),
        ({}, ("", ""), Chat(is_plain=True)),
        ({"reasoning_tags": ["plan"]}, (PLAIN + "<plan>", PLAIN), TAGGED),
    ],
)
def test_one_policy_for_both(pair, options, templates, expected):
    assert chat_for(wanted(**options), named(pair(*templates))) == expected


def test_arguments_of_ones_own_are_json_or_text(pair):
    given = ["enable_thinking=false", "effort=low", "n=3"]
    both = pair(THINKS + "{{ effort }}{{ n }}", PLAIN)
    arguments = chat_for(wanted(chat_template_arg=given), named(both)).template_args
    assert arguments == (("effort", '"low"'), ("enable_thinking", "false"), ("n", "3"))


def test_an_argument_of_ones_own_is_a_switch_too(pair):
    both = pair(ALWAYS + "{{ quiet }}", PLAIN)
    assert chat_for(wanted(reasoning="off", chat_template_arg=["quiet=true"]), named(both)).reasoning == "off"


@pytest.mark.parametrize(
    ("options", "templates", "told"),
    [
        (
            {"reasoning": "off"},
            (PLAIN, ALWAYS),
            "--reasoning=off: candidate thinks, and its chat template knows no switch",
        ),
        ({}, (PLAIN, ""), "candidate has no chat template and baseline has one"),
        (
            {"chat_template_arg": ["x=1"]},
            (PLAIN, THINKS),
            "--chat-template-arg x=1: no template takes it; they take enable_",
        ),
        ({"chat_template_arg": ["x"]}, (PLAIN, PLAIN), "write it as NAME=VALUE"),
        ({"chat_template_arg": ["messages=1"]}, (PLAIN, PLAIN), "the gate sets messages itself"),
        ({"reasoning": "on"}, (PLAIN, PLAIN), "--reasoning=on: no such policy; known: auto, off, native"),
        ({"template": "none"}, (PLAIN, PLAIN), "--template=none: write auto"),
        ({"thinking_budget": 0}, (PLAIN, PLAIN), "--thinking-budget=0: it must be at least 1"),
        ({"thinking_budget": 9, "reasoning": "off"}, (PLAIN, PLAIN), "nothing is thought"),
        ({"template": "plain", "reasoning": "native"}, (PLAIN, PLAIN), "plain text has no template"),
        ({"reasoning_tags": ["<plan>"]}, (PLAIN, PLAIN), "--reasoning-tags=<plan>: write both marks"),
    ],
)
def test_what_can_not_be_is_one_line(pair, options, templates, told):
    with pytest.raises(OptionError) as raised:
        chat_for(wanted(**options), named(pair(*templates)))
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "chat",
    [
        Chat(),
        NATIVE,
        Chat(reasoning="off", template_args=(("a", '"b c"'), ("quiet", "true"))),
        Chat(is_plain=True),
        Chat(reasoning="native", thinking_budget=9, tags=(("<a b>", "</a b>"),)),
    ],
)
def test_a_recording_says_how_its_other_side_is_asked(pair, chat):
    recorded = Fingerprint(name="vllm").asked_by(chat)
    assert recorded.chat == chat
    assert chat_for(wanted(), named(pair(None, THINKS)), recorded=[recorded]) == chat


def test_a_recording_made_by_templates_needs_one_on_the_other_side(pair):
    with pytest.raises(OptionError, match=r"^candidate has no chat template, and the recorded answers were"):
        chat_for(wanted(), named(pair(None, "")), recorded=[Fingerprint(name="vllm")])


def test_where_nobody_thinks_the_stores_key_stays():
    assert Fingerprint(name="vllm").asked_by(Chat()) == Fingerprint(name="vllm")


def test_how_a_candidates_template_differs(pair):
    told = template_diff(pair("a\nb\nc", "a\nB\nc"))
    assert [line for line in told if line[:1] in "+-" and line[1:2] not in "+-"] == ["-b", "+B"]
    assert told[0] == "--- baseline's"


@pytest.mark.parametrize("templates", [(PLAIN, PLAIN), (None, PLAIN), (PLAIN, None)])
def test_alike_or_unknown_templates_have_no_difference(pair, templates):
    assert template_diff(pair(*templates)) == ()


def test_two_models_of_one_name_are_both_looked_at(pair):
    both = pair(PLAIN, THINKS)
    assert chat_for(wanted(), [("same", model.weights) for model in both.values()]) == NATIVE
