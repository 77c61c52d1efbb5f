"""Prompts by templates of every family's kind, and by templates that do less than others."""

import ast
import json

import pytest
from family_templates import FAMILIES
from skips import needs

from clue_lib.engines.rendering import ChatTemplate
from clue_lib.errors import EngineError
from clue_lib.types import Chat, Message

pytestmark = needs("transformers", "the transformers extra")

TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="one?"),
    Message(role="assistant", content="1"),
    Message(role="user", content="two?"),
)
OFF = Chat(reasoning="off")


def template_of(text, **tokens):
    from tiny_tokenizer import tiny_tokenizer

    return ChatTemplate(tiny_tokenizer(text, **tokens))


def of_family(name):
    family = FAMILIES[name]
    return template_of(family.template, bos=family.bos, eos=family.eos, special=family.special)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_turn_stands_once_and_the_answer_comes_next(name):
    family = FAMILIES[name]
    text = of_family(name).render(TURNS)
    assert [text.count(turn.content) for turn in (TURNS[0], TURNS[1], TURNS[3])] == [1, 1, 1]
    assert text.index("Be brief.") < text.index("one?") < text.index("two?")
    assert text.endswith(family.header)
    assert text.count(family.bos) == family.template.count("bos_token") * (2 if name == "llama-2" else 1)


@pytest.mark.parametrize("name", FAMILIES)
def test_special_tokens_are_single_ones_and_none_is_added(name):
    template = of_family(name)
    prompt = template.prompt(TURNS, Chat())
    assert template.decode(prompt.tokens) == prompt.text
    assert not prompt.is_plain


@pytest.mark.parametrize(
    ("name", "opened", "opened_when_off"),
    [("r1-distill", "<think>", "<think>"), ("kimi", "◁think▷", ""), ("qwen-3", "", ""), ("gpt-oss", "", "")],
)
def test_the_thought_that_a_prompt_opens(name, opened, opened_when_off):
    template = of_family(name)
    assert template.prompt(TURNS, Chat()).opened == opened
    assert template.prompt(TURNS, OFF).opened == opened_when_off


def test_a_question_that_quotes_a_mark_opens_no_thought():
    asked = (Message(role="user", content="What does <think> mean?"),)
    assert of_family("qwen-3").prompt(asked, Chat()).opened == ""


def test_without_thoughts_the_templates_switch_is_set():
    assert of_family("qwen-3").render(TURNS, OFF).endswith("assistant\n<think>\n\n</think>\n\n")


def test_arguments_of_ones_own_go_to_the_template():
    chat = Chat(template_args=(("reasoning_effort", '"low"'),))
    assert "Reasoning: low" in of_family("gpt-oss").render(TURNS, chat)


@pytest.mark.parametrize("name", ["llama-3", "gpt-oss", "magistral"])
def test_the_clock_stands_still(name):
    # 26 July 2024, whatever day it is; "Today: 26 Jul 2024" or "2024-07-26".
    text = of_family(name).render(TURNS)
    assert "26 Jul 2024" in text or "2024-07-26" in text


def test_harmony_has_a_frame_of_its_own():
    assert of_family("gpt-oss").is_framed
    assert not of_family("qwen-3").is_framed


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("llama-3", "chat template"),
        ("gemma-3", "chat template, system text in the first user turn"),
        ("medgemma", "chat template, content as a list of parts"),
    ],
)
def test_the_policy_in_words(name, policy):
    assert of_family(name).policy == policy


def test_a_header_that_is_not_added_when_asked_for_comes_from_an_answers_turn():
    text = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}</s>\n{% endfor %}"
    assert template_of(text).render(TURNS).endswith("two?</s>\n<|assistant|>\n")


def test_blanks_before_an_answer_are_no_header():
    assert of_family("llama-2").render(TURNS).endswith("two? [/INST]")
    assert of_family("mixtral").render(TURNS).endswith("two? [/INST]")


