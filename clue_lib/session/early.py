"""Early rejection: while the candidate answers, the gate bets that it lost more than its margins, and may stop it.

It is so in profile `ci` where the baseline's answers are stored before the candidate is first asked. What was answered
decides alone: whoever looks at the same answers, another process of the run or a later one, comes to the same end.
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from clue_lib import digests
from clue_lib.engines import Job
from clue_lib.judging import RULES, early
from clue_lib.runs import scouting
from clue_lib.session import bets
from clue_lib.session.agreeing import backend_of
from clue_lib.session.stages import Prepared
from clue_lib.types import Early, EarlyState, Generation, Side

Part = tuple[str, int]
"""A task's name and the number of one of its parts."""

ON = (
    "the candidate is stopped once its answers show for certain that it lost more than the margins; --early=off "
    "asks it everything"
)
NOT_STORED = "the baseline's answers are not all stored yet, so the candidate is asked everything this time"


def expectation(prepared: Prepared) -> str:
    """Whether the candidate may be stopped early, and why not where that is no choice; empty where it goes without."""
    if not _is_wanted(prepared):
        return ""
    if (_noted(prepared) or _found(prepared)) == "on":
        return ON
    return "" if _is_stored(prepared) else NOT_STORED


def state_of(prepared: Prepared) -> EarlyState:
    """Whether the run may be rejected early: as it was when this candidate was first asked, which is noted.

    So a run that was interrupted, and each of several processes of one, goes by the same rule to its end.
    """
    if not prepared.settings.early and _could_be(prepared):
        return "off"
    if not _is_wanted(prepared):
        return "none"
    noted = _noted(prepared) or _note(prepared, _found(prepared))
    return noted if _is_stored(prepared) else "none"  # what it was noted by may have been removed since


class Watch:
    """Looks at the candidate's answers part by part; what came of it is in `early`."""

    def __init__(self, prepared: Prepared, state: EarlyState) -> None:
        """Nothing is looked at yet: `catch_up` first. In another state than "on" nothing ever is."""
        self._prepared = prepared
        self._state = state
        self._parts = _in_order(prepared) if state == "on" else {}
        self._seen: set[Part] = set()
        self._lacking: set[Part] = set()
        self._n_looks = 0
        self._is_rejected = False
        tasks = [name for name in prepared.plan if (name, scouting.REST) in self._parts or (name, 0) in self._parts]
        self._bets = {name: bets.of_task(prepared, name) for name in tasks}
        self._baseline = {name: prepared.partitions["baseline", name].load() for name in tasks}

    @property
    def is_rejected(self) -> bool:
        """Whether the candidate is to be asked no more."""
        return self._is_rejected

    @property
    def answered(self) -> list[str]:
        """The tasks that are answered whole: all of them, unless the candidate was rejected."""
        lacking = {name for name, _ in self._lacking} if self._is_rejected else set()
        return [name for name in self._prepared.plan if name not in lacking]

    @property
    def early(self) -> Early:
        """How far the evidence went."""
        n_asked, tokens = self._asked(self._seen)
        n_prompts, all_tokens = self._asked(set(self._parts))
        streams = tuple(bet.stream for of_task in self._bets.values() for bet in of_task)
        return Early(
            state="rejected" if self._is_rejected else self._state,
            evidence=early.evidence(streams),
            n_looks=self._n_looks,
            n_asked=n_asked,
            n_prompts=n_prompts,
            token_share=tokens / all_tokens if all_tokens else 0.0,
            streams=streams,
        )

    def catch_up(self) -> None:
        """Look at what is stored already, in the order in which it was asked for, up to a rejection."""
        stored = {name: self._prepared.partitions["candidate", name].load() for name, _ in self._parts}
        self._lacking = {part for part in self._parts if not self._is_answered(part, stored[part[0]])}
        for part in self._parts:
            if part not in self._seen and part not in self._lacking and not self._is_rejected:
                self._look(part, stored[part[0]])

    def goes_on(self, job: Job) -> bool:
        """Look at what the job answered; whether the candidate is to be asked on. Of the baseline's, it is."""
        part = (job.task, job.part)
        if job.side == "candidate" and part in self._parts and part not in self._seen:
            self._lacking.discard(part)
            self._look(part, self._prepared.partitions["candidate", job.task].load())
        return not self._is_rejected

    def _look(self, part: Part, candidate: Mapping[str, Generation]) -> None:
        """Bet on the part. A candidate that lacks nothing any more is judged, whatever it lost."""
        name, _ = part
        self._seen.add(part)
        if not self._bets[name]:
            return
        for bet in self._bets[name]:
            bet.add(self._parts[part], self._baseline[name], candidate)
        self._n_looks += 1
        streams = [bet.stream for of_task in self._bets.values() for bet in of_task]
        self._is_rejected = bool(self._lacking) and early.rejects(early.evidence(streams))

    def _is_answered(self, part: Part, stored: Mapping[str, Generation]) -> bool:
        requests = self._prepared.plan[part[0]].requests
        return all(requests[place].key in stored for place in self._parts[part])

    def _asked(self, parts: set[Part]) -> tuple[int, int]:
        """How many prompts these are, and how many tokens the baseline took for them."""
        n, tokens = 0, 0
        for part in parts:
            requests = self._prepared.plan[part[0]].requests
            answers = [self._baseline[part[0]][requests[place].key] for place in self._parts[part]]
            n += len(answers)
            tokens += sum(answer.n_prompt_tokens + answer.n_new_tokens for answer in answers)
        return n, tokens


