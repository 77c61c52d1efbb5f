"""Logs of inspect_ai, `.eval` and JSON (read of 0.3): one answer a sample, the last that the model gave."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from clue_lib import digests, files
from clue_lib.engines.imported.reading import REMEDY, decoded, one_line
from clue_lib.engines.imported.values import UNKNOWN, Facts, Given, Imported, Turn
from clue_lib.engines.imported.zipped import members
from clue_lib.errors import ModelError
from clue_lib.types import FinishReason, withheld

ENDS: Mapping[str, FinishReason] = {"stop": "stop", "max_tokens": "length", "model_length": "length"}
"""inspect_ai's words for why an answer ended; whatever else it says is not known here."""

_ATTACHMENT = "attachment://"

_OF_THE_MODEL = frozenset(
    {"model_path", "tokenizer", "tokenizer_path", "device", "revision", "token", "api_key", "trust_remote_code"}
)
"""Arguments of a provider that name the model or open it: the two sides may differ in them."""

_OF_THE_CONNECTION = frozenset({"max_connections", "max_retries", "timeout"})
"""Settings that decide how often the model is asked, and no answer."""


@withheld
class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message: text, or what the model thought before."""

    type: str
    text: str = ""
    reasoning: str = ""


@withheld
class _Message(msgspec.Struct, frozen=True, kw_only=True):
    role: str = ""
    content: str | tuple[_Part, ...] = ""


@withheld
class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message
    stop_reason: str = UNKNOWN


class _Usage(msgspec.Struct, frozen=True, kw_only=True):
    input_tokens: int = 0
    output_tokens: int = 0


@withheld
class _Output(msgspec.Struct, frozen=True, kw_only=True):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None


@withheld
class _Metadata(msgspec.Struct, frozen=True, kw_only=True):
    task: str | None = None


@withheld
class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    id: str | int
    epoch: int = 1
    input: str | tuple[_Message, ...]
    target: str | tuple[str, ...] = ""
    messages: tuple[_Message, ...] = ()
    output: _Output = _Output()
    metadata: _Metadata = _Metadata()
    attachments: dict[str, str] = {}


class _Eval(msgspec.Struct, frozen=True, kw_only=True):
    task: str = ""
    model: str = ""
    model_args: dict[str, msgspec.Raw] = {}
    model_generate_config: dict[str, msgspec.Raw] = {}
    packages: dict[str, str] = {}


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    steps: tuple[msgspec.Raw, ...] = ()
    config: dict[str, msgspec.Raw] = {}


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    eval: _Eval
    plan: _Plan = _Plan()
    invalidated: bool = False


@withheld
class _Log(_Header, frozen=True, kw_only=True):
    samples: tuple[_Sample, ...] = ()


def is_json_log(head: bytes) -> bool:
    """Whether a file that begins so is one of inspect_ai's JSON logs, which are one object of many lines."""
    return head.lstrip().startswith(b"{") and b'"status"' in head and b'"eval"' in head


def read_json(path: Path) -> Imported:
    """The answers of a JSON log. Raises ModelError and OSError."""
    log = decoded(files.read_json(path), _Log, str(path))
    return _imported(path, log, list(log.samples))


def read_zip(path: Path) -> Imported:
    """The answers of an `.eval` log. Raises ModelError and OSError."""
    headers = [content for name, content in members(path, "header.json") if name == "header.json"]
    if len(headers) != 1:
        raise ModelError(f"{path}: no header.json in it, as an unfinished log has none; {REMEDY}")
    samples = [decoded(content, _Sample, f"{path}, {name}") for name, content in members(path, "samples/")]
    return _imported(path, decoded(headers[0], _Header, str(path)), samples)


def _imported(path: Path, header: _Header, samples: Sequence[_Sample]) -> Imported:
    if header.status != "success" or header.invalidated:
        what = "was invalidated" if header.invalidated else "did not end with success"
        raise ModelError(f"{path}: its evaluation {what}; run it to its end, and import that log")
    if not samples:
        raise ModelError(f"{path}: no samples in it; {REMEDY}")
    answers = tuple(_answers(path, header.eval.task.rpartition("/")[2], samples))
    return Imported(facts=_facts(header), answers=answers)


