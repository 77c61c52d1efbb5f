"""`models`: the aliases, and `models check`: what a model's tokenizer and configurations say of it."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tabulate import tabulate

from clue_lib import engines
from clue_lib import models as registry
from clue_lib.commands import model_rendering
from clue_lib.engines.template_files import TemplateFiles, read_template
from clue_lib.errors import ModelError
from clue_lib.models import thoughts
from clue_lib.models.describing import Described, describe
from clue_lib.text import printable

LABEL_WIDTH = 13


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, and what it can do besides listing."""
    listing = commands.add_parser("models")
    listing.add_argument("--models-file", metavar="FILE", type=Path, help="TOML file of aliases of your own")
    listing.set_defaults(run=list_models)
    actions = listing.add_subparsers(metavar="check", title="instead of listing")
    check = actions.add_parser("check", help="template, thinking, end tokens, context … of a model; loads no weights")
    check.add_argument("model", metavar="ALIAS|FOLDER", help="named as for --model")
    check.add_argument("--models-file", metavar="FILE", type=Path, help="TOML file of aliases of your own")
    check.set_defaults(run=check_model)


def list_models(given: argparse.Namespace) -> int:
    """Print alias, repository and base, one alias a line. Raises ModelError where --models-file is mistaken."""
    aliases = registry.registry(given.models_file)
    rows = [(alias, entry.repository, entry.base or "") for alias, entry in aliases.items()]
    print(tabulate(rows, headers=("alias", "repository", "base"), tablefmt="plain"))
    return 0


def check_model(given: argparse.Namespace) -> int:
    """Print what is known of the model, and a rendered prompt. Raises ModelError where it can't be used."""
    aliases = registry.registry(given.models_file)
    spec = registry.parse_spec(given.model, option="models check", aliases=aliases)
    model = describe(spec, aliases=aliases, on_note=lambda note: print(note, file=sys.stderr))
    for label, text in _lines(model):
        print(f"{label:<{LABEL_WIDTH}}{printable(text)}")
    return 0


def _lines(model: Described) -> Iterator[tuple[str, str]]:
    """What is told, as label and text."""
    rendered = model_rendering.render(model.folder)
    yield "model", f"{model.name}, adapter of {model.base}" if model.base else model.name
    if model.adapter:
        yield "adapter", model.adapter
    yield "architecture", f"{', '.join(model.architectures) or 'not stated'}: {_known_to(model)}"
    yield "weights", f"stored as {model.dtype or 'a format that no file states'}"
    yield "context", f"{engines.context_length(model.folder, {}) or 'unknown'} tokens"
    yield "template", rendered.policy
    yield "thinking", _thinking(read_template(model.folder))
    yield "end tokens", rendered.ends
    label = "prompt"
    for line in rendered.prompt:
        yield label, f"| {line}"
        label = ""


def _known_to(model: Described) -> str:
    """Which engines of ours load such a model, and why others don't."""
    told = []
    for name in engines.AUTO_ORDER:
        backend = engines.BACKENDS[name]
        if engines.missing_modules(backend):
            told.append(f"{name} is not installed")
            continue
        try:
            backend.check_architecture(model.folder, {})
            told.append(f"{name} knows it")
        except ModelError:
            told.append(f"{name} does not know it")
    return ", ".join(told)


def _thinking(files: TemplateFiles) -> str:
    """Whether the model thinks before it answers, by which marks, and how it is asked not to."""
    pairs = files.pairs()
    if not (pairs or files.thinks_by_template()):
        return "no sign of it in template and tokenizer"
    marks = ", ".join(f"{begin} … {end}" for begin, end in pairs) or "by a switch of its template"
    switches = {name: value for name, value in thoughts.table().switches.items() if name in files.variables}
    asked = ", ".join(f"{name}={value}".lower() for name, value in switches.items())
    way_out = f"--reasoning=off sets {asked}" if asked else "its template knows no switch against it"
    return f"{marks}; --reasoning=auto gives it room, {way_out}"
