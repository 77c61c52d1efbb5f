"""What a model's folder says of its chat template and tokens, read without loading a tokenizer."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from clue_lib.models import thoughts
from clue_lib.models.reading import has_file, read_json, read_text

if TYPE_CHECKING:
    from jinja2 import nodes

Described = TypeVar("Described", bound=msgspec.Struct)


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    template: str


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    content: str


class _Tokenizer(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of tokenizer.json."""

    added_tokens: tuple[_Token, ...] = ()


class _TokenizerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of tokenizer_config.json, and of chat_template.json."""

    chat_template: str | tuple[_Named, ...] | dict[str, str] | None = None
    added_tokens_decoder: dict[str, _Token] = {}


class _Config(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of generation_config.json and config.json; models of several modalities keep the text part apart."""

    eos_token_id: int | tuple[int, ...] | None = None
    text_config: "_Config | None" = None

    @property
    def ends(self) -> set[int]:
        own = self.eos_token_id
        of_text = self.text_config.ends if self.text_config else set()
        return of_text | (set() if own is None else {own} if isinstance(own, int) else set(own))


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFiles:
    """A folder's chat template ("" where it has none) and the tokens that were added to its vocabulary.

    `is_known` is False where the folder has no tokenizer: recorded answers, scripts, engines of others' kinds.
    """

    template: str
    tokens: frozenset[str]
    is_known: bool

    @property
    def variables(self) -> frozenset[str]:
        """What the template takes by name."""
        return variables(self.template)

    def pairs(self, own: thoughts.Pairs = ()) -> thoughts.Pairs:
        """The marks of thoughts that the template mentions; where it mentions none, those that are tokens.

        A vocabulary alone says little: Qwen3's models that don't think have the tokens too.
        """
        known = (*own, *thoughts.known_pairs())
        mentioned = tuple(pair for pair in known if any(mark in self.template for mark in pair))
        return mentioned or tuple(pair for pair in known if set(pair) <= self.tokens)

    def thinks_by_template(self, own: thoughts.Pairs = ()) -> bool:
        """Whether the template mentions thoughts, by a mark or by a switch."""
        known = (*own, *thoughts.known_pairs())
        is_marked = any(mark in self.template for pair in known for mark in pair)
        return is_marked or bool(self.variables & set(thoughts.table().switches))


def read_template(folder: Path) -> TemplateFiles:
    """What the folder's files say. Raises ModelError where one can't be read."""
    config = _read(folder / "tokenizer_config.json", _TokenizerConfig())
    tokenizer = _read(folder / "tokenizer.json", _Tokenizer())
    added = (*tokenizer.added_tokens, *config.added_tokens_decoder.values())
    return TemplateFiles(
        template=_template(folder, config),
        tokens=frozenset(token.content for token in added),
        is_known=any(has_file(folder / name) for name in ("tokenizer_config.json", "tokenizer.json")),
    )


def stated_ends(folder: Path) -> set[int]:
    """Every token that the folder's two configurations say ends an answer. Raises ModelError."""
    return {end for name in ("generation_config.json", "config.json") for end in _read(folder / name, _Config()).ends}


@functools.cache
def variables(template: str) -> frozenset[str]:
    """The names that a template takes from outside; those that occur in it where it can't be read as one."""
    from jinja2 import TemplateSyntaxError, meta
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols"])
    # What transformers adds to mark training text; it changes nothing that is rendered.
    known = re.sub(r"\{%-?\s*(?:end)?generation\s*-?%\}", "", template)
    try:
        return frozenset(meta.find_undeclared_variables(_without_constants(environment.parse(known))))
    except (TemplateSyntaxError, RecursionError, ValueError, OverflowError, MemoryError):  # a mistake of its own
        return frozenset(re.findall(r"\b[A-Za-z_]\w*\b", template))


def _without_constants(tree: "nodes.Template") -> "nodes.Template":
    """The tree with each constant in it replaced by what has no value before the template is rendered.

    Whoever looks for names in a tree makes code of it, and computes meanwhile what depends on constants alone: for
    9**(9**9) that is years, within this process.
    """
    from jinja2 import nodes
    from jinja2.visitor import NodeTransformer

    class Remover(NodeTransformer):
        def generic_visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
            # An empty list is a constant as well: lengths of lists of such are numbers.
            if isinstance(node, nodes.Literal) and next(node.iter_child_nodes(), None) is None:
                return nodes.EnvironmentAttribute("sandboxed", lineno=node.lineno)
            return super().generic_visit(node)

    Remover().visit(tree)
    return tree


def _template(folder: Path, config: _TokenizerConfig) -> str:
    """The default one; a file of its own goes before what the tokenizer's configuration holds."""
    own = folder / "chat_template.jinja"
    if has_file(own):
        return read_text(own)
    stated = _read(folder / "chat_template.json", _TokenizerConfig()).chat_template or config.chat_template
    if stated is None or isinstance(stated, str):
        return stated or ""
    by_name = stated if isinstance(stated, dict) else {one.name: one.template for one in stated}
    return by_name.get("default") or next(iter(by_name.values()), "")


def _read(path: Path, missing: Described) -> Described:
    """The file as a typed value, or `missing` where nothing is there."""
    return read_json(path, type(missing)) if has_file(path) else missing
