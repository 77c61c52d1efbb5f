"""Writes docs/errors.md, every one-line message of the package: `python docs/errors.py`, from the repository's root.

The messages are read from the source, so that the page lacks none; a test fails where page and source differ. Most say
their way out themselves, after the last semicolon. For the others it stands in `errors.toml`.
"""

import ast
import itertools
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "clue_lib"
PAGE = Path(__file__).with_name("errors.md")

WORDS = tomllib.loads(Path(__file__).with_name("errors.toml").read_text(encoding="utf-8"))
"""The kinds of errors, names of holes, and what to do about messages that do not say so themselves."""

PASSED_ON = {"found.told", "known", "text", "self._path.read_text(encoding='utf-8')"}
"""Arguments that are a message made elsewhere, where the page has it."""

CHOICE = "choose one of those that the message lists"
SAID = "what the message says"
HINT = "the message goes on with what is close, or what to do"


@dataclass(frozen=True, order=True)
class Message:
    """One message of the source: the class of its error, and its text with ‹holes› for what is known only in a run."""

    kind: str
    text: str

    @property
    def way_out(self) -> str:
        """What to do."""
        _, semicolon, way = self.text.rpartition("; ")
        if semicolon:
            return CHOICE if way.startswith("known: ") else HINT if re.fullmatch(r"‹[^›]*›", way) else way
        ways_out = WORDS["ways_out"]
        known = [beginning for beginning in ways_out if self.text.startswith(beginning)]
        return ways_out[max(known, key=len)] if known else SAID

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the message looks like in a run."""
        parts = re.split(r"‹[^›]*›", self.text)
        return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


def messages() -> list[Message]:
    """Every message of the package, once each, by kind and text."""
    return sorted({message for path in sorted(PACKAGE.rglob("*.py")) for message in _of_file(path)})


def _of_file(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = _Module(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDS["groups"]):
            continue
        if node.args and ast.unparse(node.args[0]) not in PASSED_ON:
            for text in module.texts(node.args[0]):
                yield Message(node.func.id, " ".join(text.split()))


MOST = 12
"""Of how many texts a message may be one; of more, what differs is a hole."""


def _is_fixed(node: ast.expr) -> bool:
    """Whether the expression is a text, or one of two."""
    if isinstance(node, ast.IfExp):
        return _is_fixed(node.body) and _is_fixed(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class _Module:
    """The texts that a module's expressions may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        self.named = {name: values[0] for name, values in named.items() if len(values) == 1 and _is_fixed(values[0])}
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def texts(self, node: ast.expr, depth: int = 2) -> list[str]:
        """All texts that the expression may be, with ‹holes› for what is known only in a run."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        if isinstance(node, ast.IfExp):
            return [*self.texts(node.body, depth), *self.texts(node.orelse, depth)]
        if isinstance(node, ast.JoinedStr):
            parts = [self.texts(part, depth) for part in node.values]
            if math.prod(map(len, parts)) > MOST:
                parts = [part if len(part) == 1 else ["‹…›"] for part in parts]
            return ["".join(chosen) for chosen in itertools.product(*parts)]
        if isinstance(node, ast.FormattedValue):
            return self._of_value(node.value, depth)
        return self._of_value(node, depth)

    def _of_value(self, node: ast.expr, depth: int) -> list[str]:
        """A constant's text, those that a function of the module returns, or a hole."""
        if isinstance(node, ast.Name) and node.id in self.named and depth:
            return self.texts(self.named[node.id], depth - 1)
        if isinstance(node, ast.IfExp):
            return self.texts(node, depth)
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in self.functions and depth:
            found = self._returned(self.functions[called.id], depth - 1)
            if 0 < len(found) <= MOST and not all(re.fullmatch(r"‹[^›]*›", text) for text in found):
                return found
        return [f"‹{_hole(node)}›"]

    def _returned(self, function: ast.FunctionDef, depth: int) -> list[str]:
        """The texts that a function returns."""
        values = [each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value]
        return [text for value in values for text in self.texts(value, depth)]


def _hole(node: ast.expr) -> str:
    """What stands in a hole, by the name of its value or of the function that gives it."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    name = "value"
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    return WORDS["holes"].get(name, name.strip("_").replace("_", " ").lower())


HEAD = """# Errors

A mistake that you can mend is one line: what is wrong, which value, where, and what to do next. There is no traceback.
Whatever can be known before a model is loaded is told before.

This page lists every such message. ‹Words in these marks› stand for what differs from run to run. Search for the
words of your message that stand outside the marks.

Written by `python docs/errors.py` from the source; a test checks that no message lacks.
"""


def page() -> str:
    """The whole page."""
    found = messages()
    sections = [HEAD]
    for kind, group in WORDS["groups"].items():
        rows = [f"| `{_cell(each.text)}` | {_escaped(each.way_out)} |" for each in found if each.kind == kind]
        sections.append(
            "\n".join(
                [f"## {group['title']}", "", group["meaning"], "", "| message | what to do |", "|---|---|", *rows, ""]
            )
        )
    return "\n".join(sections)


def _cell(text: str) -> str:
    """Text that a table's cell may hold between backticks."""
    return _escaped(text).replace("`", "'")


def _escaped(text: str) -> str:
    """Text that ends no cell of a table."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
