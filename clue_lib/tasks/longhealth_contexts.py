"""The letters that LongHealth's questions are shown with: which ones, in which order, and how much of them fits.

For each patient and repeat one drawing is fixed from the seed: the order of the patient's own letters, and ten letters
of other patients with their order. Questions share their letters as far as their answers allow
(`longhealth_bundles`), and a question whose own letters can't be shown whole is not asked. Lengths are counted by
`datasets.reference_tokenizer`, the same for every model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clue_lib.datasets import reference_tokenizer
from clue_lib.datasets.reference_tokenizer import Measured
from clue_lib.errors import MissingData
from clue_lib.tasks import prompts
from clue_lib.tasks.base import Drawing, lettered
from clue_lib.tasks.longhealth_bundles import INSERTED, MOST_INSERTED, Bundle, bundled, filled, surrounded
from clue_lib.types import Example, withheld

MAX_NEW_TOKENS = 50
INSTRUCTIONS = 200
"""Reference tokens kept for the instructions and a chat template."""

HEADING = 8
"""Reference tokens of a letter's heading and the blank line after it."""

N_OTHERS = 10
UNANSWERABLE = "These letters do not answer the question"


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One patient's questions and letters; all shown letters may take `room` tokens, their headings included."""

    name: str
    questions: tuple[Example, ...]
    letters: tuple[Measured, ...]
    room: int

    @property
    def lengths(self) -> list[int]:
        """Tokens of the letters, with their headings."""
        return [letter.n_tokens + HEADING for letter in self.letters]

    def bundles(self, room: float, most: float | None = None) -> list[Bundle]:
        """The questions, those together whose letters with the answer share the room."""
        return bundled([question.evidence for question in self.questions], self.lengths, room, most)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Letters as a prompt shows them, in order; `n_cut` tokens of those that belong there are left out."""

    letters: tuple[str, ...]
    n_cut: int


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Ten letters of other patients in their order, `place` for letters among them, `room` for the text of all."""

    letters: tuple[Measured, ...]
    place: int
    room: int

    @property
    def lengths(self) -> list[int]:
        """Tokens of the letters, without headings."""
        return [letter.n_tokens for letter in self.letters]

    def shown(self, lengths: Sequence[int], inserted: Sequence[str] = ()) -> Shown:
        """These letters, each as far as told, with those inserted at their place."""
        texts = [letter.first(n) for letter, n in zip(self.letters, lengths, strict=True)]
        texts[self.place : self.place] = inserted
        return Shown(letters=tuple(texts), n_cut=sum(self.lengths) - sum(lengths))


def draw_own(examples: Sequence[Example], drawing: Drawing) -> list[Example]:
    """Task 1: the patient's own letters in one order per (patient, repeat); each bundle has its answers' whole."""
    drawn = []
    for record in _records(examples, drawing.context).values():
        bundles = record.bundles(record.room)
        for repeat in range(drawing.n_repeats):
            ids = [f"{record.name}#{repeat}/{i}" for i in range(len(record.letters))]
            order = _drawn_order(ids, drawing.seed)
            asked: dict[int, Example] = {}
            for bundle in bundles:
                places = filled(order, record.lengths, bundle.letters, record.room)
                letters = _own(record, places)
                for number in bundle.questions:
                    question = record.questions[number]
                    evidence = [list(places).index(i) for i in question.evidence]
                    asked[number] = _asked(question, repeat, letters, evidence)
            drawn += [asked[number] for number in sorted(asked)]
    return drawn


def draw_hidden(examples: Sequence[Example], drawing: Drawing) -> list[Example]:
    """Task 2: a bundle's letters with the answers, at one place per (patient, repeat) among ten letters of others."""
    drawn = []
    for record, others, repeat in _among_others(examples, drawing):
        bundles = record.bundles(INSERTED * others.room, MOST_INSERTED * others.room)
        needs = [sum(record.lengths[i] for i in bundle.letters) for bundle in bundles]
        asked: dict[int, Example] = {}
        around = surrounded(others.lengths, others.place, needs, others.room)
        for bundle, lengths in zip(bundles, around, strict=True):
            own = sorted(bundle.letters)
            letters = others.shown(lengths, [record.letters[i].text for i in own])
            for number in bundle.questions:
                question = _with_unanswerable(record.questions[number])
                evidence = [others.place + own.index(i) for i in question.evidence]
                asked[number] = _asked(question, repeat, letters, evidence)
        drawn += [asked[number] for number in sorted(asked)]
    return drawn


