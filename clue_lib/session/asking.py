"""How both models of a run are asked: by which templates, and with what room for thoughts; the same for both."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import msgspec

from clue_lib import engines
from clue_lib.engines import TemplateFiles
from clue_lib.errors import OptionError
from clue_lib.models import Model, thoughts
from clue_lib.session.options import Options
from clue_lib.types import Chat, Fingerprint, Reasoning, Side

Named = tuple[str, Path]
"""A model's name, and the folder of its weights."""

Known = Sequence[tuple[str, TemplateFiles]]
"""Models by name, with what their folders say."""

BUDGET = 2048
"""Tokens of a thought, where --thinking-budget does not say."""

N_DIFF = 60
"""Lines of a difference between two templates that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options say of it, checked; `chat_for` makes the run's `Chat` of it once both models are known."""

    reasoning: Reasoning = "auto"
    thinking_budget: int = BUDGET
    tags: thoughts.Pairs = ()
    is_plain: bool = False
    is_servers: bool = False
    template_args: tuple[tuple[str, str], ...] = ()


def read_wanted(options: Options) -> Wanted:
    """Raises OptionError for what can't be meant."""
    try:
        reasoning: Reasoning = msgspec.convert(options.reasoning, Reasoning)
    except msgspec.ValidationError as error:
        known = ", ".join(get_args(Reasoning))
        raise OptionError(f"--reasoning={options.reasoning}: no such policy; known: {known}") from error
    if options.template not in ("auto", "plain", "server"):
        known = "auto (each model's own), plain (text without one) or server (messages to a served model)"
        raise OptionError(f"--template={options.template}: write {known}")
    budget = options.thinking_budget
    if budget is not None and reasoning == "off":
        raise OptionError(f"--thinking-budget={budget} with --reasoning=off: nothing is thought; drop one of the two")
    if budget is not None and budget < 1:
        raise OptionError(
            f"--thinking-budget={budget}: it must be at least 1 token; --reasoning=off asks for no thoughts"
        )
    if options.template == "plain" and (reasoning == "native" or options.chat_template_arg):
        raise OptionError(
            "--template=plain with --reasoning=native or --chat-template-arg: plain text has no template and ends at a "
            "blank line, which a thought may hold; drop one of the two"
        )
    if options.template == "server" and (reasoning == "off" or options.chat_template_arg):
        raise OptionError(
            "--template=server with --reasoning=off or --chat-template-arg: the server's template takes nothing from "
            "here; drop one of the two"
        )
    return Wanted(
        reasoning=reasoning,
        thinking_budget=BUDGET if budget is None else budget,
        tags=tuple(_pair(given) for given in options.reasoning_tags),
        is_plain=options.template == "plain",
        is_servers=options.template == "server",
        template_args=tuple(sorted(_argument(given) for given in options.chat_template_arg)),
    )


def chat_for(wanted: Wanted, models: Iterable[Named], *, recorded: Sequence[Fingerprint] = ()) -> Chat:
    """How all models of a run are asked. `recorded` are the engines of sides whose answers are recordings.

    A model without a tokenizer, a script say, has no say in it. Where nothing else is asked for, a recording decides:
    the other side must be asked as it was. Raises OptionError where models can't be asked alike, or not as the options
    say.
    """
    known = [(name, files) for name, folder in models if (files := engines.read_template(folder)).is_known]
    if recorded and wanted == Wanted():
        return _as_recorded(recorded[0].chat, known)
    if wanted.is_servers:
        reasoning: Literal["as is", "native"] = "native" if wanted.reasoning == "native" else "as is"
        budget = wanted.thinking_budget if reasoning == "native" else 0
        return Chat(is_servers=True, reasoning=reasoning, thinking_budget=budget, tags=wanted.tags)
    is_plain = wanted.is_plain or _lack_templates(known)
    if is_plain:
        return Chat(is_plain=True, tags=wanted.tags)
    _check_arguments(wanted, known)
    policy = _policy(wanted, known)
    return Chat(
        reasoning=policy,
        thinking_budget=wanted.thinking_budget if policy == "native" else 0,
        tags=wanted.tags,
        template_args=wanted.template_args,
    )


