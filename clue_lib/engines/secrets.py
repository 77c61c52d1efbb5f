"""Secrets among an engine's arguments: they come from the environment, so that no report or store can hold one."""

import os
import re

from clue_lib.engines.engine import EngineArgs
from clue_lib.errors import OptionError

FROM = "env:"
"""What stands before a variable's name where its value is the argument's."""

_SIGN = re.compile("token|key|passw|passphrase|secret|credential")
"""Wherever one of these stands in a name, its text may be a secret: `hf_token`, `HFToken`, `secretkey`."""

_HARMLESS = re.compile(
    "tokeni[sz](?:er|ation|e)|monkey|keyword|key_value"
    # The names by which vLLM counts tokens: max_num_batched_tokens, spec_tokens, tokens_only.
    r"|^(?:max|min|num|spec)(?:_[a-z]+)*_tokens$|^tokens_only$"
)
"""What holds a sign and tells of no secret; what is left of the name is looked at still."""


def is_secret(name: str) -> bool:
    """Whether an argument of this name, where its value is text, looks like a secret: `hf_token`, `apiKey`."""
    return bool(_signs(name))


def _signs(name: str) -> set[str]:
    snake_case = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return set(_SIGN.findall(_HARMLESS.sub(" ", snake_case)))


def check_secret(name: str, text: str) -> None:
    """Raise OptionError, without the value, where a secret was written down or its variable is not set."""
    # vLLM's long_prefill_token_threshold and others count tokens.
    counts_tokens = _signs(name) == {"token"} and (text.isdecimal() or text in ("true", "false"))
    if not is_secret(name) or counts_tokens:
        return
    variable = text.removeprefix(FROM)
    if not text.startswith(FROM) or not variable:
        raise OptionError(
            f"--engine-arg {name}: secrets don't belong on a command line, which reports repeat; put it into an "
            f"environment variable and write {name}={FROM}VARIABLE"
        )
    if variable not in os.environ:
        raise OptionError(f"--engine-arg {name}={FROM}{variable}: no such environment variable; set it")


def with_secrets(args: EngineArgs) -> EngineArgs:
    """The arguments as the engine gets them: secrets read from the environment."""
    return {
        name: os.environ[value.removeprefix(FROM)]
        if isinstance(value, str) and value.startswith(FROM) and is_secret(name)
        else value
        for name, value in args.items()
    }
