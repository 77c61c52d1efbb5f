"""`data build`: data sets made from the user's own copy of MIMIC-IV. No text of a note is ever printed."""

import argparse
import dataclasses
import importlib.util
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from clue_lib import digests, engines, models
from clue_lib.datasets import build_medisumcode as code
from clue_lib.datasets import build_medisumqa as pairs
from clue_lib.datasets import medisumqa_passages, mimic, private, recorded
from clue_lib.datasets.build_medisumqa import Output
from clue_lib.datasets.built import Built
from clue_lib.datasets.medisumqa_passages import Passage
from clue_lib.engines import Job, Partition, Producer
from clue_lib.errors import DataError, MissingExtra
from clue_lib.models import Recording
from clue_lib.session import asking, settings
from clue_lib.tasks import prompts, wordings
from clue_lib.types import Chat, Example, Generation, Progress, Request, Sampling

MAX_NEW_TOKENS = 1000
"""Room for five pairs in sentences, as CLUE's script gives it."""


def medisumcode(given: argparse.Namespace) -> int:
    """Draw discharge letters and put to each the ICD-10-CM codes that were billed for the stay."""
    target = _target(given.out, code.NAME)
    if missing := [module for module in code.REQUIRES if importlib.util.find_spec(module) is None]:
        raise MissingExtra(f"{', '.join(missing)} not installed; run `make install` or pip install 'clue-gate[data]'")
    return _finish(target, code.build(given.mimic, n=given.n, seed=given.seed, on_note=tell), given.n)


def medisumqa(given: argparse.Namespace) -> int:
    """Draw discharge letters, have a model write pairs of question and answer about them, keep the best."""
    target = _target(given.out, pairs.NAME)
    spec = models.parse_spec(given.model)
    backend = settings.choose_backend(given.backend, (spec,))
    engine_args = settings.read_engine_args(given.engine_arg)
    engines.check_args(backend, engine_args)
    notes = mimic.find(given.mimic, mimic.LETTERS)
    model = models.resolve(spec, on_note=tell)
    backend.check_model(model.weights, engine_args)
    tell(f"reading {notes}: drawing letters")
    dropped: Counter[str] = Counter()
    passages = medisumqa_passages.passages(notes, n_letters=given.letters, seed=given.seed, dropped=dropped)
    chat = asking.chat_for(asking.Wanted(), [(model.name, model.weights)])
    engine = engines.fingerprint(backend, model.weights, engine_args).asked_by(chat)
    about = Recording(model=model.name, identity=model.identity, engine=engine)
    partition = Partition(private.folder_in(given.out), about, tier="credentialed")
    requests = _requests(passages, given.seed, chat)
    job = Job(side="candidate", task="medisumqa", model=model, backend=backend, partition=partition, requests=requests)
    answers = _answers(job, Producer(engine_args, partition.folder.parent, tell=tell))
    outputs = [
        Output(passage=passage, text=answer.text, finish_reason=answer.finish_reason)
        for passage, answer in zip(passages, answers, strict=True)
    ]
    print(f"the model's outputs, which quote notes, are kept in {partition.folder}")
    return _finish(target, pairs.select(outputs, n=given.n, dropped=dropped), given.n)


def _requests(passages: Sequence[Passage], seed: int, chat: Chat) -> tuple[Request, ...]:
    """One prompt per passage, in their order."""
    (texts,) = wordings.load("medisumqa_pairs")
    sampling = Sampling(max_new_tokens=MAX_NEW_TOKENS, seed=seed)
    requests = []
    for passage in passages:
        fields = {"instructions": passage.instructions}
        example = Example(id=passage.note_id, cluster=passage.note_id, fields=fields, gold="")
        messages = prompts.render(texts, (), example).messages
        key = digests.of_value((messages, sampling))
        requests.append(Request(key=key, messages=messages, sampling=sampling, chat=chat))
    return tuple(requests)


def _answers(job: Job, producer: Producer) -> list[Generation]:
    """One per request, in their order; those that an interrupted build had stored are not made again."""
    with job.partition.held():
        job.partition.repair()
        stored = job.partition.load()
        lacking = {request.key: request for request in job.requests if request.key not in stored}
        if lacking:
            producer.run([dataclasses.replace(job, requests=tuple(lacking.values()))])
    stored = job.partition.load()
    return [stored[request.key] for request in job.requests]


def _target(folder: Path, name: str) -> Path:
    """Where the result goes. Raises DataError where a file, perhaps the official one, is already, or none can be."""
    if (folder / name).exists():
        raise DataError(f"{folder / name}: there is such a file already; move it away or name another --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"--out={folder}: {error.strerror}; name a folder that can be written to") from error
    return folder / name


def _finish(target: Path, built: Built, n: int) -> int:
    """Write the result and say what it holds, what it lacks and what binds it."""
    digest = recorded.write(target, built.lines)
    for reason, count in sorted(built.dropped.items()):
        print(f"left out {count:9,} {reason}")
    fewer = f" (fewer than the {n:,} asked for)" if len(built.records) < n else ""
    print(f"{len(built.records):,} records{fewer} in {target}, digest {digest[:12]}")
    print("credentialed: PhysioNet's agreement binds it as it binds MIMIC-IV; don't share it or send it to a service")
    return 0


def tell(now: Progress | str) -> None:
    """A step or note, as a line on standard error."""
    line = now if isinstance(now, str) else f"{now.done:,} of {now.total:,} prompts, {now.seconds:.0f} s"
    print(line, file=sys.stderr, flush=True)
