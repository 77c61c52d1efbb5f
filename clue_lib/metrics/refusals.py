"""Answers that decline to answer."""

import functools
import re
from collections.abc import Sequence

from clue_lib.metrics import texts, wordlists
from clue_lib.metrics.base import as_text
from clue_lib.types import Parsed, Response

MOST_SENTENCES = 4
"""Sentences of courtesy that may stand before a refusal."""

MOST_CHARACTERS = 2_000
"""So much of a text's beginning is looked at: whoever declines does so at once."""

_REFERRAL = re.compile(
    r"(?<!\bi )\bconsult(?:ing)?(?: [\w'-]{1,30}){0,6} (?:doctor|physician|professional|provider|specialist)s?\b"
    r"|\bseek (?:\w{1,30} )?medical (?:advice|attention|care|help)\b"
)
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_SENTENCE_PARTS = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?\n]?")
_SENTENCE_END = re.compile(r"[.!?\n]")
_ANSWER_LEAD = re.compile(
    r"\A[\W_]*(?:\d{1,2}[.)]\s+)?(?:(?:(?:final )?(?:answer|response|summary)|model|ai|assistant|bot)[\W_]*:[\W_]*)?"
)
_SHORT_FORMS = (
    (re.compile(r"\b(?:i am|im)\b"), "i'm"),
    (re.compile(r"\b(?:i would|id) (?=rather|prefer|be happy)"), "i'd "),
    (re.compile(r"\b(?:it|that) is\b|\bits (?=not|im)"), "it's"),
    (re.compile(r"\b(?:cannot|can not|cant)\b"), "can't"),
    (re.compile(r"\b(?:will not|wont)\b"), "won't"),
    (re.compile(r"\b(could|do|does|would|should|is) not\b"), r"\1n't"),
    (re.compile(r"\b(could|do|does|would|should|is)nt\b"), r"\1n't"),
)


def refusal(responses: Sequence[Response]) -> list[float]:
    """1 where the model declines to answer.

    The text opens with a phrase of `wordlists.toml` ("As an AI", "I'm sorry, but", "I cannot provide …"), also behind
    "Answer:", thanks, an apology, or a concession ("I understand your concern, but …"); or its one sentence of at most
    30 words sends the reader to a professional ("Please consult your doctor."). Where a label, letter or codes were
    asked for and none was read, "The text does not contain any codes" declines as well. No refusal: a text from which
    one of these was read, one whose first sentence is a question (an apology aside), advice that the gold gives too,
    and of a free text that "the letter does not mention this". By phrases, as Zou et al. 2023 (arXiv 2307.15043) tell
    refusals; unusual wordings go unnoticed.
    """
    return [float(_refuses(response)) for response in responses]


def _refuses(response: Response) -> bool:
    answer = response.answer
    whole = texts.own(response)
    if isinstance(answer, Parsed) and not _is_whole(answer, response):  # a label, letter or codes
        return False
    text = _plain(whole[:MOST_CHARACTERS])
    gold = as_text(response.example.gold).casefold()
    if _opens_with_refusal(text) or (_only_refers(whole.casefold()) and not _only_refers(gold)):
        return True
    return not isinstance(answer, Parsed) and _declines_without_i(text)


def _is_whole(answer: Parsed, response: Response) -> bool:
    """Whether the answer is all that the model wrote."""
    return answer.value == response.generation.text.strip()


def _plain(text: str) -> str:
    text = _ANSWER_LEAD.sub("", text.casefold(), count=1)
    for pattern, short in _SHORT_FORMS:
        text = pattern.sub(short, text)
    return text


def _opens_with_refusal(text: str) -> bool:
    patterns = _patterns()
    start = 0
    if patterns.only_sorry.fullmatch(text):
        return True
    for _ in range(MOST_SENTENCES):
        rest = text[start:].lstrip(" \n\t-–—•*>,.!")
        if _refuses_at_once(rest):
            return True
        sentence = _SENTENCE_PARTS.match(rest)
        if sentence is None or not patterns.courtesy.match(rest) or sentence[0].endswith("?"):
            return False
        start = len(text) - len(rest) + sentence.end()
    return False


def _refuses_at_once(text: str) -> bool:
    """Whether the first sentence declines, once what it concedes is left out."""
    patterns = _patterns()
    opening = patterns.lead.match(text)
    rest = text[opening.end() :] if opening else text
    if _is_question(rest):
        return False
    if opening is not None and opening["refuses"] is not None:
        return True
    conceded = patterns.conceded.match(rest)
    if conceded and not _is_question(rest[conceded.end() :]):
        rest_behind = rest[conceded.end() :]
        if any(pattern.match(rest_behind) for pattern in (patterns.refusal, patterns.bare)):
            return True
    return any(pattern.match(rest) for pattern in (patterns.refusal, patterns.bare, patterns.beyond))


def _is_question(text: str) -> bool:
    end = _SENTENCE_END.search(text)
    return bool(end and end[0] == "?")


