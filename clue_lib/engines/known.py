"""What an engine's package knows, read out of its source: importing it takes ten seconds, and a GPU perhaps."""

import ast
import functools
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path

Kind = frozenset[str]
"""The built-in types that a value may be of, by name; empty where the annotation says more than these."""

_PLAIN = frozenset({"int", "float", "bool", "str", "None"})


@functools.cache
def causal_types() -> frozenset[str]:
    """The values of `model_type` that transformers loads as a causal language model; empty where it can't be told."""
    module = _source("transformers", "models/auto/modeling_auto.py")
    return frozenset(_first_strings(_assigned(module, "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES")))


@functools.cache
def vllm_architectures() -> frozenset[str]:
    """The architectures that vLLM has code of its own for; empty where it can't be told."""
    module = _source("vllm", "model_executor/models/registry.py")
    tables = ("_TEXT_GENERATION_MODELS", "_MULTIMODAL_MODELS", "_TRANSFORMERS_SUPPORTED_MODELS")
    return frozenset(name for table in tables for name in _first_strings(_assigned(module, table)))


@functools.cache
def vllm_arguments() -> Mapping[str, Kind]:
    """The arguments that `vllm.LLM` takes, with what each may be; empty where it can't be told."""
    engine = _class(_source("vllm", "engine/arg_utils.py"), "EngineArgs")
    arguments = {
        line.target.id: _kind(line.annotation)
        for line in (engine.body if engine else [])
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }
    if not arguments:  # then those of LLM alone would make all others unknown
        return {}
    return dict(_own_arguments()) | arguments


def _own_arguments() -> Iterator[tuple[str, Kind]]:
    """Those that `LLM` itself names."""
    llm = _class(_source("vllm", "entrypoints/llm.py"), "LLM")
    for line in llm.body if llm else []:
        if isinstance(line, ast.FunctionDef) and line.name == "__init__":
            for argument in line.args.kwonlyargs:
                yield argument.arg, _kind(argument.annotation)


def _source(package: str, file: str) -> ast.Module | None:
    """The parsed file of an installed package; None where it is not there."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / file
        if path.is_file():
            return ast.parse(path.read_text(encoding="utf-8"))
    return None


def _assigned(module: ast.Module | None, name: str) -> ast.expr | None:
    """What the module assigns to the variable."""
    for line in module.body if module else []:
        if isinstance(line, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in line.targets):
            return line.value
    return None


def _first_strings(value: ast.expr | None) -> Iterator[str]:
    """The keys of a dictionary, written as one or as `OrderedDict([(key, value), …])`."""
    if isinstance(value, ast.Dict):
        keys: list[ast.expr | None] = list(value.keys)
    elif isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.List):
        keys = [pair.elts[0] for pair in value.args[0].elts if isinstance(pair, ast.Tuple)]
    else:
        return
    for key in keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def _class(module: ast.Module | None, name: str) -> ast.ClassDef | None:
    classes = [line for line in (module.body if module else []) if isinstance(line, ast.ClassDef)]
    return next((one for one in classes if one.name == name), None)


def _kind(annotation: ast.expr | None) -> Kind:
    """The types of `int | None` and the like; empty where a name stands for something else."""
    if annotation is None:
        return frozenset()
    names = frozenset(part.strip() for part in ast.unparse(annotation).split("|"))
    return names if names <= _PLAIN else frozenset()
