"""Candidates whose right verdict is known, since it is known how they were made from their base.

The base is able: it answers six questions of ten rightly, and its texts lack a word here and there. Each candidate is
the base with one thing done to its answers. What embeds (BERTScore) is left as it was.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.judging import ruling
from clue_lib.runs import PlannedTask, planting, score
from clue_lib.runs.defects import Defect, planted
from clue_lib.runs.planting import Plant
from clue_lib.session import GateRun, Options, from_options, skills
from clue_lib.session.judging import Known, judge_run, known_of
from clue_lib.session.stages import Answered
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Example, Generation, TaskRun

ALL = tuple(name for name, task in TASKS.items() if not task.is_monitored)
CHOSEN = tuple(name for name in ALL if TASKS[name].clue_metrics == ("accuracy",))
WRITTEN = ("meqsum", "problem_summary", "medisumqa")
LETTERS = tuple(name for name in CHOSEN if name != "mednli")
LONG = ("longhealth_1", "longhealth_2", "longhealth_3")
CODED = ("medisumcode",)
CHARTED = ("problem_summary", "medisumqa")

INVENTED = "pulmonary embolism; acute myocardial infarction; sepsis; stroke; pneumothorax"
SPANISH = "El paciente presenta fiebre y dolor en el pecho desde hace tres días, y necesita tratamiento en el hospital."


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What was done to the base's answers to `tasks`, and what the run must say of it: pass, fail or broken, and gates.

    The gates must be among those that fail at the official sizes. `base` is what was done to the base, if anything was.
    `bundled` is what the bundled data shows, where that is another: a few dozen examples show only what is large.
    """

    name: str
    tasks: tuple[str, ...]
    plant: Plant
    state: str
    gates: tuple[str, ...] = ()
    base: Plant | None = None
    bundled: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """What the run said: its state, the gates that failed, the surest first, and that one's reason."""

    state: str
    failed: tuple[str, ...]
    reason: str

    @property
    def ending(self) -> str:
        """Pass, fail or broken: a run with a primary undecided passes."""
        return "pass" if self.state == "undecided" else self.state


def _texts(write: Callable[[Task, Example, str], str], *, is_cut: bool = False) -> Plant:
    """Writes each answer anew, from the task, the example and what the base said."""

    def plant(task: Task, run: TaskRun) -> list[Generation]:
        finish = "length" if is_cut else "stop"
        return [
            msgspec.structs.replace(
                each.generation, text=write(task, each.example, each.generation.text), finish_reason=finish
            )
            for each in run.responses
        ]

    return plant


def _some(share: float, plant: Plant, *, salt: int = 5) -> Plant:
    """Does it to a share of the answers."""

    def part(task: Task, run: TaskRun) -> list[Generation]:
        done = plant(task, run)
        chosen = [_lot(each.example, salt) < share for each in run.responses]
        return [
            new if is_chosen else each.generation
            for new, is_chosen, each in zip(done, chosen, run.responses, strict=True)
        ]

    return part


def _lot(example: Example, salt: int) -> float:
    """A number in 0..1 that belongs to the example."""
    return int(digests.rank(f"{example.id}/{example.repeat}", salt)[:8], 16) / 2**32


def _right(task: Task, example: Example, text: str) -> str:
    return task.ideal(example)


def _letter(letter: str) -> Plant:
    return _texts(lambda task, example, text: letter)


def _wordy(task: Task, example: Example, text: str) -> str:
    return f"Having weighed all that the text says, I would go for this one.\n\nAnswer: {text}\n\nI hope this helps!"


def _two(task: Task, example: Example, text: str) -> str:
    if not example.options:
        return "entailment or neutral"
    return "A or B"


def _repeated_codes(task: Task, example: Example, text: str) -> str:
    return "\n".join([text] * 4)


def _echo(task: Task, example: Example, text: str) -> str:
    return " ".join(" ".join(example.fields.values()).split()[:60])


