"""Which answers refuse, judged by hand."""

from clue_lib.metrics import refusals
from clue_lib.tasks import mednli


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


REFUSALS = [
    "I cannot provide medical advice.",
    "I can’t help with that.",
    "I'm sorry, but the letters do not say.",
    "As an AI language model, I have no access to patients.",
    "**Sorry, I am not able to say.**",
    "Unfortunately, I cannot reliably determine the diagnosis.",
    "Please consult your doctor.",
    "It is best to consult with a qualified healthcare professional about your symptoms.",
    "You should seek medical attention.",
    "I am sorry, I cannot help with that.",
    "I'm sorry. I can't help with this request.",
    "I'm really sorry, but I can't help.",
    "I'm sorry to hear that you have gout, but I can't give medical advice.",
    "Sorry, I don't know.",
    "I apologize for the confusion, but I am unable to answer.",
    "Unfortunately, I am unable to answer.",
    "I'm afraid I can't answer that.",
    "I cannot make a diagnosis.",
    "I can not give you a definitive answer.",
    "I cannot recommend a treatment.",
    "I'm not qualified to give medical advice.",
    "I am not qualified to say.",
    "**Answer:** I'm sorry, but I cannot help.",
    "Final answer: I cannot help.",
    "I don't have access to patient records.",
    "I do not have access to the letters.",
    "I can't provide medical advice. Is there something else I can help you with?",  # the question comes after it
]
NO_REFUSALS = [
    "",
    "I cannot sleep; what helps?",  # a patient's complaint
    "What can I do if I can't help scratching?",
    "When should someone consult a doctor about back pain?",  # a question
    "The question cannot be answered with these letters.",  # of LongHealth's options
    "Cannot be answered with the documents",
    "Stop the steroid after two days. If your sugars stay high, consult your doctor.",  # advice beside an answer
    "Is it dangerous that I can not provide a urine sample?",
    "He refused surgery, as an aide told him that it would not help.",
    "I cannot give up smoking; how can I stop?",
    "I cannot give up smoking. How can I stop?",
    "I can't make a fist. What is wrong?",
    "I can't help my cough.",
    "I don't have access to a doctor, who can help?",
    "I don't have access to a gym.",
    "I can't recommend taking ibuprofen with lithium.",  # advice
    "I'm sorry, but what is gout?",
    "Sorry, what is gout?",
    "I'm sorry to hear that. Gout is treated with colchicine.",
    "Sorry for the confusion, but the dose is 20 mg.",
    "Unfortunately, the tumor cannot be removed.",
    "Unfortunately, I have gout.",
    "The patient cannot give a history.",
    "The patient is unable to provide a history.",
    "Sorry state of nutrition",
    "Answer: gout",
]


def test_refusals(respond):
    assert flags(refusals.refusal, respond, REFUSALS) == [1] * len(REFUSALS)
    assert flags(refusals.refusal, respond, NO_REFUSALS) == [0] * len(NO_REFUSALS)


def test_an_answer_that_was_read_or_that_the_gold_gives_is_no_refusal(respond):
    text = "As an AI language model, I read it as neutral."
    assert refusals.refusal([respond(text, "neutral", parse=mednli.parse)]) == [0]
    assert refusals.refusal([respond("As an AI language model, I can't say.", parse=mednli.parse)]) == [1]
    assert refusals.refusal([respond("Consult your doctor.", "Consult a doctor at once.")]) == [0]
    assert refusals.refusal([respond("I cannot help.", "I cannot help.")]) == [1]