def _answers(path: Path, task: str, samples: Sequence[_Sample]) -> Iterator[Given]:
    """Of every sample that was answered: one in which the model failed has no answer."""
    for number, sample in enumerate(samples, 1):
        place = f"{path}, sample {number}"
        if not sample.output.choices:
            continue
        if len(sample.output.choices) > 1:
            raise ModelError(
                f"{place}: {len(sample.output.choices)} answers to one question; ask for one (num_choices)"
            )
        text, thought = _said(sample.output.choices[0].message, sample)
        _check_conversation(sample, text, place)
        usage = sample.output.usage or _Usage()
        yield Given(
            place=place,
            task=sample.metadata.task or task,
            id=str(sample.id),
            text=text,
            thought=thought,
            asked=_asked(sample),
            gold=sample.target if isinstance(sample.target, str) else ", ".join(sample.target),
            finish_reason=ENDS.get(sample.output.choices[0].stop_reason),
            n_prompt_tokens=usage.input_tokens,
            n_new_tokens=usage.output_tokens,
        )


def _check_conversation(sample: _Sample, text: str, place: str) -> None:
    """Raise ModelError where the conversation ends with another answer than the one that counts."""
    turns = [message for message in sample.messages if message.role == "assistant"]
    if turns and _said(turns[-1], sample)[0] != text:
        raise ModelError(f"{place}: its conversation ends with another answer than its output; export it anew")


def _asked(sample: _Sample) -> tuple[Turn, ...]:
    """What the model read before its last answer: solvers add turns to those that the sample came with."""
    if sample.messages:
        return tuple(_turn(message, sample) for message in _before_answer(sample.messages))
    if isinstance(sample.input, str):
        return (Turn(role="user", content=_whole(sample.input, sample)),)
    return tuple(_turn(message, sample) for message in sample.input)


def _turn(message: _Message, sample: _Sample) -> Turn:
    """The turn's text; whatever else it shows, an image say, is named by its kind, for it was asked too."""
    kinds = () if isinstance(message.content, str) else (part.type for part in message.content)
    others = [f"[{kind}]" for kind in kinds if kind != "text"]
    return Turn(role=message.role, content="\n".join([_said(message, sample)[0], *others]))


def _before_answer(messages: Sequence[_Message]) -> Sequence[_Message]:
    places = [place for place, message in enumerate(messages) if message.role == "assistant"]
    return messages[: places[-1]] if places else messages


def _said(message: _Message, sample: _Sample) -> tuple[str, str]:
    """What a turn says, and what was thought before."""
    if isinstance(message.content, str):
        return _whole(message.content, sample), ""
    text = "".join(_whole(part.text, sample) for part in message.content if part.type == "text")
    thought = "".join(_whole(part.reasoning, sample) for part in message.content if part.type == "reasoning")
    return text, thought


def _whole(text: str, sample: _Sample) -> str:
    """The text itself, where the log keeps it apart under its digest."""
    name = text.removeprefix(_ATTACHMENT)
    return sample.attachments.get(name, text) if text.startswith(_ATTACHMENT) else text


def _facts(header: _Header) -> Facts:
    """What decides answers and is no model: sampling, the provider and its arguments, and what the solvers did."""
    engine = header.eval.model.partition("/")[0] or UNKNOWN
    sampling = {**_told(header.eval.model_generate_config), **_told(header.plan.config)}
    for name in _OF_THE_CONNECTION:
        sampling.pop(name, None)
    args = {name: value for name, value in _told(header.eval.model_args).items() if name not in _OF_THE_MODEL}
    if engine == "hf":
        args.setdefault("do_sample", True)  # as that provider does where it is told nothing
    settings = {"engine": engine}
    if args:
        settings["args"] = one_line(args)
    if header.plan.steps:
        settings["steps"] = digests.of_value([msgspec.json.decode(step) for step in header.plan.steps])[:16]
    return Facts(
        program="inspect",
        version=header.eval.packages.get("inspect_ai", UNKNOWN),
        sampling=one_line(sampling) if sampling else UNKNOWN,
        settings=settings,
    )


def _told(values: Mapping[str, msgspec.Raw]) -> dict[str, object]:
    """The values that are not null: a null in the plan leaves what the model was made with."""
    return {name: msgspec.json.decode(value) for name, value in values.items() if bytes(value) != b"null"}
