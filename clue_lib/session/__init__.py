"""One run of the gate, from its options to its verdicts."""

from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.session.settings import Settings, choose_backend, from_options, read_engine_args
from clue_lib.session.stages import SIDES, Answered, Judged, Prepared

__all__ = [
    "SIDES",
    "Answered",
    "GateRun",
    "Judged",
    "Options",
    "Prepared",
    "Settings",
    "choose_backend",
    "from_options",
    "read_engine_args",
]
