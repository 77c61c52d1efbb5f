"""`models`: the aliases, and `models check`: what a model's tokenizer and configurations say of it."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tabulate import tabulate

from clue_lib import engines
from clue_lib import models as registry
from clue_lib.engines.chat import end_tokens
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.engines.template_files import TemplateFiles, read_template
from clue_lib.errors import MissingExtra, ModelError
from clue_lib.models import thoughts
from clue_lib.models.describing import Described, describe
from clue_lib.models.tokenizer_files import not_loaded
from clue_lib.text import printable
from clue_lib.types import Message

EXAMPLE = (
    Message(role="system", content="You are a clinician."),
    Message(role="user", content="What helps against a cough?"),
)
"""What the prompt that is shown asks."""

LABEL_WIDTH = 13


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, and what it can do besides listing."""
    listing = commands.add_parser("models", help="list the aliases, or check one")
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
    tokenizer = _tokenizer(model.folder)
    template = ChatTemplate(tokenizer)
    yield "model", f"{model.name}, adapter of {model.base}" if model.base else model.name
    if model.adapter:
        yield "adapter", model.adapter
    yield "architecture", f"{', '.join(model.architectures) or 'not stated'}: {_known_to(model)}"
    yield "weights", f"stored as {model.dtype or 'a format that no file states'}"
    yield "context", f"{engines.context_length(model.folder, {}) or 'unknown'} tokens"
    yield "template", template.policy
    yield "thinking", _thinking(read_template(model.folder))
    yield "end tokens", _ends(model.folder, tokenizer)
    label = "prompt"
    for line in template.render(EXAMPLE).split("\n"):
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


def _ends(folder: Path, tokenizer: Any) -> str:
    """Every token that ends an answer, by its text and number."""
    ends = sorted(end_tokens(folder, tokenizer))
    return ", ".join(f"{tokenizer.convert_ids_to_tokens(end)} ({end})" for end in ends) or "none"


def _tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, with none of its code run. Raises ModelError where it can't be loaded."""
    try:
        from transformers import AutoTokenizer, logging
    except ImportError as error:
        raise MissingExtra(
            "models check needs transformers; run `make install` or pip install 'clue-gate[transformers]'"
        ) from error
    logging.set_verbosity_error()  # it warns of architectures that it does not know, which is told here
    try:
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except BaseException as error:
        raise not_loaded(folder, error) from None
