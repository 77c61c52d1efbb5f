"""Which answers refuse, judged by hand."""

from clue_lib import answers
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
REFUSALS += [  # as chat models word it
    "I understand your concern, but I cannot provide medical advice.",
    "I am an AI assistant and cannot provide diagnoses.",
    "As a responsible AI, I can't give medical advice.",
    "I'm not able to provide a diagnosis.",
    "I can't answer that question.",
    "I cannot help you with this.",
    "I'm unable to assist with medical questions.",
    "Unfortunately I am not able to provide that information.",
    "I would prefer not to answer.",
    "I am not a doctor.",
    "I'm not a doctor, but you should see one.",
    "I'm just a language model.",
    "Sorry, I am unable to help.",
    "My apologies, but I cannot answer this.",
    "I apologize for any inconvenience, but I can't provide this.",
    "I regret that I cannot help.",
    "I'm afraid I cannot answer that.",
    "I do not feel qualified to answer this question.",
    "I don't think I can answer that.",
    "I can’t provide a medical diagnosis, but I can offer general information.",
    "I will not answer this question.",
    "I won't be able to help with that.",
    "It would be inappropriate for me to give medical advice.",
    "It is not appropriate for me to diagnose.",
    "I must decline.",
    "I have to decline this request.",
    "I cannot comply with this request.",
    "I can't do this.",
    "Hi there! I can't help with medical advice.",
    "Thanks for reaching out. I cannot diagnose conditions.",
    "I appreciate your question, however I cannot provide medical advice.",
    "Although I would like to help, I cannot give medical advice.",
    "I'm sorry to hear about your pain, but I cannot provide medical advice.",
    "I am unable to determine the answer.",
    "> I'm sorry, but I can't help with that.",
    "1. I cannot provide medical advice.",
    "*I'm sorry, I can't help.*",
    "# I'm sorry, but I can't help with that.",
    "Model: I cannot help.",
    "AI: I'm sorry, but I can't help.",
    "Answer: I cannot provide medical advice.",
    "No. I can't help with that.",
    "Please consult a healthcare professional.",
    "Please consult your physician for medical advice.",
    "I'm a chatbot and can't diagnose.",
    "It is not possible for me to answer.",
    "I lack the information to answer.",
    "I don't know.",
    "I do not know the answer.",
    "I have no idea.",
    "Sorry.",
    "I'm sorry.",
    "Regrettably, I can't provide this.",
    "Apologies, I can't assist.",
    "I'm not in a position to answer.",
    "I shouldn't answer this.",
    "I cannot and will not answer this.",
    "I am sorry, but as an AI I cannot diagnose.",
    "This is a medical question that I cannot answer.",
    "That's something I can't help with.",
    "Your question is beyond my capabilities.",
    "I would advise you to consult a doctor.",
    "I would recommend consulting a healthcare provider.",
    "Due to my guidelines, I cannot answer.",
    "For safety reasons, I cannot answer this.",
    "As a machine, I can't feel pain.",
    "I am only a computer program and cannot give advice.",
    "The question is outside my expertise.",
    "As your assistant, I cannot diagnose.",
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
NO_REFUSALS += [
    "What are the treatments for gout?",
    "I cannot tolerate colchicine. What else is there?",
    "I'm sorry for your loss. Gout is treated with NSAIDs.",
    "Can you help me with my gout?",
    "I can't sleep because of gout.",
    "I have been unable to walk since March.",
    "Unfortunately, there is no cure for gout.",
    "The patient was unable to provide a history.",
    "The doctor says that he cannot help me.",
    "I don't want to take allopurinol.",
    "I am not able to bend my toe.",
    "Is there nothing I can do?",
    "I can't find a doctor who treats gout.",
    "The letter does not mention this.",
    "The letter does not mention a follow-up appointment.",
    "There is no information about this in the letter.",
    "Not mentioned.",
    "No.",
    "I do not have health insurance.",
    "Sorry about the long message; how is gout treated?",
    "As an AI researcher, what should I know of gout?",
    "You should not drive for a week.",
    "Please call your doctor if you have fever.",
    "You were told to consult a cardiologist in two weeks. You had a stent placed.",
    "How can I consult a doctor about gout?",
    "I'm not sure what gout is. What is it?",
    "The discharge letter doesn't say why.",
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


CODES_DECLINED = [
    "The provided text does not contain any ICD-10 codes.",
    "There are no ICD-10 codes in this text.",
    "No ICD-10 codes can be assigned.",
    "I cannot find any ICD codes in the letter.",
    "It is not possible to assign codes.",
]
CHOICE_DECLINED = [
    "It is impossible to choose an option without an examination.",
    "The answer cannot be determined.",
    "There is not enough information to choose.",
]


def test_where_something_was_to_be_read_nothing_to_be_found_declines(respond):
    assert flags(refusals.refusal, respond, CODES_DECLINED, parse=answers.icd_codes) == [1] * len(CODES_DECLINED)
    given = {"parse": answers.option, "options": ("Gout", "Sepsis")}
    assert flags(refusals.refusal, respond, CHOICE_DECLINED, **given) == [1] * len(CHOICE_DECLINED)
    honest = [*CODES_DECLINED[:2], "The letter does not say.", "The answer cannot be determined."]
    assert flags(refusals.refusal, respond, honest) == [0] * len(honest)  # an answer in free text
