"""Generating what is missing: in chunks, in order, with as few engine starts as the weights allow."""

import itertools
import json
import os
import threading

import pytest

from clue_lib.engines import BACKENDS, FAILURE_FILE
from clue_lib.engines.jobs import Job
from clue_lib.engines.producer import Producer
from clue_lib.engines.scripted import Scripted
from clue_lib.engines.store import Partition
from clue_lib.errors import EngineError
from clue_lib.models import Model, Recording
from clue_lib.types import Fingerprint, Generation, Identity, Message, Request, Sampling

ANSWER = Generation(text="yes", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)


class Telling(Scripted):
    """Tells which adapter it was asked with, of those it was started with."""

    def __init__(self, weights, adapters, args):
        super().__init__(weights, adapters, args)
        self._known = {None: "none"} | {adapter: adapter.name for adapter in adapters}

    def generate(self, requests, adapter):
        told = Generation(text=self._known[adapter], finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
        return [told for _ in requests]


def request(key):
    messages = (Message(role="user", content=f"question {key}"),)
    return Request(key=key, messages=messages, sampling=Sampling(max_new_tokens=8))


@pytest.fixture
def model(tmp_path):
    """Makes a model folder that answers every question with two words."""

    def make(name, adapter=None):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "script.toml").write_text(f'default = "by {name}"', encoding="utf-8")
        return Model(name=adapter or name, weights=folder, adapter=tmp_path / adapter if adapter else None)

    return make


@pytest.fixture
def job(tmp_path):
    """Makes a job of the requests with these keys, stored by the model's name."""

    def make(model, keys, *, side="baseline", task="mednli", backend=BACKENDS["scripted"]):
        return Job(
            side=side,
            task=task,
            model=model,
            backend=backend,
            partition=Partition(
                tmp_path / "store",
                Recording(identity=Identity(weights=model.name), engine=Fingerprint(name=backend.name)),
            ),
            requests=tuple(request(key) for key in keys),
        )

    return make


@pytest.fixture
def produce(tmp_path):
    """Runs jobs in chunks of two and returns producer and progress."""

    def run(*jobs):
        steps = []
        producer = Producer({"batch_size": 2}, tmp_path / "report", tell=steps.append)
        producer.run(jobs)
        return producer, steps

    return run


def starts(model):
    return len((model.weights / "starts.log").read_text(encoding="utf-8").splitlines())


def stored(job):
    """The chunks in the store: lists of (key, text)."""
    chunks = []
    for line in job.partition.path.read_bytes().splitlines():
        record = json.loads(line)
        chunks += [[]] if record["index"] == 0 else []
        chunks[-1].append((record["key"], record["generation"]["text"]))
    return chunks


def test_answers_are_stored_in_order_chunk_by_chunk(model, job, produce):
    work = job(model("base"), "abcde")
    produce(work)
    assert stored(work) == [
        [("a", "by base"), ("b", "by base")],
        [("c", "by base"), ("d", "by base")],
        [("e", "by base")],
    ]


def test_progress_counts_examples_and_tokens(model, job, produce):
    _, steps = produce(job(model("base"), "abcde", side="candidate", task="meqsum"))
    assert [(step.done, step.new_tokens) for step in steps] == [(0, 0), (2, 4), (4, 8), (5, 10)]  # two words each
    assert {(step.side, step.task, step.total) for step in steps} == {("candidate", "meqsum", 5)}
    assert all(earlier.seconds <= later.seconds for earlier, later in itertools.pairwise(steps))


def test_jobs_of_the_same_weights_share_one_start(model, job, produce):
    base, tuned = model("base"), model("base", adapter="lora")
    first, second, third = job(base, "ab"), job(base, "cd", task="meqsum"), job(tuned, "ab", side="candidate")
    producer, _ = produce(first, second, third)
    assert producer.n_starts == starts(base) == 1
    assert set(first.partition.load()) == {"a", "b", "c", "d"}
    assert set(third.partition.load()) == {"a", "b"}


def test_each_job_is_answered_with_its_own_adapter(model, job, produce):
    models = (model("base", adapter="one"), model("base"), model("base", adapter="two"))
    jobs = [job(asked, "a", backend=Telling) for asked in models]
    producer, _ = produce(*jobs)
    assert [work.partition.load()["a"].text for work in jobs] == ["one", "none", "two"]
    assert producer.n_starts == 1


def test_other_weights_are_another_start(model, job, produce):
    base, tuned = model("base"), model("tuned")
    first, second = job(base, "ab"), job(tuned, "ab", side="candidate")
    producer, _ = produce(first, second)
    assert (producer.n_starts, starts(base), starts(tuned)) == (2, 1, 1)
    assert {answer.text for answer in first.partition.load().values()} == {"by base"}
    assert {answer.text for answer in second.partition.load().values()} == {"by tuned"}


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (None, "generate() must return a list of clue_lib.types.Generation"),
        (["yes", "no"], "generate() must return a list of clue_lib.types.Generation"),
        ([ANSWER], "generate() gave 1 answers to 2 requests; it owes one each"),
        ([ANSWER] * 3, "generate() gave 3 answers to 2 requests; it owes one each"),
    ],
)
def test_an_engine_that_does_not_answer_each_request_is_one_line_and_stores_nothing(
    model, job, produce, answers, problem
):
    class Careless(Scripted):
        def generate(self, requests, adapter):
            return answers

    work = job(model("base"), "ab", backend=Careless)
    with pytest.raises(EngineError) as caught:
        produce(work)
    assert str(caught.value) == f"scripted: {problem}"
    assert work.partition.load() == {}


