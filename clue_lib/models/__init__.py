"""Models by name: what `--model` and `--baseline` may say, and where the weights lie."""

from clue_lib.models.names import (
    Entry,
    Model,
    ModelSpec,
    Recording,
    infer_baseline,
    parse_spec,
    registry,
    resolve,
)

__all__ = ["Entry", "Model", "ModelSpec", "Recording", "infer_baseline", "parse_spec", "registry", "resolve"]
