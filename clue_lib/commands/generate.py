"""`generate`: answers into a store, of all of a run's prompts or of one share of them, with nothing judged."""

import argparse
import dataclasses
import sys

from clue_lib.commands import planned_tasks
from clue_lib.engines import Factors, Producer
from clue_lib.session import Options, from_options
from clue_lib.session.preparing import prepare
from clue_lib.session.sharding import generate_shard, read_shard
from clue_lib.text import printable
from clue_lib.types import Progress


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("generate")
    parser.add_argument("--model", required=True, metavar="NAME", help="who is asked, named as for the gate")
    parser.add_argument("--baseline", metavar="NAME", help="is asked too; default: the model alone")
    parser.add_argument("--shard", default="1/1", metavar="K/N", help="the K-th of N shares; default: all prompts")
    planned_tasks.add_options(parser)
    parser.add_argument("--store", metavar="DIR", help="where answers are kept; default: the user's cache")
    parser.add_argument("--backend", default="auto", help="as for the gate")
    parser.add_argument("--engine-arg", action="append", default=[], metavar="NAME=VALUE", help="as for the gate")
    parser.add_argument("--models-file", metavar="FILE", help="TOML file of aliases of your own")
    parser.add_argument("--merge-adapter", action="store_true", help="as for the gate")
    parser.add_argument("--reasoning", default="auto", help="as for the gate: auto, off or native")
    parser.add_argument("--thinking-budget", type=int, metavar="N", help="tokens of a thought; default 2048")
    parser.add_argument("--template", default="auto", help="as for the gate: auto or plain")
    parser.add_argument("--log-dir", dest="report_dir", default="gate-report", metavar="DIR", help="for engine.log")
    parser.set_defaults(run=generate)


def generate(given: argparse.Namespace) -> int:
    """Answer the share and say how many answers are new. Raises UserError, EngineError and StoreError."""
    shard = read_shard(given.shard)
    names = planned_tasks.names(given)
    known = {field.name for field in dataclasses.fields(Options)}
    options = Options(**{name: value for name, value in vars(given).items() if name in known})
    settings = from_options(dataclasses.replace(options, baseline=given.baseline or given.model))
    prepared = prepare(settings, (), tasks=names, tell=_tell)
    settings.report_dir.mkdir(parents=True, exist_ok=True)
    producer = Producer(
        settings.engine_args, settings.report_dir, tell=_tell, factors=Factors(settings.store), limits=settings.limits
    )
    n_new = generate_shard(prepared, producer, shard)
    print(f"share {shard.number} of {shard.n}: {n_new:,} new answers in {settings.store}")
    return 0


def _tell(now: Progress | str) -> None:
    """A note as a line on standard error; of progress, each task's end."""
    if isinstance(now, str):
        print(printable(now), file=sys.stderr, flush=True)
    elif now.done == now.total:
        print(f"{now.task}: {now.total:,} prompts, {now.seconds:.0f} s", file=sys.stderr, flush=True)
