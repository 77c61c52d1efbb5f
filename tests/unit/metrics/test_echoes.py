"""Which answers repeat the prompt, judged by hand."""

from dataclasses import replace

from clue_lib.metrics import echoes
from clue_lib.tasks import mednli
from clue_lib.types import Message


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


VIGNETTE = "A 31-year-old man has had palpitations for two hours. An urgent care clinic recorded a rapid tachycardia."
HYPOTHESIS = "The patient has a history of gout."
LETTER = (
    "Dear colleague, thank you for referring this man to us. "
    + "The scan of his chest showed no clot in any lung artery. "
)
FIELDS = {"question": VIGNETTE, "hypothesis": HYPOTHESIS, "short": "He has gout.", "letter": LETTER}
ECHOES = [
    VIGNETTE,
    VIGNETTE.upper(),
    "A 31-year-old man has had palpitations for two hours. An urgent care",  # 14 words, cut off
    f"Question: {VIGNETTE}\nAnswer: B",
    f"Hypothesis: {HYPOTHESIS}",
    LETTER,
]
NO_ECHOES = [
    "",
    "B",
    "A 31-year-old man has had palpitations for two hours.",  # the first 11 words
    "He has gout.",  # too short a field to tell from an answer
    f"{HYPOTHESIS} This is likely, as he takes allopurinol and colchicine daily at home.",  # 7 words of 19
    "The scan of his chest showed no clot in any lung artery.",  # quoted from inside a letter
    "An urgent care clinic recorded a rapid tachycardia. A 31-year-old man has had palpitations.",
]


def test_prompt_echo(respond):
    assert flags(echoes.prompt_echo, respond, ECHOES, fields=FIELDS) == [1] * len(ECHOES)
    assert flags(echoes.prompt_echo, respond, NO_ECHOES, fields=FIELDS) == [0] * len(NO_ECHOES)


def test_what_the_gold_or_an_option_says_too_is_no_echo(respond):
    assert echoes.prompt_echo([respond(VIGNETTE, VIGNETTE, fields=FIELDS)]) == [0]
    fields = {"options": f"A: {VIGNETTE}\nB: gout"}
    assert echoes.prompt_echo([respond(f"A: {VIGNETTE}", "A", fields=fields, options=(VIGNETTE, "gout"))]) == [0]
    assert echoes.prompt_echo([respond(fields["options"], "A", fields=fields, options=(VIGNETTE, "gout"))]) == [1]


MESSAGE = (
    "I have gout in my toe since March and my doctor gave me colchicine, which does not help at all. "
    "Is there any other treatment for gout that I could take? Thanks."
)
ASKED = "What are other treatments for gout?"
ECHOES_OF_A_MESSAGE = [
    MESSAGE,
    MESSAGE.removeprefix("I have "),
    MESSAGE[MESSAGE.index("my doctor") :],
    f"Message: {MESSAGE}",
    "What does the sender ask?",
    "You read messages that people send to a health information service.",
]
NO_ECHOES_OF_A_MESSAGE = [
    ASKED,
    "Is there any other treatment for gout that I could take?",  # a fair answer, in the sender's words
    "I've had gout in my toe since March and my doctor gave me colchicine, which doesn't help at all.",
    "What does the sender of the message ask about gout?",
]


def test_messages_without_their_first_words_and_instructions_are_echoes(respond):
    given = {"gold": ASKED, "fields": {"message": MESSAGE}}
    assert flags(echoes.prompt_echo, respond, ECHOES_OF_A_MESSAGE, **given) == [1] * len(ECHOES_OF_A_MESSAGE)
    assert flags(echoes.prompt_echo, respond, NO_ECHOES_OF_A_MESSAGE, **given) == [0] * len(NO_ECHOES_OF_A_MESSAGE)


def test_a_short_question_asked_again_is_an_answer_where_one_was_asked_for(respond):
    fields = {"message": "What is the treatment for hives"}
    assert echoes.prompt_echo(
        [respond("What is the treatment for hives?", "How are hives treated?", fields=fields)]
    ) == [0]
    assert echoes.prompt_echo([respond("What is the treatment for hives?", "Antihistamines.", fields=fields)]) == [1]


def test_a_right_answer_may_quote_the_first_sentence_of_a_letter(respond):
    first = "You were admitted to our hospital because of fever and cough and were found to have a chest infection."
    fields = {"letter": f"{first} We gave antibiotics."}
    assert echoes.prompt_echo([respond(first, "You had a chest infection.", fields=fields)]) == [0]
    assert echoes.prompt_echo([respond(first, "You had a stroke.", fields=fields)]) == [1]
    assert echoes.prompt_echo([respond(first, "You had a chest infection.", fields={"letter": first})]) == [1]


def test_the_prompt_that_was_asked_is_what_is_repeated(respond):
    prompt = (Message(role="system", content="Name the drug and nothing else."), Message(role="user", content="Gout."))
    response = replace(respond("Name the drug and nothing else", "colchicine"), prompt=prompt)
    assert echoes.prompt_echo([response]) == [1]
    assert echoes.prompt_echo([replace(response, prompt=prompt[1:])]) == [0]


def test_a_label_with_its_definition_is_no_echo(respond):
    text = "neutral - the hypothesis may be true or false"
    assert echoes.prompt_echo([respond(text, "neutral", parse=mednli.parse)]) == [0]