def test_nothing_to_do_starts_nothing(produce):
    producer, steps = produce()
    assert (producer.n_starts, steps) == (0, [])


def test_what_was_stored_before_an_engine_died_stays(model, job, produce, tmp_path):
    # A recording of the first two answers fails at the second chunk, as an engine that dies there would.
    recorded = Partition(tmp_path / "recorded", Recording(engine=Fingerprint()))
    first = job(model("base"), "ab")
    produce(first)
    recorded.append(list(first.partition.load().items()))
    broken = job(Model(name="broken", weights=recorded.folder), "abcd", backend=BACKENDS["replay"])
    with pytest.raises(EngineError, match="no recorded answer to 2 of 2 prompts"):
        produce(broken)
    assert stored(broken) == [[("a", "by base"), ("b", "by base")]]


def test_a_failure_in_another_process_of_the_run_is_not_tried_again(model, job, tmp_path):
    class Failing(Scripted):
        def generate(self, requests, adapter):
            raise KeyError("lost")

    base = model("base")
    here, there = (Producer({}, tmp_path / "report", tell=print) for _ in range(2))  # as two xdist workers have them
    with pytest.raises(EngineError, match="scripted: KeyError: 'lost'"):
        here.run([job(base, "ab", backend=Failing)])
    with pytest.raises(EngineError, match="scripted: KeyError: 'lost'"):
        there.run([job(base, "ab", backend=Failing)])
    assert starts(base) == 1


def test_a_failure_of_an_earlier_run_is_forgotten(model, job, tmp_path):
    base, folder = model("base"), tmp_path / "report"
    folder.mkdir()
    (folder / FAILURE_FILE).write_text("failed long ago")
    os.utime(folder / FAILURE_FILE, (1, 1))
    work = job(base, "ab")
    Producer({}, folder, tell=print).run([work])
    assert len(work.partition.load()) == 2


def test_a_finished_job_is_handed_on_while_the_engine_answers_the_next(model, job, tmp_path):
    may_go_on = threading.Event()

    class Waiting(Scripted):
        def generate(self, requests, adapter):
            if requests[0].key == "c":
                assert may_go_on.wait(60)
            return super().generate(requests, adapter)

    base = model("base")
    first, second = job(base, "ab", backend=Waiting), job(base, "cd", task="meqsum", backend=Waiting)
    finished = Producer({}, tmp_path / "report", tell=lambda step: None).finished([first, second])
    assert next(finished) is first  # though the second can't be answered yet
    assert set(first.partition.load()) == {"a", "b"}
    may_go_on.set()
    assert list(finished) == [second]


def test_who_stops_listening_ends_the_engines(model, job, tmp_path):
    base = model("base")
    jobs = [job(base, "ab"), job(base, "cd", task="meqsum")]
    finished = Producer({}, tmp_path / "report", tell=lambda step: None).finished(jobs)
    next(finished)
    finished.close()
    assert list(finished) == []


class Mixing(Telling):
    """Takes several tasks in one call, and answers each question with its place and how many were asked at once."""

    mixes_tasks = True

    def generate(self, requests, adapter):
        texts = [f"{place} of {len(requests)}" for place, _ in enumerate(requests, 1)]
        return [Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=3) for text in texts]


def test_small_tasks_share_a_chunk_where_backend_and_run_let_them(model, job, tmp_path):
    base, tuned = model("base"), model("base", adapter="lora")
    jobs = [
        job(base, "ab", backend=Mixing),
        job(base, "cde", task="meqsum", backend=Mixing),
        job(base, [f"f{n}" for n in range(60)], task="nejm", backend=Mixing),  # too many
        job(tuned, "a", side="candidate", backend=Mixing),
    ]
    steps = []
    finished = list(Producer({}, tmp_path, tell=steps.append, shares_chunks=True).finished(jobs))
    assert finished == jobs
    assert [len(chunk) for chunk in stored(jobs[0])] == [5, 32, 28]  # what one call answered is one chunk
    told = {key: answer.text for key, answer in jobs[0].partition.load().items()}
    assert [told[key] for key in "abcde"] == ["1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"]
    assert {told[f"f{n}"] for n in range(32)} == {f"{n} of 32" for n in range(1, 33)}
    assert jobs[3].partition.load()["a"].text == "1 of 1"
    assert [(step.task, step.done, step.new_tokens) for step in steps[:3]] == [
        ("mednli", 0, 0), ("mednli", 2, 6), ("meqsum", 3, 9)
    ]  # fmt: skip


@pytest.mark.parametrize(("backend", "shares"), [(Mixing, False), (Telling, True)])
def test_each_task_has_chunks_of_its_own_unless_both_let_them_share(model, job, tmp_path, backend, shares):
    calls = []

    class Counting(backend):
        own_process = False

        def generate(self, requests, adapter):
            calls.append(len(requests))
            return super().generate(requests, adapter)

    jobs = [job(model("base"), "ab", backend=Counting), job(model("base"), "cde", task="meqsum", backend=Counting)]
    Producer({}, tmp_path, tell=lambda step: None, shares_chunks=shares).run(jobs)
    assert calls == [2, 3]
