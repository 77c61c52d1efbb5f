"""What several unit tests need: builders of values, a folder for Hypothesis, and the data outside the checkout."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from clue_lib import answers
from clue_lib.types import Answer, Example, FinishReason, Generation, Parsed, Response, TaskRun

hypothesis.settings.register_profile("unit", deadline=None, max_examples=50)  # a busy machine is no failure
hypothesis.settings.load_profile("unit")


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_data(root: Path) -> Path:
    folder = root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the development data in {folder}, which is not part of the checkout")
    return folder


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all of Hypothesis's examples: `tmp_path` is made anew for each test only."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="session")
def respond() -> Callable[..., Response]:
    """Builds a response: what a model wrote, to which gold, and how its text is read."""

    def build(
        text: str,
        gold: str = "gold",
        *,
        parse: Callable[[str, Example], Answer] = answers.free_text,
        finish_reason: FinishReason = "stop",
    ) -> Response:
        example = Example(id="1", cluster="1", fields={}, gold=gold)
        return Response(
            example=example,
            generation=Generation(text=text, finish_reason=finish_reason, n_prompt_tokens=1, n_new_tokens=1),
            answer=parse(text, example),
        )

    return build


@pytest.fixture(scope="session")
def task_run() -> Callable[..., TaskRun]:
    """Builds one model's scored run: examples e0, e1, … with these values, or values by metric, one per answer."""

    def build(
        values: Sequence[float | None] | dict[str, Sequence[float | None]],
        *,
        model: str = "base",
        metric: str = "accuracy",
        clusters: Sequence[str] | None = None,
        n_repeats: int = 1,
        **changed: Any,
    ) -> TaskRun:
        scores = values if isinstance(values, dict) else {metric: values}
        n = len(next(iter(scores.values())))
        ids = [f"e{i // n_repeats}" for i in range(n)]
        examples = [
            Example(
                id=ids[i],
                cluster=clusters[i] if clusters else ids[i],
                fields={},
                gold=f"gold {ids[i]}",
                repeat=i % n_repeats,
            )
            for i in range(n)
        ]
        texts = [f"{model} on {id_}" for id_ in ids]
        run = {
            "task": "mednli",
            "model": model,
            "tier": "public",
            "engine": "scripted 1",
            "responses": tuple(
                Response(
                    example=example,
                    generation=Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
                    answer=Parsed(value=text),
                )
                for example, text in zip(examples, texts, strict=True)
            ),
            "gold_digests": tuple(f"gold {id_}" for id_ in ids),
            "prompt_digests": tuple(f"prompt {id_}" for id_ in ids),
            "scores": {name: tuple(of_metric) for name, of_metric in scores.items()},
            "signatures": {name: f"{name}|v1" for name in scores},
        }
        return TaskRun(**(run | changed))

    return build
