"""How long reading the claims and numbers of 10,000 answers with their charts takes, beside linking their concepts.

    python benchmarks/claims_speed.py [N]

Charts are the bundled letters and notes, each with a number of its own so that no text stands twice; answers are words
of them. Prints seconds of the processor for both and their ratio, how long both take together beside linking alone, and
how time grows when charts are ten times as long. A text is linked once: what reads claims finds the terms known.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence

from clue_lib.metrics import claims, concepts, numbers
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Example, Generation, Parsed, Response

Measure = Callable[[Sequence[Response]], object]


def responses(n: int, *, times: int = 1, tag: str = "") -> list[Response]:
    """Made-up answers of 60 words to charts of the tasks that have claims."""
    draw = random.Random(0)
    examples = [example for name in ("problem_summary", "medisumqa") for example in _planned(name)]
    made = []
    for i in range(n):
        example = examples[i % len(examples)]
        chart = "\n\n".join(example.fields.values()) * times
        words = chart.split()
        start = draw.randrange(max(1, len(words) - 60))
        own = f"({tag}{i})"
        text = f"{' '.join(words[start : start + 60])} {own}"
        asked = Example(id=own, cluster=own, fields={"chart": f"{chart} {own}"}, gold=f"{example.gold} {own}")
        generation = Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=60)
        made.append(Response(example=asked, generation=generation, answer=Parsed(value=text)))
    return made


def _planned(name: str) -> Sequence[Example]:
    return plan_task(TASKS[name], PromptSettings()).examples


def timed(measures: Sequence[Measure], made: Sequence[Response]) -> float:
    """Seconds of the processor that these metrics take together."""
    start = time.process_time()
    for measure in measures:
        measure(made)
    return time.process_time() - start


LINKING: tuple[Measure, ...] = (concepts.concept_f1, concepts.unsupported_concepts)
CLAIMS: tuple[Measure, ...] = (claims.contradicted_claims, claims.omitted_claims, numbers.unsupported_numbers)


def main(n: str = "10000") -> None:
    """Time and print."""
    timed((*LINKING, *CLAIMS), responses(3))  # loads the vocabulary
    made = responses(int(n))
    linking, reading = timed(LINKING, made), timed(CLAIMS, made)
    ratio = reading / linking
    print(f"{n} answers with their charts: concepts {linking:.1f} s, claims {reading:.1f} s, ratio {ratio:.2f}")
    print(f"both together: {1 + ratio:.2f} times as long as concepts alone")
    few = max(1, int(n) // 50)
    short, long = timed(CLAIMS, responses(few, tag="s")), timed(CLAIMS, responses(few, times=10, tag="l"))
    print(f"charts ten times as long: {long / short:.1f} times as long")


if __name__ == "__main__":
    main(*sys.argv[1:])
