"""What the package's own engines can't do with a model, an argument or this machine: told before one starts."""

import difflib
from collections.abc import Collection
from pathlib import Path

from clue_lib.engines import device, known
from clue_lib.engines.engine import EngineArgs
from clue_lib.errors import ModelError, OptionError
from clue_lib.models.checking import read_model_config

DTYPES = ("auto", "bfloat16", "float16", "float32", "half", "float")
"""The number formats in which both engines compute; `half` and `float` are other names of the two before them."""

ATTENTIONS = ("eager", "sdpa", "flex_attention", "flash_attention_2", "flash_attention_3")
"""The ways in which transformers computes attention."""

_ARGUMENT = "--engine-arg"
_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text", "None": "nothing"}

_OURS = {
    "model": "name it with --model or --baseline",
    "trust_remote_code": "trust one repository's code by name and revision, --trust-remote-code=owner/name@sha",
    "enable_lora": "name an adapter with --model",
    "max_lora_rank": "the adapter says it",
}
"""Arguments that the gate sets, and what to do instead."""


def check_dtype(args: EngineArgs) -> None:
    """Raise OptionError for a number format that there is not."""
    _one_of("dtype", args.get("dtype", "auto"), DTYPES)


def check_attention(args: EngineArgs) -> None:
    """Raise OptionError for a way to compute attention that there is not."""
    _one_of("attn_implementation", args.get("attn_implementation", "sdpa"), ATTENTIONS)


def check_device(args: EngineArgs) -> None:
    """Raise OptionError for a processor that this machine lacks."""
    wanted = str(args.get("device", "auto"))
    kind, _, number = wanted.partition(":")
    if kind not in ("auto", "cpu", "cuda") or (number and not (kind == "cuda" and number.isdigit())):
        raise OptionError(f"{_ARGUMENT} device={wanted}: no such device; known: auto, cpu, cuda, cuda:0 …")
    n_gpus = len(device.visible_gpus())
    if kind == "cuda" and int(number or 0) >= n_gpus:
        raise OptionError(f"{_ARGUMENT} device={wanted}: {_gpus(n_gpus)}; drop it, or run where there is one")


def check_parallel(args: EngineArgs, n_needed: int) -> None:
    """Raise OptionError where the engine is to be spread over more processors than this machine has."""
    if args.get("distributed_executor_backend") == "ray":  # whose workers may be other machines
        return
    gpus = device.visible_gpus()
    n_present = len(gpus) if gpus else device.n_memory_nodes()
    if n_needed > n_present:
        given = {name: args[name] for name in ("tensor_parallel_size", "pipeline_parallel_size") if name in args}
        what = " ".join(f"{_ARGUMENT} {name}={value}" for name, value in given.items())
        raise OptionError(f"{what}: {n_needed} GPUs are needed, and {_gpus(len(gpus))}; give a smaller number")


def check_vllm_args(args: EngineArgs) -> None:
    """Raise OptionError for an argument that `vllm.LLM` does not take, or of another type."""
    arguments = known.vllm_arguments()
    for name, value in args.items():
        if name in _OURS:
            raise OptionError(f"{_ARGUMENT} {name}={value}: the gate sets this itself; {_OURS[name]}")
        if name == "batch_size" or not arguments:
            continue
        if name not in arguments:
            close = difflib.get_close_matches(name, arguments, n=1)
            hint = f"did you mean {close[0]}?" if close else "see the arguments of vllm.LLM"
            raise OptionError(f"{_ARGUMENT} {name}={value}: unknown to backend vllm; {hint}")
        _check_type(name, value, arguments[name])


def check_architecture(weights: Path, args: EngineArgs, *, knows: frozenset[str], engine: str) -> None:
    """Raise ModelError where the folder holds a model of an architecture that the engine does not know.

    `knows` are the architectures that it has code of its own for; besides, both engines load what transformers does.
    Where the engine's package tells nothing, nothing is refused.
    """
    config = read_model_config(weights)
    of_transformers = known.causal_types()
    if not of_transformers or args.get("trust_remote_code", False):
        return
    if knows & set(config.architectures or ()) or config.model_type in of_transformers:
        return
    name = ", ".join(config.architectures or ()) or config.model_type or "none stated"
    if config.auto_map:
        remedy = "it brings code of its own: trust it by name and revision, --trust-remote-code=owner/name@sha"
    else:
        remedy = f"a newer {engine} may know it"
    raise ModelError(f"{weights}: {engine} here does not know its architecture ({name}); {remedy}")


def _one_of(name: str, value: object, choices: Collection[str]) -> None:
    if value not in choices:
        raise OptionError(f"{_ARGUMENT} {name}={value}: no such {name}; known: {', '.join(choices)}")


def _check_type(name: str, value: object, kind: known.Kind) -> None:
    """`kind` is empty where anything may be right; a whole number is a number, true is none."""
    given = type(value).__name__
    allowed = kind | {"int"} if "float" in kind else kind
    if kind and given not in allowed:
        words = " or ".join(_WORDS[one] for one in sorted(kind) if one != "None")
        raise OptionError(f"{_ARGUMENT} {name}={value}: it must be {words}")


def _gpus(n: int) -> str:
    return "this machine has no GPU" if n == 0 else f"this machine has {n} GPU{'s' if n > 1 else ''}"