def draw_others(examples: Sequence[Example], drawing: Drawing) -> list[Example]:
    """Task 3: the ten letters of others alone; that they do not answer the question is the right option, F."""
    drawn = []
    for record, others, repeat in _among_others(examples, drawing):
        letters = others.shown(reference_tokenizer.leveled(others.lengths, others.room))
        for question in record.questions:
            unanswerable = replace(_with_unanswerable(question), gold="F")
            drawn.append(_asked(unanswerable, repeat, letters, ()))
    return drawn


def _among_others(examples: Sequence[Example], drawing: Drawing) -> Iterator[tuple[Record, Others, int]]:
    """Every patient with the letters of others, once per repeat: the same for tasks 2 and 3.

    Raises MissingData where there is one patient alone.
    """
    records = _records(examples, drawing.context)
    if len(records) == 1:
        raise MissingData("its file has one patient, and so no letters of others: give a file of at least two patients")
    for record in records.values():
        for repeat in range(drawing.n_repeats):
            yield record, _others(records, record, drawing.seed, repeat), repeat


def _others(records: Mapping[str, Record], record: Record, seed: int, repeat: int) -> Others:
    by_id = {
        f"{record.name}#{repeat}:{other.name}/{i}": letter
        for other in records.values()
        if other.name != record.name
        for i, letter in enumerate(other.letters)
    }
    chosen = prompts.stable_order(list(by_id), seed)[:N_OTHERS]
    places = _drawn_order([f"{record.name}#{repeat}@{i}" for i in range(len(chosen) + 1)], seed)
    return Others(
        letters=tuple(by_id[id_] for id_ in chosen),
        place=places[0],
        room=record.room - HEADING * len(chosen),
    )


def _drawn_order(ids: Sequence[str], seed: int) -> list[int]:
    """The places of the ids, in the stable order that the seed gives them."""
    places = {id_: i for i, id_ in enumerate(ids)}
    return [places[id_] for id_ in prompts.stable_order(ids, seed)]


def _records(examples: Sequence[Example], context: int) -> dict[str, Record]:
    """Every patient by name, in the file's order."""
    patients: dict[str, list[Example]] = {}
    for example in examples:
        patients.setdefault(example.cluster, []).append(example)
    return {
        name: Record(
            name=name,
            questions=tuple(questions),
            letters=tuple(map(reference_tokenizer.measure, questions[0].documents)),
            room=_room(questions, context),
        )
        for name, questions in patients.items()
    }


def _room(questions: Sequence[Example], context: int) -> int:
    """Tokens left for letters beside the longest of a patient's questions."""
    asked = ["\n".join((question.fields["question"], lettered(question.options))) for question in questions]
    longest = max(map(reference_tokenizer.n_tokens, asked))
    return context - MAX_NEW_TOKENS - INSTRUCTIONS - longest


def _own(record: Record, places: Mapping[int, int]) -> Shown:
    """The patient's letters at these places, each as far as told, its heading counted."""
    texts = tuple(record.letters[i].first(n - HEADING) for i, n in places.items())
    n_shown = sum(n - HEADING for n in places.values())
    return Shown(letters=texts, n_cut=sum(letter.n_tokens for letter in record.letters) - n_shown)


def _with_unanswerable(question: Example) -> Example:
    return replace(question, options=(*question.options, UNANSWERABLE))


def _asked(question: Example, repeat: int, shown: Shown, evidence: Sequence[int]) -> Example:
    """The question with its letters; `evidence` are the places of those with the answer, of which a slice is made."""
    letters = shown.letters
    third = {"evidence": _third(evidence[0], len(letters))} if evidence else {}
    return replace(
        question,
        fields={
            "letters": "\n\n".join(f"[Letter {number}]\n{letter}" for number, letter in enumerate(letters, 1)),
            "question": question.fields["question"],
            "options": lettered(question.options),
        },
        documents=(),
        evidence=tuple(evidence),
        passages=question.passages if evidence else (),
        repeat=repeat,
        n_cut=shown.n_cut,
        slices={**question.slices, **third},
    )


def _third(place: int, n_letters: int) -> str:
    """In which third of the letters the answer stands first."""
    return f"{('first', 'middle', 'last')[3 * place // n_letters]} third of the letters"
