"""Answers that decline to answer."""

import functools
import re
from collections.abc import Sequence

from clue_lib.metrics import wordlists
from clue_lib.metrics.base import as_text
from clue_lib.types import Parsed, Response

_REFERRAL = re.compile(
    r"(?<!\bi )\bconsult(?:ing)?(?: [\w'-]{1,30}){0,6} (?:doctor|physician|professional|provider|specialist)s?\b"
    r"|\bseek (?:\w{1,30} )?medical (?:advice|attention|care|help)\b"
)
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?\n]")
_ANSWER_LEAD = re.compile(r"\A[\W_]*(?:(?:final )?(?:answer|response|summary)[\W_]*:[\W_]*)?")
_SHORT_FORMS = (
    (re.compile(r"\bi am\b"), "i'm"),
    (re.compile(r"\b(?:cannot|can not)\b"), "can't"),
    (re.compile(r"\b(could|do) not\b"), r"\1n't"),
)


def refusal(responses: Sequence[Response]) -> list[float]:
    """1 where the model declines to answer.

    The text opens with a phrase of `wordlists.toml` ("As an AI", "I'm sorry, but", "I cannot provide …"), also behind
    "Answer:", "Unfortunately" or an apology, or its one sentence of at most 30 words sends the reader to a professional
    ("Please consult your doctor."). No refusal: a text from which a label, letter or codes were read, one whose first
    sentence is a question (an apology aside), advice that the gold gives too. By phrases, as Zou et al. 2023 (arXiv
    2307.15043) tell refusals; unusual wordings go unnoticed.
    """
    return [float(_refuses(response)) for response in responses]


def _refuses(response: Response) -> bool:
    raw, answer = response.generation.text.strip(), response.answer
    if isinstance(answer, Parsed) and answer.value != raw:  # a label, letter or codes
        return False
    text = _ANSWER_LEAD.sub("", _plain(raw), count=1)
    gold = as_text(response.example.gold).casefold()
    return _opens_with_refusal(text) or (_only_refers(text) and not _only_refers(gold))


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'")


def _opens_with_refusal(text: str) -> bool:
    lead, refusal = _refusal_patterns()
    for pattern, short in _SHORT_FORMS:
        text = pattern.sub(short, text)
    opening = lead.match(text)
    rest = text[opening.end() :] if opening else text
    if _is_question(rest):
        return False
    refuses_at_once = opening is not None and opening["refuses"] is not None
    return refuses_at_once or refusal.match(rest) is not None


def _is_question(text: str) -> bool:
    end = _SENTENCE_END.search(text)
    return bool(end and end[0] == "?")


@functools.cache
def _refusal_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before a refusal, with a group "refuses" where that is one itself; and how refusals open."""
    lists = wordlists.load().refusal
    regret, sorry, denial, opening = map("|".join, (lists.regrets, lists.apologies, lists.denials, lists.openings))
    unable = lists.inability
    begin, verb, light, object_ = map("|".join, (unable.beginnings, unable.verbs, unable.light_verbs, unable.objects))
    lead = (
        rf"(?:(?:{regret}),?\s(?:that\s)?)?"
        rf"(?:(?:{sorry})(?:(?P<refuses>[,.]?\s(?:but\b\s?|(?=(?:{denial})\b)))"
        r"|(?:\sto\s(?:say|tell\syou)|\s(?:about|for|to\shear)\b[^.,;:!?\n]{0,60})?[.,;:!]?\s(?:(?:but|that)\s)?))?"
    )
    # "I can't help my cough" and "I can't recommend taking it" are no refusals.
    refusal = (
        rf"(?:{opening})\b|(?:{begin})\s(?:\w{{1,30}}\s)?(?:(?:{verb})\b(?!\s(?:my|myself|\w{{1,30}}ing)\b)"
        rf"|(?:{light})\b(?:\s[\w'-]{{1,30}}){{0,4}}?\s(?:{object_})\b)"
    )
    return re.compile(lead), re.compile(refusal)


def _only_refers(text: str) -> bool:
    """Whether the text is one short sentence that sends its reader to a professional."""
    is_one_sentence = len(_SENTENCE.findall(text)) <= 1 and not text.rstrip().endswith("?")
    is_short = len(text) < 400 and len(text.split()) <= 30
    return is_one_sentence and is_short and _REFERRAL.search(text) is not None