def _in_order(prepared: Prepared) -> dict[Part, tuple[int, ...]]:
    """The places of each part's requests, in the order in which parts are asked for."""
    of_task = {name: scouting.parts(planned, prepared.settings.seed) for name, planned in prepared.plan.items()}
    found: dict[Part, tuple[int, ...]] = {}
    for number in range(scouting.REST + 1):
        for name, part_of in of_task.items():
            if places := tuple(place for place, part in enumerate(part_of) if part == number):
                found[name, number] = places
    return found


def _could_be(prepared: Prepared) -> bool:
    """Whether early rejection is of use here: recorded answers cost nothing, and a model is no worse than itself."""
    settings = prepared.settings
    is_recorded = backend_of(settings, "candidate").name == "replay"
    is_of_one_model = settings.is_aa or prepared.info.is_of_one_model
    return RULES[settings.profile].rejects_early and not is_recorded and not is_of_one_model


def _is_wanted(prepared: Prepared) -> bool:
    return (
        prepared.settings.early and _could_be(prepared) and any(bets.margins(prepared, name) for name in prepared.plan)
    )


def _found(prepared: Prepared) -> EarlyState:
    """By what is stored now: nothing is left to stop where the candidate has answered everything."""
    return "on" if _is_stored(prepared) and _lacks(prepared, "candidate") else "none"


def _is_stored(prepared: Prepared) -> bool:
    return not _lacks(prepared, "baseline")


def _lacks(prepared: Prepared, side: Side) -> bool:
    """Whether an answer of the model is not stored."""
    stored: dict[Path, Mapping[str, Generation]] = {}
    for name, planned in prepared.plan.items():
        partition = prepared.partitions[side, name]
        if partition.folder not in stored:
            stored[partition.folder] = partition.load()
        if any(request.key not in stored[partition.folder] for request in planned.requests):
            return True
    return False


def _noted(prepared: Prepared) -> EarlyState | None:
    """What was noted when this candidate was first asked these prompts; None where nothing was."""
    try:
        text = _note_file(prepared).read_text(encoding="utf-8")
    except OSError:
        return None
    return "on" if text == "on" else "none"


def _note(prepared: Prepared, state: EarlyState) -> EarlyState:
    """Note it for those who come later; the first of several processes is right. A store may be there to read alone."""
    path = _note_file(prepared)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(state)
        return state
    return _noted(prepared) or state


def _note_file(prepared: Prepared) -> Path:
    """In the store, under a digest of both models and all prompts; it holds no text."""
    info = prepared.info
    asked = (
        (info.baseline.identity, info.baseline.engine),
        (info.candidate.identity, info.candidate.engine),
        sorted((name, planned.digest) for name, planned in prepared.plan.items()),
    )
    return prepared.settings.store / "early" / digests.of_value(asked)[:24]
