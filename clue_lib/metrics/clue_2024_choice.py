"""How CLUE's code of June 2024 scored answers that pick a label; report-only, behind `--scoring=clue-2024-06`."""

from collections.abc import Sequence

from clue_lib.types import Response


def mednli_accuracy(responses: Sequence[Response]) -> list[float]:
    """1 where the gold label stands in the text exactly once, in any case, whatever other labels the text names.

    A label repeated is wrong, and so is one in another form ("entails"). Part of a longer word counts.
    """
    return [
        float(response.generation.text.upper().count(str(response.example.gold).upper()) == 1) for response in responses
    ]
