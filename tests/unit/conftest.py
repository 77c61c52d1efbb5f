"""What several unit tests need: builders of values, a folder for Hypothesis, and the data outside the checkout."""

from collections.abc import Callable, Mapping
from pathlib import Path

import hypothesis
import pytest

from clue_lib import answers
from clue_lib.types import Answer, Example, FinishReason, Generation, Response

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
    """Builds a response: what a model wrote, to which question and gold, and how its text is read."""

    def build(
        text: str,
        gold: str = "gold",
        *,
        parse: Callable[[str, Example], Answer] = answers.free_text,
        finish_reason: FinishReason = "stop",
        fields: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> Response:
        example = Example(id="1", cluster="1", fields=fields or {}, gold=gold, options=options)
        return Response(
            example=example,
            generation=Generation(text=text, finish_reason=finish_reason, n_prompt_tokens=1, n_new_tokens=1),
            answer=parse(text, example),
        )

    return build