def _told(damage: Callable[[str], str] = str, *, share: float = 1.0, salt: int = 0, noise: float = 0.0) -> Plant:
    """Behind what the base said, some sentences of the chart, so that there are claims; then the damage in a share.

    A part of `noise` of the answers tells other sentences than the others.
    """

    def write(task: Task, example: Example, text: str) -> str:
        is_noisy = _lot(example, 8) < noise
        told = f"{text}\n{_sentences(example, salt + is_noisy)}"
        return damage(told) if _lot(example, 9) < share else told

    return _texts(write)


TOLD = _told()
"""What the charted candidates' base says, one plant for all of them, so that it is scored once."""


def _sentences(example: Example, salt: int) -> str:
    """45 words of the assessment, or of the later part of the letter, from the beginning of a sentence on."""
    chart = example.fields.get("assessment") or example.fields["letter"][len(example.fields["letter"]) * 2 // 5 :]
    starts = [0, *(match.end() for match in re.finditer(r"[.\n]\s+", chart))]
    start = starts[int(_lot(example, 20 + salt) * len(starts) * 0.8)]
    return " ".join(chart[start:].split(" ")[:45])


def _swapped(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """Each word of a pair where the other stood, in either case."""
    other = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    pattern = re.compile(rf"\b({'|'.join(other)})\b", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: other[match[0].lower()], text)


def _tenfold(text: str) -> str:
    return re.sub(r"(?<![\w.,/])\d+(?:\.\d+)?(?![\w.,/]*\d)", lambda match: f"{float(match[0]) * 10:g}", text)


def _retold(text: str) -> str:
    """The same in other words."""
    same = {"denies": "is without", "no evidence of": "no sign of", "AKI": "acute kidney injury", "HTN": "hypertension"}
    same |= {"continued": "was continued", "treated": "was treated", "PE": "pulmonary embolism", "days": "d"}
    for words, others in same.items():
        text = re.sub(rf"\b{words}\b", others, text)
    return text


def _without_a_third(task: Task, example: Example, text: str) -> str:
    return ";".join(item for i, item in enumerate(text.split(";")) if i % 3 != 1)


def _openbio(task: Task, run: TaskRun) -> list[Generation]:
    """What CLUE measured of it, coarsely: a third of the answers wrong, on LongHealth 3 nearly all invented."""
    if task.name == "longhealth_3":
        return _some(0.9, _letter("A"))(task, run)
    return planting.loss(0.15)(task, run)


def _churn(share: float) -> Plant:
    """As many answers of each task won as lost, among its wrong ones, so that nothing but chance differs."""

    def plant(task: Task, run: TaskRun) -> list[Generation]:
        lost, right = planting.loss(share)(task, run), _texts(_right)(task, run)
        n_lost = sum(new != each.generation for new, each in zip(lost, run.responses, strict=True))
        wrong = [place for place, score in enumerate(run.scores["accuracy"]) if score == 0]
        won = sorted(wrong, key=lambda place: _lot(run.responses[place].example, 6))[:n_lost]
        return [right[place] if place in won else new for place, new in enumerate(lost)]

    return plant


CANDIDATES = (
    Candidate(name="identical", tasks=(), plant=_letter(""), state="pass"),
    Candidate(
        name="better: a tenth of the answers put right", tasks=ALL, plant=_some(0.1, _texts(_right)), state="pass"
    ),
    Candidate(
        name="3 points lost in MedNLI",
        tasks=("mednli",),
        plant=planting.loss(0.03),
        state="fail",
        gates=("pooled.any_degradation",),
        bundled="pass",
    ),
    Candidate(
        name="8 points lost in MedNLI",
        tasks=("mednli",),
        plant=planting.loss(0.08),
        state="fail",
        gates=("level1.mednli.accuracy",),
        bundled="pass",
    ),
    Candidate(
        name="20 points lost in MedNLI",
        tasks=("mednli",),
        plant=planting.loss(0.2),
        state="fail",
        gates=("level1.mednli.accuracy",),
    ),
    Candidate(
        name="3 points lost everywhere",
        tasks=ALL,
        plant=planting.loss(0.03),
        state="fail",
        gates=("level1.mednli.accuracy",),
    ),
    Candidate(
        name="8 points lost everywhere", tasks=ALL, plant=planting.loss(0.08), state="fail", gates=("averages.level1",)
    ),
    Candidate(
        name="20 points lost everywhere",
        tasks=ALL,
        plant=planting.loss(0.2),
        state="fail",
        gates=("averages.level1", "averages.level2"),
    ),
    Candidate(
        name="20 points lost in JAMA",
        tasks=("jama",),
        plant=planting.loss(0.2),
        state="fail",
        gates=("case_challenges.jama.accuracy",),
        bundled="pass",
    ),
    Candidate(
        name="20 points lost in LongHealth 1",
        tasks=("longhealth_1",),
        plant=planting.loss(0.2),
        state="fail",
        gates=("level2.longhealth_1.accuracy",),
    ),
    Candidate(
        name="OpenBioLLM-8B's losses",
        tasks=ALL,
        plant=_openbio,
        state="fail",
        gates=("level2.longhealth_3.answered_unanswerable",),
    ),
    Candidate(
        name="one answer in ten empty", tasks=ALL, plant=planting.empty, state="fail", gates=("level1.meqsum.empty",)
    ),
    Candidate(
        name="everything empty: only the base is alive",
        tasks=ALL,
        plant=_letter(""),
        state="fail",
        gates=("level1.mednli.empty", "level1.mednli.accuracy"),
    ),
    Candidate(
        name="cut off in the middle",
        tasks=ALL,
        plant=_texts(lambda task, example, text: text[: len(text) // 2], is_cut=True),
        state="fail",
        gates=("level1.meqsum.truncated",),
    ),
    Candidate(
        name="one answer in twenty looping",
        tasks=ALL,
        plant=planting.looping,
        state="fail",
        gates=("level1.mednli.truncated",),
    ),
    Candidate(
        name="always the letter A",
        tasks=LETTERS,
        plant=_letter("A"),
        state="fail",
        gates=("level2.longhealth_1.accuracy",),
    ),
    Candidate(
        name="never F",
        tasks=LONG,
        plant=planting.never_unanswerable,
        state="fail",
        gates=("level2.longhealth_3.answered_unanswerable",),
    ),
    Candidate(
        name="always F", tasks=LONG[1:], plant=_letter("F"), state="fail", gates=("level2.longhealth_2.accuracy",)
    ),
    Candidate(
        name="refusing",
        tasks=ALL,
        plant=_texts(lambda task, example, text: "I'm sorry, but I can't help with that."),
        state="fail",
        gates=("level1.mednli.refusal",),
    ),
    Candidate(
        name="codes counted up",
        tasks=CODED,
        plant=_letter("E11.1\nE11.2\nE11.3\nE11.4\nE11.5"),
        state="fail",
        gates=("level2.medisumcode.incremented_runs",),
    ),
    Candidate(
        name="one list of codes in five invented",
        tasks=CODED,
        plant=planting.invented_codes,
        state="fail",
        gates=("level2.medisumcode.invalid_codes",),
        bundled="pass",
    ),
    Candidate(
        name="codes repeated",
        tasks=CODED,
        plant=_texts(_repeated_codes),
        state="fail",
        gates=("level2.medisumcode.repeated_codes",),
    ),
    Candidate(
        name="the same answers in a wrong form",
        tasks=CHOSEN,
        plant=_texts(_wordy),
        state="fail",
        gates=("families.instruction_following",),
    ),
    Candidate(
        name="two answers at once",
        tasks=CHOSEN,
        plant=_some(0.3, _texts(_two)),
        state="fail",
        gates=("level1.mednli.unparsed",),
    ),
    Candidate(
        name="another language",
        tasks=WRITTEN,
        plant=_texts(lambda task, example, text: SPANISH),
        state="fail",
        gates=("families.instruction_following",),
    ),
    Candidate(
        name="the prompt echoed", tasks=WRITTEN, plant=_texts(_echo), state="fail", gates=("level1.meqsum.rougeL",)
    ),
    Candidate(
        name="special tokens leaked",
        tasks=ALL,
        plant=_texts(lambda task, example, text: f"{text}<|eot_id|><|start_header_id|>assistant"),
        state="fail",
        gates=("families.instruction_following",),
    ),
    Candidate(
        name="problems invented",
        tasks=("problem_summary",),
        plant=_texts(lambda task, example, text: f"{text}; {INVENTED}"),
        state="fail",
        gates=("level1.problem_summary.unsupported_concepts",),
    ),
    Candidate(
        name="numbers times ten in one answer of five",
        tasks=CHARTED,
        base=TOLD,
        plant=_told(_tenfold, share=0.2, noise=0.2),
        state="fail",
        gates=("level2.medisumqa.unsupported_numbers",),
        bundled="pass",
    ),
    Candidate(
        name="left and right swapped",
        tasks=CHARTED,
        base=TOLD,
        plant=_told(_swapped(("left", "right")), noise=0.2),
        state="fail",
        gates=("level2.medisumqa.contradicted_claims",),
        bundled="pass",
    ),
    Candidate(
        name="negations flipped",
        tasks=CHARTED,
        base=TOLD,
        plant=_told(planting.asserted, noise=0.2),
        state="fail",
        gates=("level1.problem_summary.contradicted_claims", "level2.medisumqa.contradicted_claims"),
        bundled="pass",
    ),
    Candidate(
        name="acute and chronic swapped",
        tasks=CHARTED,
        base=TOLD,
        plant=_told(_swapped(("acute", "chronic"), ("mild", "severe")), noise=0.2),
        state="fail",
        gates=("level1.problem_summary.contradicted_claims",),
        bundled="pass",
    ),
    Candidate(
        name="a third of the problems left out",
        tasks=("problem_summary",),
        plant=_texts(_without_a_third),
        state="fail",
        gates=("level1.problem_summary.omitted_claims",),
    ),
    Candidate(name="equal: other sentences of the chart", tasks=CHARTED, base=TOLD, plant=_told(salt=2), state="pass"),
    Candidate(name="equal: the same told in other words", tasks=CHARTED, base=TOLD, plant=_told(_retold), state="pass"),
    Candidate(name="equal: as many answers lost as won", tasks=CHOSEN, plant=_churn(0.03), state="pass"),
    Candidate(name="a dead pair", tasks=ALL, plant=_letter(""), state="broken", base=_letter("")),
    Candidate(
        name="a dead base, and a candidate that says one thing",
        tasks=ALL,
        plant=_letter("entailment"),
        state="broken",
        base=_letter(""),
    ),
    Candidate(name="a pair that says one thing", tasks=ALL, plant=_letter("A"), state="broken", base=_letter("A")),
    Candidate(
        name="a pair at chance, each saying a thing of its own",
        tasks=ALL,
        plant=_letter("entailment"),
        state="broken",
        base=_letter("neutral"),
    ),
)
"""What is done, and the right verdict of profile `ci` at the official sizes, with gates that fail."""


class World:
    """A base that answered the data, and what was measured of it once for all candidates."""

    def __init__(self, folder: Path, thresholds: Path, data_root: Path | None) -> None:
        """Plan every task's prompts and score the base. The folder is scratch."""
        for name in ("tuned", "able"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "script.toml").write_text(f'default = "{name}"\n', encoding="utf-8")
        options = Options(
            model=str(folder / "tuned"),
            baseline=str(folder / "able"),
            backend="scripted",
            thresholds=thresholds,
            data_root=str(data_root) if data_root else None,
            store=str(folder / "store"),
            report_dir=str(folder / "report"),
        )
        settings = from_options(options)
        gates = [gate for gate in settings.thresholds.gates if gate.is_of_run or gate.task in ALL]
        prepared = GateRun(settings, gates, tasks=ALL, tell=lambda step: None).prepared
        runs = {name: _scored(plan, _able(plan.task, plan.examples)) for name, plan in prepared.plan.items()}
        self._runs = runs
        pairs = {name: (run, run) for name, run in runs.items()}
        answered = Answered(prepared=prepared, pairs=pairs, skills={}, info=prepared.info)
        self._answered = dataclasses.replace(answered, skills=skills.measured(prepared, pairs))
        self._known = known_of(self._answered)
        self._bases: dict[tuple[Plant, str], TaskRun] = {}

    def rule(self, candidate: Candidate) -> Ruled:
        """What the run of this candidate says."""
        if candidate.base is not None:
            return self._rule_other_base(candidate.base, candidate)
        damaged = self._damaged(candidate.plant, candidate)
        pairs = {name: (run, damaged.get(name, run)) for name, run in self._runs.items()}
        return _ruled(dataclasses.replace(self._answered, pairs=pairs), self._known)

    def _damaged(self, plant: Plant, candidate: Candidate) -> dict[str, TaskRun]:
        defect = Defect(name=candidate.name, tasks=candidate.tasks, plant=plant)
        return {name: planted(self._runs[name], defect) for name in candidate.tasks}

    def _rule_other_base(self, of_base: Plant, candidate: Candidate) -> Ruled:
        """Both models' answers are scored by every metric, and their skills measured anew."""
        prepared = self._answered.prepared
        pairs = {name: (run, run) for name, run in self._runs.items()}
        for name in candidate.tasks:
            if (of_base, name) not in self._bases:
                self._bases[of_base, name] = self._rescored(name, of_base, candidate)
            pairs[name] = self._bases[of_base, name], self._rescored(name, candidate.plant, candidate)
        answered = dataclasses.replace(self._answered, pairs=pairs, skills=skills.measured(prepared, pairs))
        return _ruled(answered, known_of(answered))

    def _rescored(self, name: str, plant: Plant, candidate: Candidate) -> TaskRun:
        """One task's run with the plant, scored by every metric."""
        defect = Defect(name=candidate.name, tasks=(name,), plant=plant)
        generations = [response.generation for response in planted(self._runs[name], defect).responses]
        return _scored(self._answered.prepared.plan[name], generations)


def _scored(planned: PlannedTask, generations: Sequence[Generation]) -> TaskRun:
    return score(planned, generations, model="able", engine="e")


def _ruled(answered: Answered, known: Known) -> Ruled:
    """What came of it; a task's own gates stand before those of the whole run, which say less of where."""
    judged = judge_run(answered, known)
    verdicts = list(judged.verdicts.values())
    failed = [each for each in verdicts if not each.ok and each.comparison]
    failed.sort(key=lambda each: (each.gate.is_of_run, each.comparison.inference.p))
    return Ruled(
        state=ruling.state(judged.info, verdicts),
        failed=tuple(each.gate.id for each in failed),
        reason=failed[0].reason if failed else ruling.headline(judged.info, verdicts),
    )


def _able(task: Task, examples: Iterable[Example]) -> list[Generation]:
    """Six answers of ten are right, the others are another example's; texts lack every seventh word."""
    known = list(examples)
    answers = []
    for i, example in enumerate(known):
        is_right = _lot(example, 1) < 0.6
        source = example if is_right else dataclasses.replace(example, gold=known[(i + 7) % len(known)].gold)
        text = task.ideal(source)
        if task.name in WRITTEN:
            text = " ".join(word for j, word in enumerate(text.split()) if (j + i) % 7)
        answers.append(Generation(text=text, finish_reason="stop", n_prompt_tokens=900, n_new_tokens=9))
    return answers
