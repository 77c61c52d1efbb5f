"""What is behind an address: told by what the server says of itself, and by its answers to sixteen fixed prompts.

A name says little: another checkpoint may be served under it tomorrow. The answers to fixed prompts are part of what a
served model's answers are stored under, and they are asked for again after each batch.
"""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.engines import bodies, wire
from clue_lib.engines.endpoint import Body, Endpoint
from clue_lib.errors import EngineError
from clue_lib.models.reading import read_json
from clue_lib.text import shorten
from clue_lib.types import Message, Request, Sampling

FILE = "deployment.json"
"""In the folder that stands for a served model."""

PROMPTS = (
    "The patient has a fever. The likely cause is",
    "A man of 54 with chest pain is given",
    "The capital of France is",
    "Metformin is used to treat",
    "One, two, three, four,",
    "The most common side effect of penicillin is",
    "Question: Is the Earth flat? Answer:",
    "An elevated creatinine suggests",
    "Once upon a time there was a",
    "def add(a, b):\n    return",
    "Hypertension means that the",
    "Die Patientin klagt über",
    "The opposite of hot is",
    "In 1928 Alexander Fleming discovered",
    "Discharge diagnosis:",
    "Water boils at",
)
"""Public text of this package's own, which may go anywhere."""

N_NEW = 8
"""Tokens of each answer."""

TRIES = 3
"""How often a deployment that answers otherwise is asked before it counts as another: noise passes, a change stays."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A served model as it was when a run began; what a later batch must still find.

    `name` is what it is asked by and `model` what its answers call it. `prompts` are the probe's tokens where token ids
    are sent; of an endpoint that takes messages alone there are none. `answers` are empty where the same prompts were
    answered differently twice in a row: such a service can be known by what it says of itself alone.
    """

    name: str
    urls: tuple[str, ...]
    model: str
    card: wire.Card
    version: str
    prompts: tuple[tuple[int, ...], ...]
    answers: tuple[str, ...]

    @property
    def is_chat(self) -> bool:
        """Whether messages are sent, which the server puts into its own template."""
        return not self.prompts

    @property
    def is_steady(self) -> bool:
        """Whether the same prompt has the same answer."""
        return bool(self.answers)

    @property
    def digest(self) -> str:
        """What names it wherever it is served: of all but the addresses."""
        return digests.of_value((self.name, self.model, self.card, self.version, self.prompts, self.answers))


def read_deployment(folder: Path) -> Deployment:
    """What the folder says. Raises ModelError."""
    return read_json(folder / FILE, Deployment)


async def found_at(endpoint: Endpoint, name: str, prompts: tuple[tuple[int, ...], ...]) -> Deployment:
    """What the server is now. Raises EngineError where it does not serve the model, or not as it must."""
    cards = await endpoint.cards()
    card = next((card for card in cards if card.id == name), None)
    if card is None:
        known = ", ".join(shorten(card.id, 80) for card in cards[:10]) or "none"
        raise EngineError(f"{endpoint.url}: serves no model {name}; it has {known}")
    version = await endpoint.version()
    model = await _called(endpoint, name, prompts)
    bare = Deployment(
        name=name, urls=(endpoint.url,), model=model, card=card, version=version, prompts=prompts, answers=()
    )
    first = await probe(endpoint, bare)
    is_steady = first == await probe(endpoint, bare)
    return msgspec.structs.replace(bare, answers=first if is_steady else ())


async def check_unchanged(endpoint: Endpoint, known: Deployment) -> None:
    """Raise EngineError where the server now answers otherwise than when the run began."""
    if not known.is_steady:
        return
    for _ in range(TRIES):
        if await probe(endpoint, known) == known.answers:
            return
    raise EngineError(
        f"{endpoint.url}: {known.name} answers fixed prompts otherwise than when the run began, so another model is "
        "served now; nothing of this batch is stored: keep one deployment while a run goes on, and run again"
    )


async def probe(endpoint: Endpoint, known: Deployment) -> tuple[str, ...]:
    """The answers to the probe's prompts, as token ids or text. Raises EngineError."""
    salt = secrets.token_hex(16)
    if known.is_chat:
        parts = [_said(endpoint, known, text) for text in PROMPTS]
    else:
        parts = [_written(endpoint, known, tokens, salt) for tokens in known.prompts]
    return tuple(await asyncio.gather(*parts))


async def _called(endpoint: Endpoint, name: str, prompts: Sequence[Sequence[int]]) -> str:
    """What answers call the model: an alias's answers may bear the name of a dated version."""
    if prompts:
        return (await endpoint.completion(_completion(name, prompts[0], secrets.token_hex(16)))).model
    return (await endpoint.chat(bodies.chat(name, _request(PROMPTS[0])))).model


async def _written(endpoint: Endpoint, known: Deployment, tokens: Sequence[int], salt: str) -> str:
    completion = await endpoint.completion(_completion(known.name, tokens, salt))
    choice = bodies.only_choice(endpoint.url, completion, known.model)
    bodies.check_tokens(endpoint.url, tokens, choice)
    return " ".join(map(str, choice.token_ids or ()))


async def _said(endpoint: Endpoint, known: Deployment, text: str) -> str:
    completion = await endpoint.chat(bodies.chat(known.name, _request(text)))
    said = bodies.only_chat_choice(endpoint.url, completion, known.model).message
    return said.content or said.reasoning_content or said.reasoning or ""


def _completion(name: str, tokens: Sequence[int], salt: str) -> Body:
    return bodies.completion(name, tokens, Sampling(max_new_tokens=N_NEW), n_new=N_NEW, ends=(), salt=salt)


def _request(text: str) -> Request:
    message = Message(role="user", content=text)
    return Request(key="", messages=(message,), sampling=Sampling(max_new_tokens=N_NEW))
