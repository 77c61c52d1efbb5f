"""Puts the answers of another program to the prompts of a run: by the prompt's digest, else by id and gold.

An answer counts for a prompt only if its source shows what was asked. The name of an exported prompt holds its digest.
An answer without one must bring the example's gold, and is refused where that differs: ids alone are often mere row
numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clue_lib import digests
from clue_lib.engines.imported import Given, Imported
from clue_lib.engines.rendering import plain_text
from clue_lib.errors import ModelError
from clue_lib.runs.planning import PlannedTask
from clue_lib.runs.prompt_export import N_DIGITS
from clue_lib.types import PRIVATE_TIERS, Example, Fingerprint, FinishReason, Generation, Request, withheld

OURS = "of this run"
"""How a fingerprint names the prompts, where they are those that our own engines are asked."""

RENDERED = "of this run in other text, which is not compared"
"""The same where the source has only the text that a chat template made: what else it tells the model is not known."""

N_NAMED = 3
"""How many ids an error names."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """An imported side of a run: its answers by the key of the request, the engine that they are stored under.

    `n_unused` answers belong to prompts that this run does not ask.
    """

    answers: Mapping[str, Generation]
    engine: Fingerprint
    n_unused: int


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A prompt of the run, with its example and task."""

    planned: PlannedTask
    example: Example
    request: Request

    @property
    def is_private(self) -> bool:
        """Whether its example's id may not be told."""
        return self.planned.source.tier in PRIVATE_TIERS

    @property
    def name(self) -> str:
        """The example as errors name it."""
        task = self.planned.task.name
        return f"an example of {task}" if self.is_private else f"{task} {self.example.id}"


def match(source: Imported, plan: Sequence[PlannedTask], *, option: str) -> Matched:
    """Every prompt's answer. `option` names the source, as in "--model=import:FILE".

    Raises ModelError where an answer's prompt or gold is another, where two answers are to one prompt, and where a
    prompt has none.
    """
    places = [
        _Place(planned=planned, example=example, request=request)
        for planned in plan
        for example, request in zip(planned.examples, planned.requests, strict=True)
    ]
    finder = _Finder(places)
    found: dict[str, Given] = {}
    n_unused = 0
    for given in source.answers:
        place = finder.place_of(given)
        if place is None:
            n_unused += 1
            continue
        _check_gold(given, place)
        earlier = found.setdefault(place.request.key, given)
        if earlier is not given and earlier.id == given.id:
            raise ModelError(f"{given.place}: a second answer to {place.name}, as {earlier.place}; keep one")
    _check_missing(places, found, option)
    tells_ends = all(given.finish_reason is not None for given in found.values())
    return Matched(
        answers={key: _generation(given, tells_ends=tells_ends) for key, given in found.items()},
        engine=_engine(source, places, found, tells_ends=tells_ends),
        n_unused=n_unused,
    )


class _Finder:
    """Finds the prompt that an answer is to."""

    def __init__(self, places: Iterable[_Place]) -> None:
        self._by_digest: dict[str, list[_Place]] = {}  # examples may differ in what no prompt shows
        self._by_id: dict[tuple[str, str], list[_Place]] = {}
        for place in places:
            self._by_digest.setdefault(place.request.key[:N_DIGITS], []).append(place)
            self._by_id.setdefault((place.planned.task.name, place.example.id), []).append(place)
        self._tasks = {task for task, _ in self._by_id}

    def place_of(self, given: Given) -> _Place | None:
        """The prompt; None where this run asks no such. Raises ModelError where it asks the example otherwise."""
        id_, at, digest = given.id.rpartition("@")
        if at and len(digest) == N_DIGITS:
            asked = self._by_digest.get(digest, [])
            if place := next((one for one in asked if one.example.id == id_), None):
                return place
            if asked:
                name = asked[0].name
                raise ModelError(f"{given.place}: not the id of {name}, whose prompt it names; export and ask anew")
            if others := self._by_id.get((self._task(given), id_)):
                raise ModelError(
                    f"{given.place}: answers another prompt of {others[0].name} than this run asks; give the --seed, "
                    "--prompts and --profile of the export, or ask anew"
                )
            return None
        others = self._by_id.get((self._task(given), given.id), [])
        if len(others) > 1:
            raise ModelError(f"{given.place}: no digest tells which prompt of {others[0].name} is meant; {_EXPORT}")
        return others[0] if others else None

    def _task(self, given: Given) -> str:
        """The task that is meant: whatever it is called, where the run has but one."""
        is_known = given.task in self._tasks
        return next(iter(self._tasks)) if len(self._tasks) == 1 and not is_known else given.task


