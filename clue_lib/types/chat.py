"""How prompts are put to a model: by which text around the turns, and with what room for its thoughts."""

from typing import Literal

import msgspec

Reasoning = Literal["auto", "off", "native"]
"""What --reasoning says: find out, ask templates for no thoughts, or give them room."""


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every prompt of a run, for both of its models alike.

    `reasoning` is "as is" where no model thinks and nothing was asked for. `thinking_budget` is how many tokens a
    thought may take beside the answer's; 0 unless `reasoning` is "native". `tags` are marks of thoughts beside those of
    `models/thoughts.toml`. `is_plain` puts the turns as running text, whatever template a model brings; with
    `is_servers` they go as messages to a server, which puts them into its own. `template_args` go to every chat
    template by name, values as JSON.
    """

    reasoning: Literal["as is", "off", "native"] = "as is"
    thinking_budget: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    is_plain: bool = False
    is_servers: bool = False
    template_args: tuple[tuple[str, str], ...] = ()
