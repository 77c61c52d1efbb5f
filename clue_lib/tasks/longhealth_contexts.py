"""The letters that LongHealth's questions are shown with: which ones, in which order, and how much of them fits.

For each patient and repeat one drawing is fixed from the seed: the order of the patient's own letters, and ten letters
of other patients with their order. All of a patient's questions share it, and task 3 reads the very letters among which
task 2 hides the answer. Lengths are counted by `datasets.reference_tokenizer`, the same for every model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clue_lib.datasets import reference_tokenizer
from clue_lib.tasks import prompts
from clue_lib.tasks.base import lettered
from clue_lib.types import Example, withheld

CONTEXT = 8140
"""Reference tokens that a prompt and its answer may take (CLUE's bound for models of 8,192)."""

MAX_NEW_TOKENS = 50
INSTRUCTIONS = 200
"""Reference tokens kept for the instructions and a chat template."""

HEADING = 8
"""Reference tokens of a letter's heading and the blank line after it."""

N_OTHERS = 10
UNANSWERABLE = "These letters do not answer the question"


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Letters in the order in which they are shown: `whole`, and as far as they are `shown`."""

    whole: tuple[str, ...]
    shown: tuple[str, ...]

    @classmethod
    def fit(cls, whole: Sequence[str], room: int) -> "Letters":
        """The letters, cut to `room` reference tokens in all."""
        return cls(whole=tuple(whole), shown=tuple(reference_tokenizer.fit(whole, room)))

    def with_inserted(self, place: int, others: "Letters") -> "Letters":
        """These letters with others put between them at `place`."""
        return Letters(
            whole=(*self.whole[:place], *others.whole, *self.whole[place:]),
            shown=(*self.shown[:place], *others.shown, *self.shown[place:]),
        )


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Ten letters of other patients; `place` and `room` (tokens) are for letters put among them."""

    letters: Letters
    place: int
    room: int


def draw_own(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 1: the patient's own letters, in one order per (patient, repeat)."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        documents = questions[0].documents
        order = _drawn_order([f"{name}#{repeat}/{i}" for i in range(len(documents))], seed)
        room = _room(questions) - HEADING * len(documents)
        letters = Letters.fit([documents[i] for i in order], room)
        for question in questions:
            evidence = [order.index(i) for i in question.evidence]
            drawn.append(_asked(question, repeat, letters, evidence))
    return drawn


def draw_hidden(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 2: the letters with the answer, together at one place per (patient, repeat) among ten letters of others."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        others = _others(examples, name, questions, seed, repeat)
        for question in questions:
            with_answer = Letters.fit([question.documents[i] for i in question.evidence], others.room)
            letters = others.letters.with_inserted(others.place, with_answer)
            evidence = range(others.place, others.place + len(with_answer.whole))
            drawn.append(_asked(_with_unanswerable(question), repeat, letters, evidence))
    return drawn


def draw_others(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 3: the ten letters of others alone; that they do not answer the question is the right option, F."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        others = _others(examples, name, questions, seed, repeat)
        for question in questions:
            unanswerable = replace(_with_unanswerable(question), gold="F")
            drawn.append(_asked(unanswerable, repeat, others.letters, ()))
    return drawn


def _others(examples: Sequence[Example], name: str, questions: Sequence[Example], seed: int, repeat: int) -> Others:
    """The same for tasks 2 and 3; half of the context at most is kept free for the letters with the answer."""
    by_id = {
        f"{name}#{repeat}:{other.cluster}/{i}": text
        for other in examples
        if other.cluster != name
        for i, text in enumerate(other.documents)
    }
    chosen = prompts.stable_order(list(by_id), seed)[:N_OTHERS]
    places = _drawn_order([f"{name}#{repeat}@{i}" for i in range(len(chosen) + 1)], seed)
    n_own = max(len(question.evidence) for question in questions)
    room = _room(questions) - HEADING * (len(chosen) + n_own)
    kept_free = min(max(map(_evidence_tokens, questions)), room // 2)
    letters = Letters.fit([by_id[id_] for id_ in chosen], room - kept_free)
    return Others(letters=letters, place=places[0], room=kept_free)


def _drawn_order(ids: Sequence[str], seed: int) -> list[int]:
    """The places of the ids, in the stable order that the seed gives them."""
    places = {id_: i for i, id_ in enumerate(ids)}
    return [places[id_] for id_ in prompts.stable_order(ids, seed)]


def _rounds(examples: Sequence[Example], n_repeats: int) -> Iterator[tuple[str, list[Example], int]]:
    """Every patient's questions, once per repeat."""
    patients: dict[str, list[Example]] = {}
    for example in examples:
        patients.setdefault(example.cluster, []).append(example)
    for name, questions in patients.items():
        for repeat in range(n_repeats):
            yield name, questions, repeat


def _room(questions: Sequence[Example]) -> int:
    """Tokens left for letters beside the longest of a patient's questions."""
    asked = ["\n".join((question.fields["question"], lettered(question.options))) for question in questions]
    longest = max(map(reference_tokenizer.n_tokens, asked))
    return CONTEXT - MAX_NEW_TOKENS - INSTRUCTIONS - longest


def _evidence_tokens(question: Example) -> int:
    return sum(reference_tokenizer.n_tokens(question.documents[i]) for i in question.evidence)


def _with_unanswerable(question: Example) -> Example:
    return replace(question, options=(*question.options, UNANSWERABLE))


def _asked(question: Example, repeat: int, letters: Letters, evidence: Sequence[int]) -> Example:
    """The question with its letters; what was cut is counted, and where the answer stands becomes a slice."""
    pairs = list(zip(letters.whole, letters.shown, strict=True))
    cut = [i for i, (whole, shown) in enumerate(pairs) if whole != shown]
    n_cut = sum(reference_tokenizer.n_tokens(pairs[i][0]) - reference_tokenizer.n_tokens(pairs[i][1]) for i in cut)
    return replace(
        question,
        fields={
            "letters": "\n\n".join(f"[Letter {number}]\n{letter}" for number, letter in enumerate(letters.shown, 1)),
            "question": question.fields["question"],
            "options": lettered(question.options),
        },
        documents=(),
        evidence=tuple(evidence),
        passages=question.passages if evidence else (),
        repeat=repeat,
        n_cut=n_cut,
        slices={**question.slices, **_evidence_slices(evidence, cut, len(pairs))},
    )


def _evidence_slices(evidence: Sequence[int], cut: Sequence[int], n_letters: int) -> dict[str, str]:
    """Where the answer stands and whether it was cut; nothing where no letter holds it."""
    if not evidence:
        return {}
    third = ("first", "middle", "last")[3 * evidence[0] // n_letters]
    return {
        "evidence": f"{third} third of the letters",
        "letter with the answer": "cut" if set(evidence) & set(cut) else "whole",
    }
