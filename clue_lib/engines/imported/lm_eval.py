"""Samples of lm-evaluation-harness, `samples_TASK_DATE.jsonl`, as `--log_samples` writes them (read of 0.4.13).

The harness writes a line for every filter of a task; the raw answer is the same in all, and is what is read. Its own
digests of document, prompt and target are checked. `results_DATE.json` beside it, where it is there, names the engine.
"""

import hashlib
import json
import re
from pathlib import Path

import msgspec

from clue_lib import files
from clue_lib.engines.imported.reading import REMEDY, decoded, json_lines, one_line
from clue_lib.engines.imported.values import UNKNOWN, Facts, Given, Imported, Turn
from clue_lib.errors import ModelError
from clue_lib.types import withheld

_NAME = re.compile(r"samples_(?P<task>.+)_(?P<date>\d{4}-\d{2}-\d{2}T.+)\.jsonl")

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


@withheld
class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of one line; `resps` holds one list a request, of as many answers as were drawn."""

    doc_id: int
    doc: msgspec.Raw
    target: str
    arguments: dict[str, dict[str, msgspec.Raw]]
    resps: tuple[tuple[msgspec.Raw, ...], ...]
    filter: str = ""
    doc_hash: str | None = None
    prompt_hash: str | None = None
    target_hash: str | None = None


@withheld
class _Doc(msgspec.Struct, frozen=True, kw_only=True):
    """The two columns that an exported prompt has and a document of another origin may lack."""

    id: str | int | None = None
    task: str | None = None


class _Config(msgspec.Struct, frozen=True, kw_only=True):
    model: str = UNKNOWN
    model_dtype: str | None = None
    batch_size: str | int | None = None


class _Results(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of results_DATE.json."""

    config: _Config = _Config()
    lm_eval_version: str = UNKNOWN
    transformers_version: str | None = None
    system_instruction: str | None = None
    fewshot_as_multiturn: bool | None = None


def is_samples(path: Path, head: bytes) -> bool:
    """Whether that is the harness's, by its name or by its first line."""
    return _NAME.fullmatch(path.name) is not None or (b'"resps"' in head and b'"doc_id"' in head)


def read(path: Path) -> Imported:
    """The answers of the file. Raises ModelError and OSError."""
    name = _NAME.fullmatch(path.name)
    task = name["task"] if name is not None else ""
    answers: list[Given] = []
    samplings: set[str] = set()
    first_filter: str | None = None
    for place, sample in json_lines(path, _Sample):
        first_filter = sample.filter if first_filter is None else first_filter
        if sample.filter != first_filter:
            continue
        _check_digests(sample, place)
        answers.append(_given(sample, place, task))
        samplings.add(_sampling(sample, place))
    if len(samplings) > 1:
        raise ModelError(f"{path}: answers were sampled in {len(samplings)} ways; import those of one way alone")
    return Imported(facts=_facts(path, name["date"] if name else None, samplings.pop()), answers=tuple(answers))


def _given(sample: _Sample, place: str, task: str) -> Given:
    if len(sample.resps) != 1 or len(sample.resps[0]) != 1:
        raise ModelError(
            f"{place}: {sum(map(len, sample.resps))} answers to one question; a task that generates one answer is read"
        )
    text = _decoded_text(sample.resps[0][0])
    if text is None:
        raise ModelError(f"{place}: options scored by likelihood, no answer; use output_type: generate_until")
    doc = decoded(bytes(sample.doc), _Doc, place)
    return Given(
        place=place,
        task=doc.task or task,
        id=str(sample.doc_id if doc.id is None else doc.id),
        text=text,
        asked=_asked(sample, place),
        gold=sample.target,
    )


def _decoded_text(raw: msgspec.Raw) -> str | None:
    try:
        return msgspec.json.decode(raw, type=str)
    except msgspec.ValidationError:
        return None


def _argument(sample: _Sample, number: int, place: str) -> msgspec.Raw:
    """The harness's argument of its first request: 0 is the prompt, 1 how the answer is sampled."""
    try:
        return sample.arguments["gen_args_0"][f"arg_{number}"]
    except KeyError:
        raise ModelError(f"{place}: without what was asked; {REMEDY}") from None


def _asked(sample: _Sample, place: str) -> str | tuple[Turn, ...]:
    """The prompt; of a chat, which is written as JSON or as a list that holds it, its turns."""
    raw = bytes(_argument(sample, 0, place))
    value: Value = json.loads(raw)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        (value,) = value  # JsonChatStr, which is a tuple of one text
    if isinstance(value, str) and value.startswith("[{"):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    if isinstance(value, str):
        return value
    return tuple(_turn(turn) for turn in (value if isinstance(value, list) else [value]))


def _turn(value: Value) -> Turn:
    """One turn of a chat; whatever else stands there is a turn of no role."""
    if not isinstance(value, dict):
        return Turn(role="", content=str(value))
    return Turn(role=str(value.get("role", "")), content=str(value.get("content", "")))


def _sampling(sample: _Sample, place: str) -> str:
    return one_line(json.loads(bytes(_argument(sample, 1, place))))


def _check_digests(sample: _Sample, place: str) -> None:
    """Raise ModelError where document, prompt or target are not those that the harness saw."""
    prompt: Value = json.loads(bytes(_argument(sample, 0, place)))
    seen = {
        "document": (sample.doc_hash, json.dumps(json.loads(bytes(sample.doc)), indent=2, ensure_ascii=False)),
        "prompt": (sample.prompt_hash, prompt if isinstance(prompt, str) else None),
        "target": (sample.target_hash, sample.target),
    }
    for what, (stated, text) in seen.items():
        if stated and text is not None and stated != _hash(text):
            raise ModelError(f"{place}: its {what} is not the one that lm-evaluation-harness wrote; export it anew")


def _hash(text: str) -> str:
    """As the harness's `hash_string`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _facts(path: Path, date: str | None, sampling: str) -> Facts:
    beside = path.with_name(f"results_{date}.json")
    if date is None or not beside.is_file():
        return Facts(program="lm-eval", sampling=sampling, settings={"engine": UNKNOWN})
    results = decoded(files.read_json(beside), _Results, str(beside))
    config = results.config
    told = {
        "engine": config.model,
        "dtype": config.model_dtype,
        "batch_size": None if config.batch_size is None else str(config.batch_size),
        "transformers": results.transformers_version,
        "system": None if results.system_instruction is None else _hash(results.system_instruction)[:12],
        "fewshot_as_multiturn": None if results.fewshot_as_multiturn is None else str(results.fewshot_as_multiturn),
    }
    settings = {name: value for name, value in told.items() if value is not None}
    return Facts(program="lm-eval", version=results.lm_eval_version, sampling=sampling, settings=settings)
