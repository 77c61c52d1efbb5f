"""The options that say how contexts are drawn: --context and --repeats."""

from clue_lib.errors import OptionError

LEAST_CONTEXT = 512
"""Tokens that instructions, the longest question and an answer take, and a short letter with them."""

MOST_REPEATS = 20
"""More drawings of a context than these narrow no bound: what questions differ by remains."""


def checked_repeats(repeats: int | None) -> int | None:
    """The number of drawings that --repeats gives. Raises OptionError."""
    if repeats is not None and not 1 <= repeats <= MOST_REPEATS:
        raise OptionError(f"--repeats={repeats}: contexts are drawn 1 to {MOST_REPEATS} times")
    return repeats


def checked_context(context: int | None) -> int | None:
    """The tokens that --context gives. Raises OptionError."""
    if context is not None and context < LEAST_CONTEXT:
        raise OptionError(
            f"--context={context}: it must be at least {LEAST_CONTEXT} tokens, for instructions, question and answer"
        )
    return context
