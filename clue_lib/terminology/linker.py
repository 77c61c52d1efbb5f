"""What a linker is: it tells which medical concepts a text names."""

from collections.abc import Sequence
from typing import Protocol


class Linker(Protocol):
    """Finds the concepts of texts."""

    @property
    def signature(self) -> str:
        """The linker, its vocabulary and their versions, told without loading any of them."""

    def link(self, texts: Sequence[str], *, nested: bool = False) -> list[frozenset[str]]:
        """One set of concept ids per text; with `nested` also those of terms inside longer terms, if it knows them."""
