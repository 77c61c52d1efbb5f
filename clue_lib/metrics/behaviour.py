"""How a model fails, whatever the task: each a 0/1 flag per response, its mean a rate.

A flag judges the text, and the gold only where its definition says so. An empty text is `empty`, `unparsed` and of the
wrong length; it neither refuses nor leaks. Where no source is named, the definition is our own.
"""

import functools
import itertools
import re
from collections.abc import Sequence
from string import ascii_uppercase

from clue_lib.metrics import wordlists
from clue_lib.types import Parsed, Response, Unparsed

N_ECHOED = 12
N_ECHOED_WHOLE = 6

_ROLE = re.compile(r"^(?:user|human|assistant)[ \t]*(?::|$)|\A\s*(?:system|model)[ \t]*\n", re.MULTILINE)
_SPECIAL = re.compile(r"<[|｜][^<>\n]{1,40}[|｜]>")
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


def empty(responses: Sequence[Response]) -> list[float]:
    """1 where the model wrote nothing but white space."""
    return [float(not response.generation.text.strip()) for response in responses]


def truncated(responses: Sequence[Response]) -> list[float]:
    """1 where the task's token limit cut the answer: the model did not end by itself."""
    return [float(response.generation.finish_reason == "length") for response in responses]


def unparsed(responses: Sequence[Response]) -> list[float]:
    """1 where no answer could be read from the text: none of the expected ones, or several at once."""
    return [float(isinstance(response.answer, Unparsed)) for response in responses]


def refusal(responses: Sequence[Response]) -> list[float]:
    """1 where the model declines to answer.

    The text opens with a phrase of `wordlists.toml` ("As an AI", "I'm sorry, but", "I cannot provide …"), also behind
    "Answer:", "Unfortunately" or an apology, or its one sentence of at most 30 words sends the reader to a professional
    ("Please consult your doctor."). No refusal: a text from which a label, letter or codes were read, one whose first
    sentence is a question (an apology aside), advice that the gold gives too. By phrases, as Zou et al. 2023 (arXiv
    2307.15043) tell refusals; unusual wordings go unnoticed.
    """
    return [float(_refuses(response)) for response in responses]


def template_leakage(responses: Sequence[Response]) -> list[float]:
    """1 where the text holds the frame of a chat or instruction format.

    That is a special token (`<|im_end|>`, `[INST]`, `</s>`), an instruction header (`### Response`) or a line that
    starts with a speaker's role (`user:`, `assistant`). `wordlists.toml` says of which format each mark is. They mean
    that the model does not end its turn, or was trained on another template than it is asked with.
    """
    marks = re.compile("|".join(map(re.escape, wordlists.load().template)))
    texts = [response.generation.text.casefold() for response in responses]
    return [float(any(pattern.search(text) for pattern in (marks, _SPECIAL, _ROLE))) for text in texts]


def prompt_echo(responses: Sequence[Response]) -> list[float]:
    """1 where more than half of the answer is the opening of a field of the prompt, word for word.

    At least the field's first 12 words, or the whole of a shorter field of 6 or more. Only openings count: a model that
    restates its prompt begins at a beginning, while a summary or answer may well quote a sentence from inside a letter.
    What the gold or a single option says too is no echo.
    """
    return [float(_echoes(response)) for response in responses]


def extra_text(responses: Sequence[Response]) -> list[float]:
    """1 where an answer was read but the text holds more than that answer: an explanation though one word was asked.

    More is, for a letter or label, any word that is not part of it, of its option's text or of those that only present
    an answer ("The correct answer is option"; `wordlists.toml`). For codes it is a line with such words and none of the
    codes, as a code's line may describe it. Where the text itself is the answer, nothing is extra.
    """
    return [float(isinstance(response.answer, Parsed) and _says_more(response)) for response in responses]


