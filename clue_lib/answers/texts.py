"""Answers in free text."""

from clue_lib.types import Answer, Example, Parsed, Unparsed


def free_text(text: str, example: Example | None = None, *, is_cut: bool = False) -> Answer:
    """The text itself, without surrounding white space; what was asked does not matter. Unparsed: "empty"."""
    stripped = text.strip()
    return Parsed(value=stripped) if stripped else Unparsed(reason="empty")
