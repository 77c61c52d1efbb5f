"""CLUE Gate: does a fine-tuned clinical language model still do what its base does?"""

__version__ = "0.1.0"
