"""What a model thought is told from what it answered, by the marks that public models write; worked out by hand."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.models import thoughts

SPLITS = [  # text, thought, answer, whether the thought never ended
    ("C", "", "C", False),
    ("", "", "", False),
    ("<think>\nB? No.\n</think>\n\nC", "<think>\nB? No.\n</think>", "C", False),
    ("<think></think>C", "<think></think>", "C", False),
    ("<THINK>B</THINK>C", "<THINK>B</THINK>", "C", False),
    ("B? No.\n</think>\n\nC", "B? No.\n</think>", "C", False),
    ("<think>B, let me verify", "<think>B, let me verify", "", True),
    ("C <think>or B", "<think>or B", "C", True),
    ("<think>a</think>\nC\n<think>b</think>\nsure", "<think>a</think>\n<think>b</think>", "C\nsure", False),
    ("<think>a<think>b</think>c</think>C", "<think>a<think>b</think>c</think>", "C", False),
    ("<think>a <analysis>b</analysis> c", "<think>a <analysis>b</analysis> c", "", True),
    ("[THINK]B[/THINK]C", "[THINK]B[/THINK]", "C", False),
    ("◁think▷B◁/think▷C", "◁think▷B◁/think▷", "C", False),
    ("<unused94>thought\nB<unused95>C", "<unused94>thought\nB<unused95>", "C", False),
    ("<reasoning>B</reasoning><answer>C</answer>", "<reasoning>B</reasoning>", "<answer>C</answer>", False),
    ("<|channel>thought\nB<channel|>C", "<|channel>thought\nB<channel|>", "C", False),
    ("## Thinking\n\nB\n\n## Final Response\n\nC", "## Thinking\n\nB\n\n## Final Response", "C", False),
    ("analysisB? No.assistantfinalC", "analysisB? No.assistantfinal", "C", False),
    ("analysis of the blood shows anaemia", "", "analysis of the blood shows anaemia", False),
    ("I think the answer is C", "", "I think the answer is C", False),
    ("<think>a</think>analysisB", "<think>a</think>\nanalysisB", "", True),
]

HEADINGS = ["## Thinking", "**Thinking**", "## **Thinking**:", "## **Thinking:**", "  ### Thinking : ", "# Thinking"]

HARMONY = "<|channel|>analysis<|message|>B? No.<|end|><|start|>assistant<|channel|>final<|message|>"


@pytest.mark.parametrize(("text", "thought", "answer", "is_open"), SPLITS)
def test_a_text_in_two(text, thought, answer, is_open):
    assert thoughts.split(text) == thoughts.Parts(thought=thought, answer=answer, is_open=is_open)


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_alone_in_its_line_begins_a_thought(heading):
    assert thoughts.split(f"{heading}\nB\n## Final Response\nC").answer == "C"
    assert thoughts.split(f"{heading} it over").thought == ""


# Were the blanks shared among three places in every way, 2,400 of them would take 22.8 s.
@pytest.mark.parametrize("unit", [" ", "\t", "*", ":", " *", "* : "])
def test_what_only_begins_like_a_heading_takes_no_time(unit):
    start = time.perf_counter()
    for words in ("## Thinking", "** Thinking", "##"):
        assert thoughts.split(f"hello\n{words}{unit * 100_000}x").thought == ""
    assert time.perf_counter() - start < 5


def test_harmonys_frame_is_no_leak_of_a_model_that_writes_it():
    assert thoughts.split(HARMONY + "C").answer == "C"
    bare = "<|channel|>final<|message|>C"
    assert thoughts.split(bare).answer == bare  # of another model it is a leak
    assert thoughts.split(bare, is_framed=True).answer == "C"


def test_a_thought_that_the_prompt_opened():
    assert thoughts.split("B? No.", opened="<think>") == thoughts.Parts(thought="B? No.", answer="", is_open=True)
    assert thoughts.split("B</reasoning>, no.</think>C", opened="<think>").answer == "C"


@pytest.mark.parametrize(
    ("prompt", "mark"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("<|im_start|>assistant\n", ""),
        ("[/INST][THINK]", "[THINK]"),
    ],
)
def test_the_mark_that_a_prompt_ends_inside_of(prompt, mark):
    assert thoughts.opening_in(prompt) == mark


def test_marks_of_ones_own():
    own = (("<<plan>>", "<</plan>>"),)
    assert thoughts.split("<<plan>>B<</plan>>C").thought == ""
    assert thoughts.split("<<plan>>B<</plan>>C", own=own).answer == "C"


@given(st.text(), st.sampled_from(thoughts.known_pairs()), st.text())
def test_whatever_stands_in_a_thought_the_answer_is_that_alone(thought, pair, answer):
    begin, end = pair
    text = f"{begin}{thought.replace(end, '')}{end}{answer}"
    alone = thoughts.split(answer.lstrip())
    assert (thoughts.split(text).answer, thoughts.split(text).is_open) == (alone.answer, alone.is_open)


@given(st.text())
def test_an_answer_holds_no_thought(text):
    assert thoughts.split(thoughts.split(text).answer).thought == ""
