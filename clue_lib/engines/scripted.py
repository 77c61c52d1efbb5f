"""An engine for tests: answers by rules in the model folder's `script.toml`, so that a whole run takes no weights."""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path

from clue_lib import files
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.types import Fingerprint, FinishReason, Generation, Request

Answer = tuple[str, FinishReason]
"""An answer's text, and why it ended."""


class Scripted(Engine):
    """Answers the last user turn by the first [[rule]] that fits it, else with `default`.

    A rule fits a turn whose SHA-256 is its `digest`, or one that holds the text of its `contains`; rules with a digest
    go first. A rule may set `finish_reason`. Token counts are words. Of options, the likeliest letter is the one that
    the answer begins with, else A. Every start appends a line to `starts.log` in the folder.
    """

    name = "scripted"
    own_process = False

    @classmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """Always the same."""
        return Fingerprint(name=cls.name, version="1")

    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Read the script."""
        script = tomllib.loads(files.read_text(weights / "script.toml"))
        self._by_digest: dict[str, Answer] = {}
        self._by_part: list[tuple[str, Answer]] = []
        self._default: Answer = (script.get("default", ""), "stop")
        for rule in script.get("rule", []):
            answer: Answer = (rule["answer"], rule.get("finish_reason", "stop"))
            if "digest" in rule:
                self._by_digest[rule["digest"]] = answer
            if "contains" in rule:
                self._by_part.append((rule["contains"], answer))
        with (weights / "starts.log").open("a", encoding="utf-8") as log:
            log.write("start\n")

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """One scripted answer per request."""
        return [self._answer(request.messages[-1].content, request.letters) for request in requests]

    def _answer(self, question: str, letters: str) -> Generation:
        text, finish_reason = self._written(question)
        return Generation(
            text=text,
            finish_reason=finish_reason,
            n_prompt_tokens=len(question.split()),
            n_new_tokens=len(text.split()),
            likeliest_letter=text[0] if text and text[0] in letters else letters[:1],
        )

    def _written(self, question: str) -> Answer:
        exact = self._by_digest.get(hashlib.sha256(question.encode()).hexdigest())
        if exact is not None:
            return exact
        return next((answer for part, answer in self._by_part if part in question), self._default)
