"""The order in which an engine is asked."""

from clue_lib.engines import Job
from clue_lib.engines.scripted import Scripted
from clue_lib.session import generating, settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.types import Message, Request, Sampling


def asked(*contents):
    messages = tuple(Message(role="user", content=content) for content in contents)
    return Request(key="", messages=messages, sampling=Sampling(max_new_tokens=1))


def _job(task, part, n, *, before=0):
    requests = tuple(asked(f"{task} {before + i}") for i in range(n))
    return Job(side="candidate", task=task, model=None, backend=Scripted, partition=None, requests=requests, part=part)


def test_a_task_is_done_with_its_last_part():
    jobs = [_job("a", 0, 2), _job("b", 0, 3), _job("a", 1, 4, before=2)]
    counted = generating._counted(jobs)
    assert [(job.n_before, job.total, job.is_last) for job in counted] == [(0, 6, False), (0, 3, True), (2, 6, True)]


def test_every_task_sends_its_scouts_before_any_asks_for_the_rest(tmp_path, root):
    """And the order is that of hashes: whichever way the file lists its examples, the same prompts go first."""
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "script.toml").write_text('default = "neutral"', encoding="utf-8")
    given = Options(
        baseline=str(folder),
        model=str(folder),
        backend="scripted",
        thresholds=root / "thresholds.toml",
        store=str(tmp_path / "store"),
        report_dir=str(tmp_path / "report"),
    )
    names = ["mednli", "meqsum", "longhealth_1", "jama"]
    run = GateRun(settings.from_options(given), (), tasks=names, tell=lambda step: None)
    asked = [(job.task, len(job.requests)) for job in generating.lacking(run.prepared)]
    n = {name: len(planned.requests) for name, planned in run.plan.items()}
    assert asked[:3] == [("mednli", 24), ("meqsum", 16), ("jama", 8)]
    assert asked[3:] == [
        ("mednli", n["mednli"] - 24),
        *[("meqsum", 16), ("jama", 8)],
        *[("meqsum", n["meqsum"] - 32), ("jama", 8)],
        *[("jama", 8)],
        *[("longhealth_1", n["longhealth_1"]), ("jama", n["jama"] - 32)],
    ]
