"""What a run says as a whole: its headline."""

from collections import Counter
from collections.abc import Sequence

from clue_lib.judging.verdict import Verdict


def headline(verdicts: Sequence[Verdict], failed_snapshots: Sequence[str] = ()) -> str:
    """One sentence over a run that judged what its profile demands; there is a verdict at least.

    `failed_snapshots` are the tasks whose snapshot failed.
    """
    profile, failed = verdicts[0].profile, [verdict for verdict in verdicts if not verdict.ok]
    snapshots = f"snapshot{'s' if len(failed_snapshots) > 1 else ''} of {', '.join(failed_snapshots)}"
    if failed:
        first = f"FAIL ({profile}): {len(failed)} of {len(verdicts)} gates failed, first {failed[0].gate.id}"
        return f"{first}; so did the {snapshots}" if failed_snapshots else first
    if failed_snapshots:
        return f"FAIL ({profile}): none of {len(verdicts)} gates failed, but the {snapshots} did"
    counts = Counter(verdict.outcome for verdict in verdicts)
    tail = "".join(f"; {counts[name]} {name.lower()}" for name in ("INCONCLUSIVE", "NOT RUN") if counts[name])
    note = "; a smoke run certifies nothing" if profile == "smoke" else ""
    return f"PASS ({profile}): none of {len(verdicts)} gates failed{tail}{note}"
