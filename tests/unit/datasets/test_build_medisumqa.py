"""MeDiSumQA from a model's outputs: reading pairs, keeping the right ones."""

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib.datasets import build_medisumqa
from clue_lib.datasets.build_medisumqa import Output, Pair
from clue_lib.datasets.medisumqa_passages import Passage
from clue_lib.errors import DataError

WORDS = st.lists(st.sampled_from(["fever", "scan", "of", "the", "Lungs,", "12", "better."]), min_size=1).map(" ".join)


@pytest.mark.parametrize(
    "text",
    [
        "Question: Why?\nAnswer: A clot.\n\nQuestion: What next?\nAnswer: Rest.",
        "Here you are:\n\nquestion: Why?\nanswer: A\nclot.\nQuestion: What next?\n\nAnswer: Rest.\n\nI hope it helps.",
        "1. **Question:** Why?\n   **Answer:** A clot.\n2. **Question:** What next?\n   **Answer:** Rest.\n",
        "**Question 1:** Why?\n**Answer 1:** A clot.\n\n### Question 2: What next?\n- Answer: Rest.",
        "Question: 1\nQuestion: Why?\nAnswer: A  clot.\n\nAnswer: 2\nQuestion: What next?\nAnswer: Rest.\n\nQuestion:",
        "Question:\nAnswer: lost\n\nQuestion: Why?\nAnswer: A clot.\nQuestion: What next?\r\nAnswer: Rest.\r\n",
        "Question: lost?\nAnswer:\nQuestion: Why?\nAnswer: A clot.\n\n\nQuestion: What next?\nAnswer: Rest.",
    ],
)
def test_pairs_are_read_whatever_marks_stand_around_them(text):
    assert build_medisumqa.read_pairs(text) == [
        Pair(question="Why?", answer="A clot."),
        Pair(question="What next?", answer="Rest."),
    ]


@pytest.mark.parametrize(
    "text", ["", "Why? A clot.", "Question: Why?", "Answer: A clot.", "Question:\nAnswer:", "Q" * 999]
)
def test_text_without_a_pair_gives_none(text):
    assert build_medisumqa.read_pairs(text) == []


@given(st.text() | st.lists(st.sampled_from(["Question", "Answer", ":", "\n", " ", "*", "1.", "a", "_"])).map("".join))
@example("*" * 4000)
@example("\n" * 4000)
@example("Question: a\nAnswer: **")
def test_any_text_gives_pairs_of_filled_lines(text):
    for pair in build_medisumqa.read_pairs(text):
        for part in (pair.question, pair.answer):
            assert part
            assert part.splitlines() == [part]


@given(st.lists(st.tuples(WORDS, WORDS)))
def test_written_pairs_are_read_back(pairs):
    text = "\n\n".join(f"Question: {question}\nAnswer: {answer}" for question, answer in pairs)
    assert build_medisumqa.read_pairs(text) == [Pair(question=question, answer=answer) for question, answer in pairs]


PASSAGE = Passage(note_id="1-DS-1", instructions="You had an infection of the lungs. A scan found it.", rest="Course")
WHY = "Question: Why was I here?\nAnswer: An infection of the lungs.\n\n"  # no word shared: ROUGE-L 0
WHAT = "Question: Was there an infection?\nAnswer: There was an infection.\n\n"
# 4 words each, the longest common subsequence is "there an infection" or "was an infection": ROUGE-L 3/4
SCAN = (
    "Question: What found it?\nAnswer: A scan found it.\n\n"  # 3 and 4 words, "found it": 2·(2/3)(1/2)/(2/3+1/2) = 4/7
)


def select(*texts, n=9, finish_reason="stop"):
    dropped = Counter()
    outputs = [Output(passage=PASSAGE, text=text, finish_reason=finish_reason) for text in texts]
    built = build_medisumqa.select(outputs, n=n, dropped=dropped)
    return [record["Answer"] for record in built.records], built.dropped


ANSWERS = {"why": "An infection of the lungs.", "what": "There was an infection.", "scan": "A scan found it."}
MORE = "pairs: more overlap of question and answer"


@pytest.mark.parametrize(("n", "kept"), [(3, ["what", "scan", "why"]), (2, ["scan", "why"]), (1, ["why"])])
def test_pairs_of_least_overlap_are_kept_in_their_order(n, kept):
    assert select(WHAT + SCAN, WHY, n=n) == ([ANSWERS[name] for name in kept], {MORE: 3 - n} if n < 3 else {})


def test_record_holds_the_letter_without_its_instructions():
    built = build_medisumqa.select([Output(passage=PASSAGE, text=WHY, finish_reason="stop")], n=1, dropped=Counter())
    assert built.records == (
        {
            "note_id": "1-DS-1",
            "Question": "Why was I here?",
            "Answer": "An infection of the lungs.",
            "discharge_summary": "Course",
        },
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Question: WHY was I here?\nAnswer: An infection.", "pairs: asked before"),
        ("Question: Who was there?\nAnswer: Dr. ___ found an infection.", "pairs: a gap left by de-identification"),
        ("Question: Who was there?\nAnswer: ___ found an infection.", "pairs: a gap left by de-identification"),
        ("Question: What now?\nAnswer: Your kidneys failed suddenly.", "pairs: answer not from the instructions"),
        ("Question: What now?\nAnswer: No.", "pairs: answer not from the instructions"),
        # Two of its three words of four letters or more (lungs, were, better) do not stand there.
        ("Question: What now?\nAnswer: The lungs were better.", "pairs: answer not from the instructions"),
    ],
)
def test_pair_that_is_no_gold_is_left_out_and_counted(text, reason):
    assert select(WHY + text) == ([ANSWERS["why"]], {reason: 1})


def test_same_question_about_another_letter_is_kept():
    assert select(WHY, WHY) == ([ANSWERS["why"]] * 2, {})


def test_output_without_a_pair_is_counted():
    assert select(WHY, "I cannot help with that.") == ([ANSWERS["why"]], {"letters: no pair in the model's output": 1})


def test_last_pair_of_a_cut_off_output_is_left_out():
    assert select(WHAT + WHY, finish_reason="length") == ([ANSWERS["what"]], {"pairs: cut off by the token limit": 1})


def test_prompt_that_did_not_fit_the_context_is_counted():
    with pytest.raises(DataError, match="instructions too long for the model 1"):
        select("", finish_reason="context")


def test_outputs_without_a_usable_pair_are_one_line():
    with pytest.raises(DataError, match=r"no usable pair in 2 outputs \(letters: no pair in the model's output 2\); "):
        select("", "Sorry.")
