"""CLUE Gate: does a fine-tuned clinical language model still do what its base does?"""

from clue_lib.__about__ import __version__

__all__ = ["__version__"]
