"""One session's work: generated once, resumed where it was cut, and every gate with a verdict whatever happens."""

import dataclasses
import json
import lzma
import os
import time
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from clue_lib import datasets
from clue_lib.engines.scripted import Scripted
from clue_lib.errors import StoreError
from clue_lib.judging import ruling
from clue_lib.metrics import METRICS
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.session.stages import SIDES
from clue_lib.tasks import TASKS
from clue_lib.types import Request

TOKENIZER = "clue_lib/datasets/reference_tokenizer.json.xz"


@pytest.fixture
def script(tmp_path):
    """Makes a model folder that gives one answer to everything."""

    def make(name, answer, finish_reason="stop"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        rule = {"contains": "", "answer": answer, "finish_reason": finish_reason}
        text = "[[rule]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in rule.items())
        (folder / "script.toml").write_text(text, encoding="utf-8")
        return str(folder)

    return make


@pytest.fixture
def session(root, tmp_path):
    """A run over bundled MedNLI, and the progress it reports."""

    def make(baseline, candidate, **changed):
        given = {"backend": "scripted", "report_dir": str(tmp_path / "report")}
        given |= {"thresholds": root / "thresholds.toml", "store": str(tmp_path / "store")}
        chosen = settings.from_options(Options(**given | {"baseline": baseline, "model": candidate} | changed))
        steps = []
        gates = chosen.thresholds.for_task("mednli")
        return GateRun(chosen, gates, tasks=["mednli"], tell=steps.append), steps

    return make


def generated(steps):
    return {step.side: step.total for step in steps if not isinstance(step, str) and step.stage == "generating"}


def texts(run, side):
    return [response.generation.text for response in run.task_run(side, "mednli").responses]


def test_a_second_session_generates_nothing(session, script):
    base, tuned = script("base", "neutral"), script("tuned", "entailment")
    run, steps = session(base, tuned)
    n = len(run.plan["mednli"].requests)
    assert set(texts(run, "baseline")) == {"neutral"}
    assert generated(steps) == {"baseline": n, "candidate": n}
    again, steps = session(base, tuned)
    assert texts(again, "candidate") == ["entailment"] * n
    assert (generated(steps), again.info.n_engine_starts) == ({}, 0)


def test_a_cut_session_resumes_with_what_is_missing(session, script, tmp_path):
    base = script("base", "neutral")
    run, _ = session(base, base)
    n = len(texts(run, "baseline"))
    path = next((tmp_path / "store").glob("*/generations.jsonl"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    resumed, steps = session(base, base)
    assert texts(resumed, "baseline") == ["neutral"] * n
    assert generated(steps) == {"baseline": n - TASKS["mednli"].n_scouts}  # the last chunk's: scouts go by themselves
    assert path.read_bytes() == whole


def test_a_larger_limit_generates_the_difference(session, script):
    base = script("base", "neutral")
    small, _ = session(base, base, limit=5)
    texts(small, "baseline")
    large, steps = session(base, base, limit=12)
    assert len(texts(large, "baseline")) == 12
    assert generated(steps) == {"baseline": 7}


def test_equal_models_are_identical(session, script):
    base = script("base", "neutral")
    run, _ = session(base, base)
    outcomes = {verdict.gate.metric: verdict.outcome for verdict in run.verdicts.values()}
    no_signal = {name for name, outcome in outcomes.items() if outcome == "NO SIGNAL"}
    assert no_signal == {"accuracy"}  # it says "neutral" to everything
    assert {name for name, outcome in outcomes.items() if outcome is None} == {
        verdict.gate.metric for verdict in run.verdicts.values() if verdict.gate.role == "monitor"
    }
    assert set(outcomes.values()) == {"IDENTICAL", "NO SIGNAL", None}
    assert run.info.n_engine_starts == 1


def test_a_prompt_that_does_not_fit_is_not_run(session, script):
    run, _ = session(script("base", "neutral"), script("tuned", "", "context"))
    assert {verdict.outcome for verdict in run.verdicts.values()} == {"NOT RUN"}
    assert all("tuned: " in verdict.reason for verdict in run.verdicts.values())
    assert list(run.verdicts) == [gate.id for gate in run.gates]


def test_an_engine_that_fails_is_an_error_of_every_gate(session, script, tmp_path):
    base = script("base", "neutral")
    run, _ = session(base, base, limit=5)
    texts(run, "baseline")
    recording = f"replay:{next((tmp_path / 'store').glob('*/about.json')).parent}"
    short, _ = session(recording, recording)
    assert {verdict.outcome for verdict in short.verdicts.values()} == {"ERROR"}
    assert not any(verdict.ok for verdict in short.verdicts.values() if verdict.gate.role != "monitor")


def test_an_engines_failure_is_told_once_and_the_other_gates_refer_to_it(session, script):
    class Failing(Scripted):
        n_tried: ClassVar[int] = 0

        def __init__(self, weights, adapters, args):
            type(self).n_tried += 1
            raise Exception("the tokenizer\nsays no")  # as tokenizers does, of no class of its own

    base = script("base", "neutral")
    run, _ = session(base, base)
    run = GateRun(dataclasses.replace(run.settings, backend=Failing), run.gates, tasks=["mednli"], tell=print)
    first, *others = [run.verdicts[gate.id].reason for gate in run.gates]
    assert first == run.info.failure == "scripted: Exception: the tokenizer says no"
    assert set(others) == {f"nothing was judged, see {run.gates[0].id}"}
    assert Failing.n_tried == 1
    assert "the tokenizer says no" in ruling.headline(run.info, tuple(run.verdicts.values()))


def test_a_task_is_scored_while_the_engine_answers_the_next(session, script):
    steps = []

    class Watched(Scripted):
        def generate(self, requests, adapter):
            if self._n_asked:  # the second task's: by now the first is scored, or about to be
                deadline = time.monotonic() + 60
                while not any("scores" in str(path) for path in stored.rglob("*")) and time.monotonic() < deadline:
                    time.sleep(0.05)
                steps.append(any("scores" in str(path) for path in stored.rglob("*")))
            self._n_asked += 1
            return super().generate(requests, adapter)

        _n_asked = 0

    base = script("base", "neutral")
    run, _ = session(base, base, limit=2)
    chosen = dataclasses.replace(run.settings, backend=Watched, engine_args={"batch_size": 100})
    stored = chosen.store
    run = GateRun(chosen, (), tasks=["meqsum", "mednli"], tell=lambda step: None)
    assert set(run.pairs) == {"meqsum", "mednli"}
    assert steps == [True]


def test_answers_to_private_data_stay_beside_it(session, script, tmp_path, root):
    data = tmp_path / "data"
    data.mkdir()
    bundled = root / "fixtures" / "data" / "mednli" / "mli_test_v1.jsonl"
    (data / "mli_test_v1.jsonl").write_bytes(bundled.read_bytes())
    run, _ = session(script("base", "neutral"), script("tuned", "entailment"), data_root=str(data))
    assert {verdict.comparison.worst for verdict in run.verdicts.values()} == {()}
    assert len(list((data / ".clue-gate").glob("*/generations.jsonl"))) == 2
    kept = {path.parent.name: path.read_text() for path in (tmp_path / "store").rglob("*") if path.is_file()}
    # under digests: which candidate was tried, and that it could not be rejected early
    assert sorted(kept.values()) == ["", "none"]


def test_the_description_of_a_run(session, script):
    run, _ = session(script("base", "neutral"), script("tuned", "entailment"), limit=5)
    assert not run.is_prepared
    run.prepare()
    assert run.is_prepared
    info = run.info
    assert (info.baseline.name, info.candidate.name, info.profile, info.limit) == ("base", "tuned", "smoke", 5)
    assert (info.n_selected, info.n_engine_starts) == (len(run.gates), 0)
    assert [(task.name, task.n_scored) for task in info.tasks] == [("mednli", 5)]


class Moody(Scripted):
    """Answers by the place in the batch, as an engine may whose arithmetic depends on it."""

    def generate(self, requests, adapter):
        answers = super().generate(requests, adapter)
        return [msgspec.structs.replace(a, text=("neutral", "entailment")[i % 2]) for i, a in enumerate(answers)]


def test_aa_finds_what_the_order_alone_changes(session, script, tmp_path):
    run, _ = session(script("base", "neutral"), None, aa=True)
    run = GateRun(dataclasses.replace(run.settings, backend=Moody), run.gates, tasks=["mednli"], tell=print)
    first, second = texts(run, "baseline"), texts(run, "candidate")
    flipped = sum(one != other for one, other in zip(first, second, strict=True)) / len(first)
    assert flipped > 0
    found = {one.gate: one for one in run.info.noise}
    assert found["level1.mednli.accuracy"].text_flips == flipped
    assert found["level1.mednli.accuracy"].score_flips > 0
    assert {v.outcome for v in run.verdicts.values()} <= {
        *("IDENTICAL", "HELD", "IMPROVED", "UNDECIDED", "NO SIGNAL", "REGRESSED", None),
    }
    assert len(list((tmp_path / "store").glob("*/noise.json"))) == 1
    later, _ = session(script("base", "neutral"), script("tuned", "neutral"))
    assert later.info.noise == run.info.noise


class Spy(Scripted):
    """Remembers every question by the weights it was put to."""

    asked: ClassVar[dict[str, list[Request]]] = {}

    def __init__(self, weights, adapters, args):
        super().__init__(weights, adapters, args)
        self._name = weights.name

    def generate(self, requests, adapter):
        self.asked.setdefault(self._name, []).extend(requests)
        return super().generate(requests, adapter)


WITHIN_700 = {"mednli", "meqsum", "nejm", "jama"}
"""The tasks whose bundled questions all fit 700 tokens, with room for the answer."""


@pytest.mark.parametrize("task", [name for name in TASKS if name != "mcq"])
def test_both_models_get_the_same_messages_whatever_their_contexts(session, script, task):
    Spy.asked.clear()
    folders = [Path(script(name, "A")) for name in ("long", "short")]
    tokenizer = lzma.decompress((datasets.BUNDLED_ROOT.parents[1] / TOKENIZER).read_bytes())
    for folder, context in zip(folders, (100_000, 700), strict=True):
        (folder / "config.json").write_text(json.dumps({"max_position_embeddings": context}))
        (folder / "tokenizer.json").write_bytes(tokenizer)
    run, _ = session(*map(str, folders))
    run = GateRun(dataclasses.replace(run.settings, backend=Spy), [], tasks=[task], tell=lambda step: None)
    for side in SIDES:
        run.task_run(side, task)
    planned = {request.key: request.messages for request in run.plan[task].requests}
    asked = {name: {request.key: request.messages for request in requests} for name, requests in Spy.asked.items()}
    assert asked["long"] == planned
    assert asked.get("short", {}).items() <= planned.items()
    long, short = (run.task_run(side, task) for side in SIDES)
    assert long.prompt_digests == short.prompt_digests
    cut = [r.generation.finish_reason == "context" for r in short.responses]
    assert sum(cut) == len(planned) - len(asked.get("short", {}))  # not asked, rather than asked something shorter
    assert any(cut) == (task not in WITHIN_700)


def test_a_task_without_data_is_not_run_and_says_where_to_get_it(session, script, monkeypatch, tmp_path):
    monkeypatch.setattr("clue_lib.datasets.sources.BUNDLED_ROOT", tmp_path / "absent")
    base = script("base", "neutral")
    run, _ = session(base, base)
    run.prepare()
    assert {verdict.outcome for verdict in run.verdicts.values()} == {"NOT RUN"}
    assert all("no mli_test_v1.jsonl below --data-root" in verdict.reason for verdict in run.verdicts.values())
    released, _ = session(base, base, profile="release")
    assert not any(verdict.ok for verdict in released.verdicts.values() if verdict.gate.role != "monitor")


def test_a_metric_that_says_nothing_of_any_example_is_not_run_and_the_others_are(session, script, monkeypatch):
    silent = dataclasses.replace(METRICS["macro_f1"], score=lambda responses: [None] * len(responses), corpus=None)
    monkeypatch.setitem(METRICS, "macro_f1", silent)
    base = script("base", "neutral")
    run, _ = session(base, base)
    outcomes = {verdict.gate.metric: verdict.outcome for verdict in run.verdicts.values()}
    assert outcomes.pop("macro_f1") == "NOT RUN"
    assert set(outcomes.values()) == {"IDENTICAL", "NO SIGNAL", None}


def test_scoring_is_told_metric_by_metric_and_only_once(session, script):
    run, steps = session(script("base", "neutral"), script("tuned", "entailment"))
    _ = run.verdicts, run.pairs
    told = [(s.side, s.task, s.done) for s in steps if not isinstance(s, str) and s.stage == "scoring"]
    n = len(TASKS["mednli"].metrics)
    assert told == [(side, "mednli", done) for side in ("baseline", "candidate") for done in range(n + 1)]


def test_a_store_that_can_only_be_read_serves_what_it_holds_and_is_refused_for_the_rest(
    session, script, tmp_path, monkeypatch
):
    model = script("model", "entailment")
    before = session(model, model)[0].verdicts
    may = os.access

    def may_not_write(path, mode):
        is_stored = str(path).startswith(str(tmp_path / "store"))
        return may(path, mode) and not (is_stored and mode & os.W_OK)

    monkeypatch.setattr(os, "access", may_not_write)  # as on a file system that is mounted read-only
    again, steps = session(model, model)
    assert again.verdicts == before
    assert generated(steps) == {}
    with pytest.raises(StoreError, match=r"answers are lacking; name a writable folder with --store$"):
        session(model, model, seed=1)[0].prepare()
