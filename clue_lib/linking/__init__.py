"""Linking: which medical concepts a text names. `open` is the offline default, `umls` needs a licence and downloads."""

from collections.abc import Sequence
from typing import Protocol

from clue_lib.linking.open import OpenLinker
from clue_lib.linking.umls import UmlsLinker


class Linker(Protocol):
    """Finds the concepts of texts."""

    @property
    def signature(self) -> str:
        """The linker, its vocabulary and their versions, told without loading any of them."""

    def link(self, texts: Sequence[str], *, nested: bool = False) -> list[frozenset[str]]:
        """One set of concept ids per text; with `nested` also those of terms inside longer terms, if it knows them."""


__all__ = ["Linker", "OpenLinker", "UmlsLinker"]