def _declines_without_i(text: str) -> bool:
    sentence = _SENTENCE_PARTS.match(text)
    return sentence is not None and _patterns().impersonal.search(sentence[0]) is not None


class _Patterns:
    """What the word lists say, ready to match with.

    `lead` is what may stand before a refusal, with a group "refuses" where that is one itself. `courtesy` begins a
    sentence that may, and `only_sorry` is one with nothing behind it. `conceded` is the clause before a comma or "but",
    `bare` an inability that ends the sentence, `beyond` what goes beyond the model.
    """

    def __init__(self) -> None:
        lists = wordlists.load().refusal
        self.lead = self._lead()
        self.refusal = self._refusal()
        courtesy, conceding, clauses = map(
            "|".join, (lists.courtesy.sentences, lists.courtesy.conceding, lists.courtesy.clauses)
        )
        self.courtesy = re.compile(rf"(?:{courtesy})\b")
        self.conceded = re.compile(
            rf"(?:{clauses})\b[,.!:]?\s|(?:{conceding})\b[^,.;!?\n]{{1,200}},\s"
            r"|(?:i|i'm|i'd|my|it's|this|that|thank|thanks)\b[^.;!?\n]{1,200}?,?\s(?:but|however,?|yet)\s"
            r"|(?:this|that|that's|it's|your)\b[^.;!?\n]{0,120}?\s(?:that|which|something)\s"
        )
        self.bare = re.compile(rf"(?:{'|'.join(lists.inability.bare)})[ ]*(?:[.!\n]|\Z)")
        self.only_sorry = re.compile(rf"(?:{'|'.join(lists.apologies)})[.! ]*")
        beyond, abilities = "|".join(lists.inability.beyond), "|".join(lists.inability.abilities)
        self.beyond = re.compile(
            rf"(?:this|that|that's|it|it's|the|your|answering)\b[^.;!?\n]{{0,80}}?\s(?:{beyond})\s"
            rf"(?:\w{{1,20}}\s){{0,2}}(?:{abilities})\b"
        )
        self.reporting = re.compile(rf"\W*(?:{'|'.join(lists.reporting.beginnings)})\b")
        impersonal = lists.impersonal
        self.impersonal = re.compile(
            rf"\b(?:{'|'.join(impersonal.phrases)})\b"
            rf"|\b(?:{'|'.join(impersonal.lacks)})\b(?:\s[\w'-]{{1,30}}){{0,5}}?\s(?:{'|'.join(impersonal.lacked)})\b"
        )

    @staticmethod
    def _lead() -> re.Pattern[str]:
        lists = wordlists.load().refusal
        regret, sorry, denial = map("|".join, (lists.regrets, lists.apologies, lists.denials))
        return re.compile(
            rf"(?:(?:{regret}),?\s(?:that\s)?)?"
            rf"(?:(?:{sorry})(?:(?P<refuses>[,.]?\s(?:but\b\s?|(?=(?:{denial})\b)))"
            r"|(?:\sto\s(?:say|tell\syou)|\s(?:about|for|to\shear)\b[^.,;:!?\n]{0,60})?[.,;:!]?\s(?:(?:but|that)\s)?))?"
        )

    @staticmethod
    def _refusal() -> re.Pattern[str]:
        lists = wordlists.load().refusal
        unable = lists.inability
        begin, objects = "|".join(unable.beginnings), "|".join(unable.objects)
        natures = "|".join(map(re.escape, lists.nature.natures))
        verbs, light = _with_gerunds(unable.verbs), _with_gerunds(unable.light_verbs)
        # "I can't help my cough" and "I can't recommend taking it" are no refusals.
        return re.compile(
            rf"(?:{'|'.join(lists.openings)})\b"
            rf"|(?:{'|'.join(lists.nature.beginnings)})\s(?:[\w-]{{1,30}}\s){{0,3}}?(?:{natures})(?!\w)"
            rf"|(?:{begin})(?:\s(?:and|or)\s(?:won't|can't|shouldn't))?\s(?:\w{{1,30}}\s)?(?:(?:{verbs})\b(?!\s(?:my|myself|\w{{1,30}}ing)\b)"
            rf"|(?:{light})\b(?:\s[\w'-]{{1,30}}){{0,4}}?\s(?:{objects})\b)"
        )


def _with_gerunds(verbs: Sequence[str]) -> str:
    """The verbs, each also as in "I'm not comfortable providing"."""
    forms = []
    for verb in verbs:
        first, _, rest = verb.partition(" ")
        stem = first[:-1] if first.endswith("e") else first
        forms += [verb, f"{stem}ing {rest}".strip()]
    return "|".join(forms)


@functools.cache
def _patterns() -> _Patterns:
    return _Patterns()


def _only_refers(text: str) -> bool:
    """Whether the text is one short sentence that sends its reader to a professional."""
    is_short = len(text) < 400 and len(text.split()) <= 30
    if not is_short or text.rstrip().endswith("?"):
        return False
    is_one_sentence = len(_SENTENCE.findall(text)) <= 1
    return is_one_sentence and _REFERRAL.search(text) is not None and not _patterns().reporting.match(text)
