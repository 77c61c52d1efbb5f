"""What medicine calls things: ICD-10-CM, and the concepts that a text names."""

from clue_lib.terminology.linker import Linker
from clue_lib.terminology.open_linker import OpenLinker
from clue_lib.terminology.umls_linker import UmlsLinker

__all__ = ["Linker", "OpenLinker", "UmlsLinker"]
