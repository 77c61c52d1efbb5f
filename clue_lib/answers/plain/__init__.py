"""Stage 1 of reading: what of a model's text is its answer, in plain form, with a map back to the text as written."""

from clue_lib.answers.plain.normal import Normal, lower, normalise, plain

__all__ = ["Normal", "lower", "normalise", "plain"]