_EXPORT = "use the ids of `clue-gate export-prompts`"


def _check_gold(given: Given, place: _Place) -> None:
    """Raise ModelError for another gold, and for none where no digest shows what was asked."""
    has_digest = given.id != place.example.id
    if given.gold is None and not has_digest:
        raise ModelError(f"{given.place}: neither digest nor gold shows what was asked of {place.name}; {_EXPORT}")
    if given.gold is not None and _normal(given.gold) not in _golds(place):
        raise ModelError(f"{given.place}: its gold is not that of {place.name} in this run's data; ask anew, of these")


def _golds(place: _Place) -> set[str]:
    """The ways to write the example's gold: as it is, and as an ideal model would."""
    gold = place.example.gold
    written = {gold if isinstance(gold, str) else ", ".join(gold), place.planned.task.ideal(place.example)}
    return {_normal(text) for text in written}


def _normal(text: str) -> str:
    """The text without the white space that files add or lose."""
    return " ".join(text.split())


def _check_missing(places: Sequence[_Place], found: Mapping[str, Given], option: str) -> None:
    missing = {place.request.key: place for place in places if place.request.key not in found}
    if not missing:
        return
    by_task: dict[str, list[_Place]] = {}
    for place in missing.values():
        by_task.setdefault(place.planned.task.name, []).append(place)
    counted = ", ".join(f"{len(lacking)} of {task}" for task, lacking in by_task.items())
    places_left = list(missing.values())
    named = ", ".join(place.example.id for place in places_left[:N_NAMED]) + (" …" if len(missing) > N_NAMED else "")
    shown = "" if any(place.is_private for place in places_left) else f" ({named})"
    raise ModelError(
        f"{option}: no answer to {counted}{shown}; ask the rest, or select the tasks that were asked, with -k"
    )


def _generation(given: Given, *, tells_ends: bool) -> Generation:
    """The answer as the store keeps it.

    Where the source says of some answers only why they ended, nothing is taken from it: the ends that it tells may be
    those of one kind.
    """
    is_told = tells_ends or given.finish_reason == "context"  # a prompt that did not fit was not answered, surely
    finish_reason: FinishReason = given.finish_reason if is_told and given.finish_reason else "unknown"
    return Generation(
        text=given.text,
        thought=given.thought,
        finish_reason=finish_reason,
        has_unfinished_thought=bool(given.thought and not given.text and finish_reason == "length"),
        n_prompt_tokens=given.n_prompt_tokens,
        n_new_tokens=given.n_new_tokens,
    )


def _engine(source: Imported, places: Sequence[_Place], found: Mapping[str, Given], *, tells_ends: bool) -> Fingerprint:
    """What both sides must share, with the prompts that were put to the model."""
    requests = {place.request.key: place.request for place in places}
    asked = {key: _asked(given, requests[key]) for key, given in found.items()}
    kinds = set(asked.values())
    if kinds <= {OURS, RENDERED}:
        prompts = RENDERED if RENDERED in kinds else OURS
    else:
        prompts = digests.of_value(sorted(asked.items()))[:16]
    return source.facts.fingerprint(prompts=prompts, tells_ends=tells_ends)


def _asked(given: Given, request: Request) -> str:
    """`OURS` where the model was asked this run's turns, and nothing else; `RENDERED` where they stand in other text.

    Else a digest of what it was asked. A source that keeps no prompts is believed if its ids have our digest.
    """
    if given.asked is None:
        return OURS if "@" in given.id else "unknown"
    if not isinstance(given.asked, str):
        ours = [(message.role, _normal(message.content)) for message in request.messages]
        is_ours = ours == [(turn.role, _normal(turn.content)) for turn in given.asked]
        return OURS if is_ours else digests.of_value(given.asked)
    if _normal(given.asked) == _normal(plain_text(request.messages)):
        return OURS
    return RENDERED if _holds_in_order(given.asked, request) else digests.of_value(given.asked)


def _holds_in_order(asked: str, request: Request) -> bool:
    """Whether each of the prompt's turns stands in the text, behind the one before it."""
    asked, end = _normal(asked), 0
    for message in request.messages:
        content = _normal(message.content)
        begin = asked.find(content, end)
        if begin < 0:
            return False
        end = begin + len(content)
    return True
