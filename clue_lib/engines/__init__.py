"""Engines: a model's weights and requests in, stored generations out.

`choose` finds a backend by its name, `check_args` and `check_adapters` say what it can't do, `fingerprint` names what
its answers depend on. A `Producer` has `Job`s answered, chunk by chunk, into a `Partition` of the store. A backend of
your own is a subclass of `Engine`.
"""

from clue_lib.engines.answers_file import read_generations
from clue_lib.engines.chat import no_room
from clue_lib.engines.choosing import (
    AUTO_ORDER,
    BACKENDS,
    check_adapters,
    check_args,
    choose,
    chunk_size,
    fingerprint,
    is_known,
    missing_modules,
)
from clue_lib.engines.connecting import connect
from clue_lib.engines.context import beyond_context, context_length, memory_needs
from clue_lib.engines.default_store import store_folder
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.failing import FILE as FAILURE_FILE
from clue_lib.engines.imported.values import PROGRAMS
from clue_lib.engines.jobs import Job
from clue_lib.engines.pace import SPEEDS, Factors, assumed_seconds
from clue_lib.engines.patience import NO_LIMITS, Limits
from clue_lib.engines.producer import Producer
from clue_lib.engines.secrets import check_secret
from clue_lib.engines.server import read_habits
from clue_lib.engines.store import Partition
from clue_lib.engines.template_files import TemplateFiles, read_template

__all__ = [
    "AUTO_ORDER",
    "BACKENDS",
    "FAILURE_FILE",
    "NO_LIMITS",
    "PROGRAMS",
    "SPEEDS",
    "Engine",
    "EngineArgs",
    "Factors",
    "Job",
    "Limits",
    "Partition",
    "Producer",
    "TemplateFiles",
    "assumed_seconds",
    "beyond_context",
    "check_adapters",
    "check_args",
    "check_secret",
    "choose",
    "chunk_size",
    "connect",
    "context_length",
    "fingerprint",
    "is_known",
    "memory_needs",
    "missing_modules",
    "no_room",
    "read_generations",
    "read_habits",
    "read_template",
    "store_folder",
]
