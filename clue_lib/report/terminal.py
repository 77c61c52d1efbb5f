"""The summary that a run prints: models and data, one table, last a sentence. Plain lines; colour is the caller's."""

from collections.abc import Collection, Iterable

from clue_lib.judging import Verdict
from clue_lib.report import advice, assisted_lines, noise_lines, signature, worth
from clue_lib.report.asked import thought_lines
from clue_lib.report.average_lines import average_lines
from clue_lib.report.columns import fitted, wrapped
from clue_lib.report.document import Document
from clue_lib.report.figures import WIDTH, percent
from clue_lib.report.file_names import GATE_FILE, PAGES
from clue_lib.report.gate_table import legend, table
from clue_lib.report.header import early_words, header
from clue_lib.types import RunInfo

Line = tuple[str, dict[str, bool]]
"""A line with pytest's markup for it."""

OTHER_TESTS = "other tests of this session failed, and so does it"
NOT_WRITTEN = f"{GATE_FILE} could not be written"
"""Why a session can fail although its run has passed."""


def summary(
    document: Document,
    folder: str,
    files: Collection[str] = (GATE_FILE, *PAGES),
    *,
    columns: int = WIDTH,
    with_header: bool = True,
) -> list[Line]:
    """What a run prints at its end but for the verdict, which `closing` is, for a terminal of so many columns.

    `folder` holds the run's `files`. Its header may have stood at its start.
    """
    run = document.run
    noise = noise_lines.lines(document, columns)
    return [
        *((line, {"yellow": True}) for line in waivers(run, columns)),
        *_plain([*header(run, columns), ""] if with_header else []),
        *((line, {"yellow": True}) for line in wrapped(document.blind, columns)),
        *((line, {"bold": True}) for line in wrapped(f"Worse: {document.causes}", columns) if document.causes),
        *((line, _colour(verdict)) for line, verdict in table(document.verdicts, columns)),
        *((line, {"yellow": True}) for line in wrapped(document.hollow, columns)),
        *_plain(wrapped(legend(document.verdicts, columns), columns)),
        *_plain(wrapped(f"early rejection: {told}", columns) if (told := early_words(run.early)) else []),
        *_plain(
            [
                "",
                *assisted_lines.lines(document, columns),
                *noise,
                *average_lines(document.averages, columns),
                *past_scores(run, columns),
            ]
        ),
        *_plain([*thought_lines(run, columns), ""]),
        *_plain([*worth.lines(run.planted, columns), *wrapped(worth.tries(run), columns), ""]),
        *_plain(next_steps(document, folder, files, columns)),
        *_plain(wrapped(f"figures in {folder}/{GATE_FILE}", columns) if GATE_FILE in files else []),
        *_plain(signature.lines(document.signature, columns)),
    ]


def closing(document: Document, columns: int = WIDTH, *, but: str = "") -> list[Line]:
    """The verdict, which ends a run, in lines, and why the session fails although its run has passed: `but`."""
    is_well = document.passed and not but
    other = f"; but {but}" if document.passed and but else ""
    return _marked(wrapped(document.title + other, columns), is_well=is_well)


def stopped(n_judged: int, columns: int = WIDTH) -> list[Line]:
    """What ends a run that its user stopped after so many verdicts."""
    judged = f"{n_judged} gates were judged" if n_judged else "nothing was judged"
    told = f"STOPPED: {judged}; what was answered is kept, and the same command goes on from there."
    return _marked(wrapped(told, columns), is_well=False)


def without_a_gate(reason: str, columns: int = WIDTH, *, has_failed: bool) -> list[Line]:
    """What ends a session that judged no gate: why. It has failed unless it was asked for snapshots alone."""
    return [(line, {"bold": True, "red": has_failed}) for line in wrapped(reason, columns)]


def _marked(lines: Iterable[str], *, is_well: bool) -> list[Line]:
    return [(line, {"bold": True, "green": is_well, "red": not is_well}) for line in lines]


def waivers(info: RunInfo, columns: int = WIDTH) -> list[str]:
    """The gates that may fail, who answers for them and until when."""
    return [line for waiver in info.waivers for line in wrapped(waiver.line, columns)]


def past_scores(info: RunInfo, columns: int = WIDTH) -> list[str]:
    """CLUE's metrics as another scoring has them, where it was asked for."""
    if not info.past_scores:
        return []
    rows = [("", "base", "cand")]
    notes = []
    for score in info.past_scores:
        name = f"  {score.task} {score.metric}"
        if score.baseline is None or score.candidate is None:
            notes += wrapped(f"{name.strip()}: {score.note}", columns)
        else:
            rows.append((name, percent(score.baseline), percent(score.candidate)))
    heading = wrapped(f"scored as {info.scoring} (to look at, no gate)", columns)
    return ["", *heading, *(fitted(rows, columns, give_way=()) if len(rows) > 1 else []), *notes]


def next_steps(document: Document, folder: str, files: Collection[str] = PAGES, columns: int = WIDTH) -> list[str]:
    """What to do after this run, in lines; nothing where there is nothing to do."""
    return [line for step in advice.next_steps(document, folder, files) for line in wrapped(step, columns)]


def _plain(lines: Iterable[str]) -> list[Line]:
    return [(line, {}) for line in lines]


def _colour(verdict: Verdict | None) -> dict[str, bool]:
    if verdict is None:
        return {"bold": True}
    is_open = verdict.outcome in {"UNDECIDED", "NOT RUN", "NOT REACHED"}
    return {"red": verdict.has_failed, "yellow": is_open and not verdict.has_failed}
