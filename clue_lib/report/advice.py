"""What to do after a run, in sentences: where to look, what was left undecided, and what would decide it."""

from collections.abc import Collection

from clue_lib import stats
from clue_lib.judging import Verdict
from clue_lib.report.document import Document
from clue_lib.report.file_names import PAGES
from clue_lib.types import LOG_FILE


def next_steps(document: Document, folder: str, files: Collection[str]) -> list[str]:
    """What to do after this run, a sentence each, two at most; `folder` holds the run's `files`."""
    page = f"{folder}/{PAGES[0]}" if PAGES[0] in files else ""
    log = f" (see {folder}/{LOG_FILE})" if LOG_FILE in files else ""
    steps = _failures(document, page, log)
    if document.run.failed_snapshots:
        steps.append("What differs from the snapshots stands above, with the tests that failed.")
    if document.run.limit is not None:
        steps.append("A limited run certifies nothing: run without --limit for a verdict.")
    steps += undecided(document)
    return steps[:2] or ([f"Details in {page}."] if page else [])


def undecided(document: Document) -> list[str]:
    """What the verdict leaves open, in sentences: how little `point` says, what was undecided, what would decide it."""
    steps = []
    if document.run.equal_fails is not None:
        share = f"{100 * document.run.equal_fails:.0f} %"
        steps.append(f"Profile point fails up to {share} of models as good as their base.")
    open_ = [verdict for verdict in (*document.failed, *document.undecided) if verdict.outcome == "UNDECIDED"]
    if open_:
        first = min(open_, key=lambda verdict: (verdict.gate.role != "primary", not verdict.gate.is_main_metric))
        steps.append(f"Undecided: {_gates(len(open_))}, first {first.gate.id}: {_way_out(first)}.")
    return steps


def _failures(document: Document, page: str, log: str) -> list[str]:
    """Where to look first: at an error's reason, else at the examples of the first gate of a task that failed."""
    failed = document.failed
    if document.run.failure is not None:  # the headline tells it
        return ["No gate could be judged; run again once that is mended: what was answered is kept."]
    if document.run.early.is_rejected:
        return ["What was answered is kept: --early=off goes on from there, and judges every gate."]
    errors = [verdict for verdict in failed if verdict.outcome == "ERROR"]
    if errors:
        return [f"{_gates(len(errors))} ended in an error: {errors[0].reason}{log}"]
    with_flips = [verdict for verdict in failed if not verdict.gate.is_of_run and verdict.comparison is not None]
    if with_flips and page:
        return [f"Next: open {page}; its flips show what changed for {with_flips[0].gate.id}."]
    return []


def _way_out(verdict: Verdict) -> str:
    """Why it is undecided, and how many clusters would decide it, where more of them would.

    They would where a drop within the margin leaves a larger one possible; a drop that lies beyond it needs another
    model, not more data.
    """
    if verdict.comparison is None:
        return verdict.reason
    inference, margin = verdict.comparison.inference, verdict.gate.margin
    needed = stats.clusters_needed(inference.n_clusters, mde=inference.mde, margin=margin)
    if needed is None or needed <= inference.n_clusters or inference.delta < -margin:
        return verdict.reason
    return f"{verdict.reason}; about {needed:,} clusters would decide it, not {inference.n_clusters:,}"


def _gates(n: int) -> str:
    return f"{n} gate{'s' if n > 1 else ''}"
