"""The values that flow through a run until it is scored: Example → Prompt → Generation → Answer → TaskRun.

Scores are shares in 0..1; only `clue_lib.report` turns them into percent. What follows from two scored runs stands in
`clue_lib.types.judged`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from clue_lib.types.chat import Chat
from clue_lib.types.reading import Answer
from clue_lib.types.withheld import withheld

Level = Literal["level1", "level2", "case_challenges", "monitored", "custom"]
Tier = Literal["bundled", "public", "licensed", "credentialed"]
Role = Literal["primary", "gate", "monitor"]
Direction = Literal["higher", "lower"]
Family = Literal["instruction following", "hallucination"]
Profile = Literal["smoke", "ci", "release", "point"]
Side = Literal["baseline", "candidate"]
Reports = Literal["all", "json", "gitlab"]
Scoring = Literal["strict", "clue-2024-06"]
FinishReason = Literal["stop", "length", "context", "unknown"]

PRIVATE_TIERS: frozenset[Tier] = frozenset({"licensed", "credentialed"})


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a task.

    `cluster` names what it shares with others, so that their errors go together (premise, patient, letter); an example
    that shares nothing is a cluster of its own. `fields` fills the prompt text's placeholders. `gold` is a label, an
    option's letter or a text, or a tuple of codes. `options` are the texts of the choices A, B, C … in that order.
    `documents` are what a task that draws its contexts draws from, `evidence` the indices of those that hold the
    answer, `passages` the words in them that do, where the file says so.
    `wording` is the number of the wording, from 1, in which the task asks it.
    `repeat` counts the drawings of one question's contexts: its repeats share an id and are averaged before
    anything is compared. `n_cut` reference tokens of the context were left out to make it fit. `slices` are the groups
    that a report breaks results down by (name → group).
    """

    id: str
    cluster: str
    fields: Mapping[str, str]
    gold: str | tuple[str, ...]
    options: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    passages: tuple[str, ...] = ()
    repeat: int = 0
    wording: int = 1
    n_cut: int = 0
    slices: Mapping[str, str] = field(default_factory=dict)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One chat turn."""

    role: Literal["system", "user", "assistant"]
    content: str


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What every model is asked about one example, word for word the same for all of them."""

    example_id: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How an engine decodes: greedily unless told otherwise. No field is left to an engine's default."""

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int = 0


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One prompt for an engine. `key`, the digest of messages and sampling, is where the store keeps its answer.

    `chat` is how the prompt is put to a model and what room its thoughts have; where it is not the default it stands in
    the engine's fingerprint, and so in the name of the folder in which the answer is kept. `letters` are those of the
    options; empty where there are none.
    """

    key: str
    messages: tuple[Message, ...]
    sampling: Sampling
    chat: Chat = field(default_factory=Chat)
    letters: str = ""


@withheld
class Generation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a model wrote: its answer, and apart from it what it thought before.

    `text` is the answer alone, which parsers, metrics and reports see; `thought` is kept with it, and reports of open
    data alone show it.
    `finish_reason` is "stop" (the model ended), "length" (cut at `max_new_tokens`), "context" (the prompt did not fit
    the model's context: nothing was generated) or "unknown" (of an imported answer: its source does not tell). Token
    counts are the engine's own; `n_new_tokens` counts the `n_thought_tokens` too. `has_unfinished_thought` where the
    model was still thinking when it ended or was cut.
    `likeliest_letter` is the option that the model was most inclined to begin its answer with, whatever it then wrote;
    empty where there are no options, where a thought goes before the answer, and where the engine can't tell.
    Fields at their default are left out of the store, so that answers kept before there were thoughts stay valid.
    """

    text: str
    finish_reason: FinishReason
    n_prompt_tokens: int
    n_new_tokens: int
    thought: str = ""
    n_thought_tokens: int = 0
    has_unfinished_thought: bool = False
    likeliest_letter: str = ""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An example with what one model made of it: all that a metric may look at.

    `prompt` is what the model was asked; empty where that is not known.
    """

    example: Example
    generation: Generation
    answer: Answer
    prompt: tuple[Message, ...] = ()


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One model's scored run of one task.

    `responses`, `gold_digests`, `prompt_digests` and every tuple in `scores` (metric name → values) are aligned. A
    score is None where the metric is undefined for that example: whatever the answer (gold without a concept, say), or
    where it judges answers alone and there is none.
    `statistics` holds, of metrics that fold a whole run, one row of sufficient statistics per response.
    `signatures` (metric name → text) hold what reproduces the numbers; they must be equal before two runs are compared.
    """

    task: str
    model: str
    tier: Tier
    engine: str
    responses: tuple[Response, ...]
    gold_digests: tuple[str, ...]
    prompt_digests: tuple[str, ...]
    scores: Mapping[str, tuple[float | None, ...]]
    signatures: Mapping[str, str]
    statistics: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What a model scores on one metric of a task beyond its score on other examples' golds.

    One value in `gains` per example, −1..1, repeats averaged; `clusters` are aligned with it. The mean is 0 of a model
    whose answers would fit any other example as well.
    """

    metric: str
    gains: tuple[float, ...]
    clusters: tuple[str, ...]