def template_diff(both: Mapping[Side, Model]) -> tuple[str, ...]:
    """How the candidate's chat template differs from the baseline's, line by line; empty where it does not."""
    baseline, candidate = (engines.read_template(both[side].weights) for side in ("baseline", "candidate"))
    if not (baseline.is_known and candidate.is_known) or baseline.template == candidate.template:
        return ()
    lines = list(
        difflib.unified_diff(
            baseline.template.splitlines(),
            candidate.template.splitlines(),
            f"{both['baseline'].name}'s",
            f"{both['candidate'].name}'s",
            lineterm="",
            n=1,
        )
    )
    more = [f"… {len(lines) - N_DIFF} more lines"] if len(lines) > N_DIFF else []
    return (*lines[:N_DIFF], *more)


def _as_recorded(chat: Chat, known: Known) -> Chat:
    """Raises OptionError where a model has no chat template and the recording was made by one."""
    lacking = [name for name, files in known if not files.template]
    if lacking and not chat.is_plain:
        raise OptionError(
            f"{lacking[0]} has no chat template, and the recorded answers were asked for by one; record them anew with "
            "--template=plain"
        )
    return chat


def _policy(wanted: Wanted, known: Known) -> Literal["as is", "off", "native"]:
    """What holds for both. Raises OptionError where a template can't be kept from thinking."""
    if wanted.reasoning == "native":
        return "native"
    if wanted.reasoning == "auto":
        may_think = any(files.pairs(wanted.tags) or files.thinks_by_template() for _, files in known)
        return "native" if may_think else "as is"
    thinking = [(name, files) for name, files in known if files.thinks_by_template(wanted.tags)]
    own = {name for name, _ in wanted.template_args}
    for name, files in thinking:
        if not files.variables & (set(thoughts.table().switches) | own):
            switches = ", ".join(thoughts.table().switches)
            raise OptionError(
                f"--reasoning=off: {name} thinks, and its chat template knows no switch against it ({switches}); pass "
                "its own with --chat-template-arg NAME=VALUE, or give thoughts room with --reasoning=native"
            )
    return "off" if thinking or not known else "as is"


def _lack_templates(known: Known) -> bool:
    """Whether no model has a chat template. Raises OptionError where one has and the other has none."""
    lacking = [name for name, files in known if not files.template]
    if lacking and len(lacking) < len(known):
        having = next(name for name, files in known if files.template)
        raise OptionError(
            f"{lacking[0]} has no chat template and {having} has one, so that they would not be asked alike; "
            "--template=plain puts plain text to both"
        )
    return bool(lacking)


def _check_arguments(wanted: Wanted, known: Known) -> None:
    taken = {name for _, files in known for name in files.variables}
    for name, value in wanted.template_args:
        if known and name not in taken:
            others = ", ".join(sorted(taken - _GIVEN)) or "none"
            raise OptionError(f"--chat-template-arg {name}={value}: no template takes it; they take {others}")


_GIVEN = frozenset({"messages", "add_generation_prompt", "strftime_now", "raise_exception", "bos_token", "eos_token"})
"""What every template gets; these are no arguments."""


def _pair(given: str) -> tuple[str, str]:
    begin, comma, end = given.partition(",")
    if not comma and re.fullmatch(r"\w+", given):
        return f"<{given}>", f"</{given}>"
    if not begin.strip() or not end.strip() or begin == end:
        raise OptionError(f"--reasoning-tags={given}: write both marks, as in '<plan>,</plan>', or a tag's name, plan")
    return begin.strip(), end.strip()


def _argument(given: str) -> tuple[str, str]:
    """Name and value; one that reads as JSON (a number, true, "text") is that, anything else is text."""
    name, separator, value = given.partition("=")
    if not separator or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise OptionError(f"--chat-template-arg {given}: write it as NAME=VALUE, for example enable_thinking=false")
    if name in _GIVEN:
        raise OptionError(f"--chat-template-arg {given}: the gate sets {name} itself")
    try:
        read: object = msgspec.json.decode(value, type=int | float | bool | str)
    except msgspec.DecodeError:
        read = value
    return name, msgspec.json.encode(read).decode()
