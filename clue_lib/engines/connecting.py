"""Finds out what is served where a model's addresses lead, and makes the folder that stands for it.

Like any model's folder it holds configurations, tokenizer and chat template, as links to the real ones, and instead of
weights `deployment.json`.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import platformdirs

from clue_lib import digests, sealed
from clue_lib.engines.deployment import FILE, PROMPTS, Deployment, found_at
from clue_lib.engines.endpoint import Endpoint, Habits
from clue_lib.errors import EngineError, ModelError
from clue_lib.models import Model
from clue_lib.models.names import ModelSpec
from clue_lib.models.served_tokenizer import link_files
from clue_lib.models.tokenizer_files import load_tokenizer
from clue_lib.models.weights import digest_tokenizer
from clue_lib.types import Identity

UNSTEADY = "answers the same prompts differently, so that it is known by what it says of itself alone"


def connect(
    spec: ModelSpec, tokenizer: Path | None, habits: Habits, *, on_note: Callable[[str], None] = lambda note: None
) -> Model:
    """The served model, ready to be asked. Without a tokenizer's folder messages are sent to it.

    Every address is asked, and all must serve the same. Raises ModelError in one line.
    """
    prompts: tuple[tuple[int, ...], ...] = ()
    if tokenizer is not None:
        known = load_tokenizer(tokenizer / "tokenizer.json")
        prompts = tuple(tuple(known.encode(text, add_special_tokens=False).ids) for text in PROMPTS)
    try:
        with ThreadPoolExecutor(1) as pool:  # this thread may have an event loop of its own, in a notebook say
            found = pool.submit(asyncio.run, _found(spec, prompts, habits)).result()
    except EngineError as error:
        raise ModelError(f"server:{spec.name}: {error}") from None
    if not found.is_steady:
        on_note(f"server:{spec.name}: {UNSTEADY}")
    identity = Identity(server=found.digest)
    if tokenizer is not None:
        of_tokenizer = digest_tokenizer(tokenizer)
        identity = msgspec.structs.replace(of_tokenizer, server=found.digest)
    return Model(name=spec.name, weights=_folder(found, tokenizer, identity), identity=identity)


async def _found(spec: ModelSpec, prompts: tuple[tuple[int, ...], ...], habits: Habits) -> Deployment:
    """What all addresses serve. Raises EngineError where two of them serve different things."""
    endpoints = [Endpoint(url, habits) for url in spec.urls]
    try:
        found = [await found_at(endpoint, spec.name, prompts) for endpoint in endpoints]
    finally:
        for endpoint in endpoints:
            await endpoint.close()
    first = found[0]
    for other in found[1:]:
        if differing := _differing(first, other):
            both = f"{first.urls[0]} and {other.urls[0]}"
            raise EngineError(f"{both} do not serve the same ({differing}); name replicas of one model")
    is_steady = all(one.is_steady for one in found)
    return msgspec.structs.replace(first, urls=spec.urls, answers=first.answers if is_steady else ())


def _differing(one: Deployment, other: Deployment) -> str:
    """What two addresses tell differently; empty where they serve the same."""
    told: Sequence[tuple[str, object, object]] = (
        ("name of the model in answers", one.model, other.model),
        ("what /v1/models says", one.card, other.card),
        ("version", one.version, other.version),
    )
    for what, first, second in told:
        if first != second:
            return what
    return "answers to fixed prompts" if one.is_steady and other.is_steady and one.answers != other.answers else ""


def _folder(found: Deployment, tokenizer: Path | None, identity: Identity) -> Path:
    """Raises ModelError where it can't be made."""
    name = digests.of_value((found, identity))[:24]
    folder = platformdirs.user_cache_path("clue-gate") / "served" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sealed.write(folder / FILE, msgspec.json.encode(found))
    except OSError as error:
        told = f"{folder}: {error.strerror}"
        raise ModelError(f"{told}; set XDG_CACHE_HOME to a folder that can be written to") from error
    if tokenizer is not None:
        link_files(tokenizer, folder)
    return folder