def test_the_only_named_template_counts_and_of_several_the_default():
    one = "{% for m in messages %}1{{ m.content }}{% endfor %}"
    assert template_of({"chat": one}).render(TURNS).startswith("1Be brief.")
    assert template_of({"default": one, "rag": "x"}).render(TURNS).startswith("1Be brief.")
    with pytest.raises(EngineError, match=r"several chat templates \(rag, tool_use\) and none is the default"):
        template_of({"rag": "x", "tool_use": "y"}).render(TURNS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% for m in messages %}{{ m['content'] }", "can't be rendered"),
        ("{{ messages[0].content + 1 }}", "TypeError: can only concatenate str"),
        ("{{ messages[9].content }}", "can't be rendered"),
        ("{{ now() }}", "'now' is undefined"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ("always the same", "leaves out what the user says"),
    ],
)
def test_a_template_that_fails_is_one_line(text, told):
    with pytest.raises(EngineError) as raised:
        template_of(text).render(TURNS)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_a_template_says_of_a_prompt_can_be_left_out():
    hostile = (
        "{% for m in messages %}{% if 'ZQX' in m.content %}{{ raise_exception(m.content) }}{% endif %}"
        "{{ m.content }}{% endfor %}{% if add_generation_prompt %}A:{% endif %}"
    )
    with pytest.raises(EngineError) as raised:
        template_of(hostile).render([Message(role="user", content="ZQXPREMISE")])
    assert "ZQXPREMISE" in str(raised.value)
    assert raised.value.unquoted.startswith("the model's chat template can't be rendered (TemplateError; ")
    assert "ZQX" not in raised.value.unquoted


def test_plain_text_where_there_is_no_template_or_it_is_asked_for():
    plain = "<s>Be brief.\n\none?\n\n1\n\ntwo?\n\n"
    assert template_of(None).render(TURNS) == plain
    assert template_of(None).prompt(TURNS, Chat()).is_plain
    asked = of_family("mistral").prompt(TURNS, Chat(is_plain=True))
    assert (asked.text, asked.is_plain) == (plain, True)


def test_a_shown_answer_has_no_blank_line_in_plain_text():
    shown = (*TURNS[:2], Message(role="assistant", content="a\n \nb"), TURNS[3])
    assert "one?\n\na\nb\n\ntwo?" in template_of(None).render(shown)


def test_special_tokens_are_decoded_as_what_they_are():
    template = of_family("llama-3")
    leaked = "How?<|end_of_text|><|start_header_id|>assistant<|end_header_id|> , ok"
    assert template.decode(template.encode(leaked)) == leaked


REST = {  # the shared rows' templates are cut after 400 characters: what they lack
    "template:gemma without system role": "n_prompt %}<start_of_turn>model\n{% endif %}",
    "template:mistral must alternate": "% endif %}{% endfor %}",
    "template:mistral v3: system text goes to the last user turn": "os_token }}{% endif %}{% endfor %}",
}


def test_the_shared_cases_of_templates(root):
    path = root.parent / "shared" / "cases" / "template.jsonl"
    if not path.is_file():
        pytest.skip(f"needs the development cases in {path.parent}, which are not part of the checkout")
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        kind, text = row["kind"], row["input"]["template"]
        if row["expected"] == "one-line error":
            with pytest.raises(EngineError):
                template_of(text).render(TURNS)
            continue
        whole = ast.literal_eval(text) if "dict" in kind else text + REST.get(kind, "")
        template = template_of(whole)
        rendered = template.render(TURNS)
        assert all(rendered.count(turn.content) == 1 for turn in (TURNS[0], TURNS[1], TURNS[3])), kind
        assert rendered.count("<s>") <= 1 or "plain template" in kind, kind
        if row["expected"].startswith("system"):
            is_folded = "first user turn" in template.policy
            assert is_folded == ("once" not in row["expected"]), kind
