"""Answers that say the prompt again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clue_lib.metrics import instructions, texts, wordlists
from clue_lib.metrics.base import as_text
from clue_lib.types import Example, Parsed, Response, withheld

N_ECHOED = 12
"""Words of a field that make an echo."""

N_ECHOED_WHOLE = 6
"""Words of a field so short that only the whole of it makes one."""

N_SKIPPED = 5
"""Words of a field's beginning that an echo of it may leave out."""

MOST_OF_FIELD = 0.6
"""Share of a field from which on an echo may begin anywhere in it."""

ALL_OF_ANSWER = 0.8
"""Share of the answer that an echo must have which begins elsewhere than its field."""

_SENTENCE_END = re.compile(r"[.!?\n]")


@withheld
@dataclass(frozen=True, slots=True)
class _Run:
    """Words that the answer has in a row as a field has them: the first one's place in the field, how many."""

    start: int
    length: int


def prompt_echo(responses: Sequence[Response]) -> list[float]:
    """1 where most of the answer is said word for word in the prompt: a field of it, or its instructions.

    Of a field: at least 12 words, or the whole of a shorter field of 6 or more. They begin with the field and are more
    than half of the answer; or they begin within its first 5 words, or are three fifths of it, and four fifths of the
    answer. A summary or answer may well quote a sentence from inside a letter. No echo is what the gold or a single
    option says too, a short question said again where a question was asked for, and whole sentences, fewer than the
    field has, that name what the gold names. Of the instructions: whole sentences of 4 words or more.
    """
    return [float(_echoes(response)) for response in responses]


def _echoes(response: Response) -> bool:
    answer = wordlists.words(texts.all_turns(response))
    if 2 * sum(map(len, _instructions_in(answer, response))) > len(answer):
        return True
    n_from_beginnings = 0
    for field in response.example.fields.values():
        words = wordlists.words(field)
        run = _longest_run(answer, words)
        if run.length == 0 or _is_answer(response.example, field, words, run):
            continue
        is_most = run.length >= ALL_OF_ANSWER * len(answer)
        if is_most and (run.start <= N_SKIPPED or run.length >= MOST_OF_FIELD * len(words)):
            return True
        n_from_beginnings += run.length if run.start == 0 else 0
    return 2 * n_from_beginnings > len(answer)


def _longest_run(answer: Sequence[str], field: Sequence[str]) -> _Run:
    """The longest of the runs that begin near the field's beginning or hold its middle; empty where it is too short."""
    runs = [_run_at(answer, field, start) for start in range(min(N_SKIPPED, len(field)) + 1)]
    runs.append(_run_at(answer, field, max(0, len(field) // 2 - 2)))
    longest = max(runs, key=lambda run: run.length)
    is_whole = longest.length == len(field) >= N_ECHOED_WHOLE
    return longest if is_whole or longest.length >= N_ECHOED else _Run(0, 0)


def _run_at(answer: Sequence[str], field: Sequence[str], place: int) -> _Run:
    """The run around the few words at a place of the field, where the answer first has these."""
    few = field[place : place + N_ECHOED_WHOLE]
    before, found, _ = _padded(answer).partition(_padded(few))
    if len(few) < min(N_ECHOED_WHOLE, len(field)) or not few or not found:
        return _Run(0, 0)
    at = len(before.split())
    n_after = _n_equal(zip(answer[at:], field[place:], strict=False))
    n_before = _n_equal(zip(reversed(answer[:at]), reversed(field[:place]), strict=False))
    return _Run(place - n_before, n_before + n_after)


def _n_equal(pairs: Iterator[tuple[str, str]]) -> int:
    n = 0
    for one, other in pairs:
        if one != other:
            return n
        n += 1
    return n


def _is_answer(example: Example, field: str, words: Sequence[str], run: _Run) -> bool:
    """Whether what is repeated may be the answer itself."""
    said = words[run.start : run.start + run.length]
    told = [_padded(wordlists.words(text)) for text in (as_text(example.gold), *example.options)]
    # Without its first word too: options are listed behind their letters.
    if any(_padded(part) in text for text in told for part in (said, said[1:])):
        return True
    gold = as_text(example.gold)
    is_short_question = len(words) < N_ECHOED and not _SENTENCE_END.search(field.strip()[:-1])
    if is_short_question and gold.rstrip().endswith("?"):
        return True
    return run.length < len(words) and _is_of_sentences(field, run) and _names_what_gold_names(gold, said)


def _is_of_sentences(field: str, run: _Run) -> bool:
    """Whether the run's words are whole sentences of the field."""
    spans = [mark.span() for mark in wordlists.WORD.finditer(field)]
    first, last = run.start, run.start + run.length - 1
    before = field[spans[first - 1][1] : spans[first][0]] if first else "\n"
    behind = field[spans[last][1] : spans[last + 1][0]] if last + 1 < len(spans) else "\n"
    return bool(_SENTENCE_END.search(before) and _SENTENCE_END.search(behind))


def _names_what_gold_names(gold: str, said: Sequence[str]) -> bool:
    common = wordlists.load().common.words
    named = {word for word in wordlists.words(gold) if word not in common and len(word) > 1}
    return bool(named) and 2 * len(named & set(said)) > len(named)


def _instructions_in(answer: Sequence[str], response: Response) -> list[tuple[str, ...]]:
    """The sentences of the instructions that the answer repeats, but for one that says the answer too."""
    value = response.answer.value if isinstance(response.answer, Parsed) else ()
    said = {value.casefold()} if isinstance(value, str) else set()
    text = _padded(answer)
    sentences = (sentence for sentence in instructions.sentences(response) if said.isdisjoint(sentence))
    return [sentence for sentence in sentences if _padded(sentence) in text]


def _padded(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
