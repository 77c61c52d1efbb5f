"""Engines on several GPUs: at once where there are enough, one after the other where not, each seeing only its own."""

import json
import os
import time
from pathlib import Path

import pytest

from clue_lib.engines import Job, Producer
from clue_lib.engines.engine import Engine
from clue_lib.engines.store import Partition
from clue_lib.errors import EngineError
from clue_lib.models import Model, Recording
from clue_lib.types import Fingerprint, Generation, Identity, Message, Request, Sampling

MEETING = ("first of two", "second of two")


def meet(name):
    """Wait until both are here: how soon a process starts depends on what else the machine does."""
    place = Path(os.environ["XDG_CACHE_HOME"])
    (place / name).touch()
    end = time.monotonic() + 30
    while time.monotonic() < end and not all((place / one).exists() for one in MEETING):
        time.sleep(0.05)


class Telling(Engine):
    """Answers with the devices it was given and the time its answer took.

    That is half a second; where the weights are named as one of two that meet, until both answer, 30 seconds at most.
    """

    name = "telling"

    @classmethod
    def n_gpus(cls, args):
        return int(args.get("tensor_parallel_size", 1))

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name)

    def __init__(self, weights, adapters, args):
        self._fails = weights.name == "broken"
        self._is_slow = weights.name == "slow"
        self._meets = weights.name if weights.name in MEETING else None

    def generate(self, requests, adapter):
        if self._fails:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        start = time.time()
        if self._meets:
            meet(self._meets)
        else:
            time.sleep(600 if self._is_slow else 0.5)
        told = {"devices": os.environ.get("CUDA_VISIBLE_DEVICES"), "start": start, "end": time.time()}
        return [Generation(text=json.dumps(told), finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)]


@pytest.fixture
def produce(tmp_path, monkeypatch):
    """Has both models answer one prompt on the GPUs given; what each told."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(os.path.dirname(__file__))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    import test_devices

    def run(gpus, names=("base", "tuned"), **args):
        request = Request(key="k", messages=(Message(role="user", content="x"),), sampling=Sampling(max_new_tokens=1))
        jobs = [
            Job(
                side=side,
                task="mednli",
                model=Model(name=name, weights=Path(name)),
                backend=test_devices.Telling,
                partition=Partition(
                    tmp_path / "store", Recording(identity=Identity(weights=name), engine=Fingerprint())
                ),
                requests=(request,),
            )
            for side, name in zip(("baseline", "candidate"), names, strict=True)
        ]
        Producer(args, tmp_path, tell=lambda step: None, gpus=gpus).run(jobs)
        return [json.loads(job.partition.load()["k"].text) for job in jobs]

    return run


def overlap(first, second):
    return first["start"] < second["end"] and second["start"] < first["end"]


def test_two_gpus_run_both_models_at_once_each_on_its_own(produce):
    first, second = produce(("4", "7"), MEETING)
    assert {first["devices"], second["devices"]} == {"4", "7"}
    assert overlap(first, second)
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_one_gpu_runs_the_baseline_then_the_candidate(produce):
    first, second = produce(("4",))
    assert first["devices"] == second["devices"] == "4"
    assert first["end"] < second["start"]


def test_without_a_gpu_nothing_is_hidden_and_one_runs_after_the_other(produce):
    first, second = produce(())
    assert first["devices"] is second["devices"] is None
    assert first["end"] < second["start"]


@pytest.mark.parametrize(("gpus", "at_once"), [("0123", True), ("012", False)])
def test_engines_over_several_gpus_get_that_many(produce, gpus, at_once):
    first, second = produce(tuple(gpus), tensor_parallel_size=2)
    assert len(first["devices"].split(",")) == len(second["devices"].split(",")) == 2
    assert overlap(first, second) is at_once
    assert (set(first["devices"]) & set(second["devices"]) == {","}) is at_once


def test_one_models_failure_ends_the_other_and_says_what_to_change(produce, tmp_path):
    with pytest.raises(EngineError, match=r"out of memory.*a smaller --engine-arg batch_size needs less") as caught:
        produce(("4", "7"), names=("slow", "broken"))
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("generations.jsonl"))  # the slow one was not waited for