def wrong_length(responses: Sequence[Response]) -> list[float]:
    """1 where a free text is far longer or far shorter than the gold, in words.

    Far longer: more than three times as many and more than 10 words above, so that a gold of two words leaves room for
    a sentence. Far shorter: fewer than a quarter. An empty text is too short. Our choice: at three times one short
    question is a paragraph, at a quarter a list has lost most of its items.
    """
    lengths = [
        (len(wordlists.words(r.generation.text)), len(wordlists.words(_text(r.example.gold)))) for r in responses
    ]
    return [float(n > max(3 * n_gold, n_gold + 10) or 4 * n < n_gold) for n, n_gold in lengths]


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _refuses(response: Response) -> bool:
    raw, answer = response.generation.text.strip(), response.answer
    if isinstance(answer, Parsed) and answer.value != raw:
        return False
    text = _ANSWER_LEAD.sub("", raw.casefold().replace("’", "'"), count=1)
    return _opens_with_refusal(text) or (
        _only_refers(text) and not _only_refers(_text(response.example.gold).casefold())
    )


def _opens_with_refusal(text: str) -> bool:
    before, refusal = _refusal_patterns()
    for pattern, short in _SHORT_FORMS:
        text = pattern.sub(short, text)
    found = before.match(text)
    said = text[found.end() :] if found else text
    if _is_question(said):
        return False
    return bool(refusal.match(said) or (found and found["refuses"] is not None))


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
    before = (
        rf"(?:(?:{regret}),?\s(?:that\s)?)?"
        rf"(?:(?:{sorry})(?:(?P<refuses>[,.]?\s(?:but\b\s?|(?=(?:{denial})\b)))"
        r"|(?:\sto\s(?:say|tell\syou)|\s(?:about|for|to\shear)\b[^.,;:!?\n]{0,60})?[.,;:!]?\s(?:(?:but|that)\s)?))?"
    )
    # "I can't help my cough" and "I can't recommend taking it" are no refusals.
    refusal = (
        rf"(?:{opening})\b|(?:{begin})\s(?:\w{{1,30}}\s)?(?:(?:{verb})\b(?!\s(?:my|myself|\w{{1,30}}ing)\b)"
        rf"|(?:{light})\b(?:\s[\w'-]{{1,30}}){{0,4}}?\s(?:{object_})\b)"
    )
    return re.compile(before), re.compile(refusal)


def _only_refers(text: str) -> bool:
    is_one_sentence = len(_SENTENCE.findall(text)) <= 1 and not text.rstrip().endswith("?")
    return is_one_sentence and len(text) < 400 and len(text.split()) <= 30 and bool(_REFERRAL.search(text))


def _echoes(response: Response) -> bool:
    example, answer = response.example, wordlists.words(response.generation.text)
    told = [_padded(wordlists.words(text)) for text in (_text(example.gold), *example.options)]
    for field in example.fields.values():
        run = _opening_within(answer, field)
        # Without its first word too: options are listed behind their letters.
        is_told = any(_padded(part) in text for text in told for part in (run, run[1:]))
        if 2 * len(run) > len(answer) and not is_told:
            return True
    return False


def _opening_within(answer: Sequence[str], field: str) -> Sequence[str]:
    """The field's opening words as far as the answer has them in a row; nothing if these are too few."""
    opening = [match[0].casefold() for match in itertools.islice(wordlists.WORD.finditer(field), N_ECHOED)]
    before, found, _ = _padded(answer).partition(_padded(opening))
    if len(opening) < N_ECHOED_WHOLE or not found:
        return ()
    start = len(before.split())
    pairs = zip(answer[start:], wordlists.words(field), strict=False)
    return [word for word, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]


def _padded(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _says_more(response: Response) -> bool:
    value = response.answer.value if isinstance(response.answer, Parsed) else ""
    if isinstance(value, tuple):
        return _has_line_without_code(response.generation.text, value)
    own = set(wordlists.words(value))
    option = dict(zip(ascii_uppercase, response.example.options, strict=False)).get(value, "")
    said = set(wordlists.words(response.generation.text))
    others = said - own - set(wordlists.words(option)) - wordlists.load().presenting.words
    is_itself_said = bool(own & said)  # else in another form, "entails", or as the option's text
    return len(others) > (0 if is_itself_said or option else 1)


def _has_line_without_code(text: str, codes: Sequence[str]) -> bool:
    plain = {code.replace(".", "").casefold() for code in codes}
    for line in text.casefold().splitlines():
        said = set(wordlists.words(line.replace(".", ""))) - wordlists.load().presenting.words
        if said and not said & plain:
            return True
    return False
