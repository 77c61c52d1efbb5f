"""Models by name: what `--model` and `--baseline` may say, and where the weights lie.

`parse_spec` reads a name, `infer_baseline` says what the model was fine-tuned from, `resolve` finds or fetches the
weights, `registry` lists the aliases, `read_recording` says whose stored answers a folder holds.
"""

from clue_lib.models.aliases import Aliases, Entry, registry
from clue_lib.models.names import ModelSpec, infer_baseline, parse_spec
from clue_lib.models.recording import Recording, encode_recording, read_recording
from clue_lib.models.trust import NO_TRUST, Trust, read_trust
from clue_lib.models.weights import Model, resolve

__all__ = [
    "NO_TRUST",
    "Aliases",
    "Entry",
    "Model",
    "ModelSpec",
    "Recording",
    "Trust",
    "encode_recording",
    "infer_baseline",
    "parse_spec",
    "read_recording",
    "read_trust",
    "registry",
    "resolve",
]
