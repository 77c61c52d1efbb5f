"""What holds of every reading: of the plain form, of what is added around an answer, of swapped and denied options."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.answers import plain
from clue_lib.tasks import mednli
from clue_lib.types import Example, Parsed

DISEASES = ("Acute pancreatitis", "Crohn disease", "Celiac disease", "Gallstones", "Ulcerative colitis")
MARKUP = [
    *("**", "_", "`", "```", "```json\n", "#", "~", '"', "'", "“", "\\", "{", "}", "$", "\\boxed{", "\\text{", "\\n"),
    *("<b>", "</b>", "<i>", "<answer>", "</answer>", "<br>", "<C>", "<", ">", "&amp;", "&lt;", "&amp;lt;", "&#42;"),
    *(
        "A",
        "b",
        "C.",
        "is",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "。",
        "Ｃ",
        "\u200b",
        "e\u0301",
        "é",
        '{"answer": "C"}',
        ", ",
        ":",
    ),
    *("->", "⟦", "⟫", "x_y", "don't", "5'", "|", "\0", "İ", "ß"),
]
MARKED_UP = st.text() | st.lists(st.sampled_from(MARKUP), max_size=30).map("".join)
OPTION_SHAPES = [
    *("{}", "({})", "**{}**", "{}.", "Answer: {}", "The answer is {}.", "I would choose {}.", "It must be {}."),
    *("\\boxed{{{}}}", "<answer>{}</answer>", '{{"answer": "{}"}}', "So the correct option is {}.", "Antwort: {}"),
    *("{} is correct.", "Not every sign fits, but the answer is {}.", "### Answer\n{}", "The best choice is {}."),
]
TEXT_SHAPES = ["{}", "{}.", "Answer: {}", "The diagnosis is {}.", "This is {}.", "{} is the most likely diagnosis."]
LABEL_SHAPES = ["{}", "Label: {}", "The answer is {}.", "It is {}.", "So the correct label is {}.", "**{}**"]
DENIALS = [
    *("Not {}.", "It is not {}.", "The answer is not {}.", "{} is wrong.", "{} is incorrect.", "{} can be ruled out."),
    *("{} is unlikely.", "I would not choose {}.", "The answer cannot be {}.", "It isn't {}.", "{}: incorrect"),
    *("I don't think that it is {}.", "The least likely answer is {}.", "Incorrect: {}", "Anything but {}."),
    *("The answer is neither {} nor gout.", "{} (unlikely)", "I doubt that {} is correct.", "❌ {}"),
]
THOUGHTS = [
    *("<think>{}</think>", "<thinking>\n{}\n</thinking>\n", "[THINK]{}[/THINK]", "◁think▷{}◁/think▷", "{}</think>\n\n"),
    *("<reasoning>{}</reasoning>", "<unused94>thought\n{}<unused95>", "## Thinking\n\n{}\n\n## Final Response\n\n"),
    "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
]
MUSINGS = [
    "The answer is A.",
    "B? No.",
    "A. Acute pancreatitis\nB. Crohn disease",
    "neutral or entailment",
    "\n",
    "(D)",
]
LETTERS = st.sampled_from("ABCDE")


def read(text, options=DISEASES):
    asked = Example(id="1", cluster="1", fields={}, gold="A", options=tuple(options))
    return answers.option(text, asked)


def value(answer):
    return answer.value if isinstance(answer, Parsed) else None


@given(MARKED_UP)
@example("<th*ink>")
@example("&am*p;lt;b>")
def test_making_a_text_plain_twice_changes_nothing(text):
    once = plain.plain(text)
    assert plain.plain(once) == once


@given(MARKED_UP)
def test_plain_text_has_no_markup_no_hidden_character_and_no_superfluous_space(text):
    made = plain.plain(text)
    assert not set(made) & set('*`~#"\\_{}$\0\u200b“\r')
    assert made == made.strip()
    assert "\n\n" not in made
    assert "  " not in made


@given(MARKED_UP)
def test_every_plain_character_has_a_place_in_the_text_and_none_is_out_of_order(text):
    normal = plain.normalise(text)
    if normal is None:
        return
    places = list(normal.mapped.places)
    assert len(places) == len(normal.text) == len(normal.lower)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)
    for at, character in enumerate(normal.text):
        if character.isascii() and character.isalnum() and text[places[at]].isascii() and text[places[at]].isalnum():
            assert text[places[at]] == character


@given(
    st.sampled_from(OPTION_SHAPES), LETTERS, st.sampled_from(THOUGHTS), st.lists(st.sampled_from(MUSINGS)).map(" ".join)
)
def test_a_thought_before_an_answer_changes_nothing(shape, letter, thought, musing):
    text = shape.format(letter)
    assert value(read(thought.format(musing) + text)) == value(read(text)) == letter


@given(st.sampled_from(LABEL_SHAPES), st.sampled_from(list(mednli.LABELS)), st.sampled_from(THOUGHTS))
def test_a_thought_before_a_label_changes_nothing(shape, label, thought):
    text = shape.format(label)
    assert value(mednli.parse(thought.format("neutral? contradiction?") + text)) == label


@pytest.mark.parametrize(
    "wrap", ["```\n{}\n```", "```text\n{}\n```", "{}\n", "\n\n{}", "> {}", "{}<|eot_id|>", "{}</s>"]
)
@given(st.sampled_from(OPTION_SHAPES), LETTERS)
def test_a_fence_or_frame_around_an_answer_changes_nothing(wrap, shape, letter):
    assert value(read(wrap.format(shape.format(letter)))) == letter


EXPLANATIONS = [
    *("\n\nExplanation: the antibodies are positive.", "\n\nThe lipase is normal, so there is no pancreatitis."),
    "\n\nWhy the others are wrong:\nA. The lipase is normal.\nB. No fistula.\nD. No colic.",
]


@pytest.mark.parametrize("explanation", EXPLANATIONS)
@given(st.sampled_from(OPTION_SHAPES), LETTERS)
def test_an_explanation_behind_an_answer_changes_nothing(explanation, shape, letter):
    assert value(read(shape.format(letter) + explanation)) == letter


@given(st.sampled_from(TEXT_SHAPES), st.sampled_from(DISEASES), st.permutations(DISEASES))
def test_swapping_the_options_swaps_the_letters(shape, disease, swapped):
    text = shape.format(disease)
    assert value(read(text)) == "ABCDE"[DISEASES.index(disease)]
    assert value(read(text, swapped)) == "ABCDE"[swapped.index(disease)]


@given(st.sampled_from(OPTION_SHAPES), LETTERS, st.permutations(DISEASES))
def test_a_letter_is_the_same_letter_whatever_the_options_say(shape, letter, swapped):
    assert value(read(shape.format(letter), swapped)) == letter


@given(st.lists(st.tuples(st.sampled_from(DENIALS), LETTERS), min_size=1, max_size=4))
def test_what_is_only_denied_is_no_answer(said):
    assert value(read("\n".join(shape.format(letter) for shape, letter in said))) is None


@given(st.sampled_from(DENIALS), st.sampled_from(DISEASES))
def test_an_own_text_that_is_denied_is_no_answer(shape, disease):
    assert value(read(shape.format(disease))) is None


@given(st.lists(st.tuples(st.sampled_from(DENIALS), LETTERS), max_size=3), st.sampled_from(OPTION_SHAPES), LETTERS)
def test_denials_before_an_answer_change_nothing(said, shape, letter):
    denied = [denial.format(other) for denial, other in said if other != letter]
    assert value(read("\n".join([*denied, shape.format(letter)]))) == letter


@given(st.lists(st.sampled_from([*MARKUP, *OPTION_SHAPES, *DENIALS, *DISEASES, "A", "B", "or", "no", ",", "wait,"])))
def test_what_decided_is_said_and_stands_where_it_is_said_to_stand(pieces):
    text = " ".join(piece.replace("{}", "D") for piece in pieces)
    answer = read(text)
    if isinstance(answer, Parsed):
        decided = [each for each in answer.evidence.mentions if (each.start, each.end) == answer_span(answer)]
        assert {each.said for each in decided} <= {"asserted", "hedged"}
        assert 0 <= answer.evidence.start < answer.evidence.end <= len(text)


def answer_span(answer):
    return answer.evidence.start, answer.evidence.end
