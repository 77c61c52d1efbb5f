"""Where answers come from: what a model holds, and the engine that ran it.

Both are keys: the JSON of these values names the folder in which answers are stored, and stands in `gate.json`. A field
that is not known is left out of it, so that a new field changes no key that was made without it.
"""

from typing import Literal

import msgspec

from clue_lib.types.chat import Chat


class _Facts(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Facts by name. An unknown one is refused: two values that differ in it alone must not be taken for the same."""

    @property
    def known(self) -> dict[str, str]:
        """What is known, by name, in the order in which reports show it."""
        known: dict[str, str] = msgspec.to_builtins(self)
        return known


class Identity(_Facts, frozen=True, kw_only=True):
    """What a model holds, in digests: another identity is another model, whatever it is called.

    `weights` is a digest of the files, or `repository@commit` of a model from the hub. `adapter` is there for a LoRA
    adapter that is served beside these weights. Recorded answers have `replay` alone, the digest of their file. Of a
    model behind a server `server` is known, a digest of what that tells of itself and of its answers to fixed prompts.
    """

    weights: str | None = None
    tokenizer: str | None = None
    template: str | None = None
    adapter: str | None = None
    replay: str | None = None
    server: str | None = None


_PLAIN, _SERVERS = "plain text, to a blank line", "the server's"
"""What a fingerprint says of the template where a model's own is not rendered here."""

_OF_CHAT = frozenset(
    {"decoding", "clock", "template", "template_args", "reasoning", "thinking_budget", "reasoning_tags"}
)
"""The facts of a fingerprint that say how prompts are put to a model."""


class Fingerprint(_Facts, frozen=True, kw_only=True):
    """What besides the model and the prompt decides an answer's last bit: answers of another engine are others.

    `name` is the backend's, `version` that of its package. `args` is one line of whatever else was set; a backend that
    is not one of ours puts there what has no field of its own. `capability` names the processor, `order` the order of
    the prompts where it is not the usual one.

    `decoding` and `clock` are rules of this package's own engines: which tokens an answer's text keeps, and the day
    that templates see in place of today. The fields from `template` to `reasoning_tags` are those of `Chat` that are
    not at their default.
    """

    name: str | None = None
    version: str | None = None
    torch: str | None = None
    dtype: str | None = None
    attention: str | None = None
    batch_size: str | None = None
    args: str | None = None
    device: str | None = None
    capability: str | None = None
    decoding: str | None = None
    clock: str | None = None
    template: str | None = None
    template_args: str | None = None
    reasoning: Literal["off", "native"] | None = None
    thinking_budget: str | None = None
    reasoning_tags: str | None = None
    order: str | None = None

    @property
    def is_reordered(self) -> bool:
        """Whether the prompts were asked in the other order, as those of the second side of `--aa` are."""
        return self.order is not None

    @property
    def label(self) -> str:
        """The engine in one line, as two runs of a task must share it: whatever the order of their prompts."""
        return ", ".join(f"{name} {value}" for name, value in self.known.items() if name != "order")

    def asked_by(self, chat: Chat) -> "Fingerprint":
        """The same engine whose prompts are put so: answers are stored apart wherever that is not the default."""
        return msgspec.structs.replace(
            self,
            template=_PLAIN if chat.is_plain else _SERVERS if chat.is_servers else None,
            template_args=_written_args(chat.template_args) if chat.template_args else None,
            reasoning=chat.reasoning if chat.reasoning != "as is" else None,
            thinking_budget=str(chat.thinking_budget) if chat.thinking_budget else None,
            reasoning_tags=msgspec.json.encode(chat.tags).decode() if chat.tags else None,
        )

    @property
    def of_engine(self) -> dict[str, str]:
        """What is known of the engine alone: not how prompts are put to it and answers decoded."""
        return {name: value for name, value in self.known.items() if name not in _OF_CHAT}

    @property
    def chat(self) -> Chat:
        """How prompts were put to the model, as `asked_by` wrote it."""
        arguments = msgspec.json.decode(self.template_args or "{}", type=dict[str, msgspec.Raw])
        return Chat(
            reasoning=self.reasoning or "as is",
            thinking_budget=int(self.thinking_budget or 0),
            tags=msgspec.json.decode(self.reasoning_tags or "[]", type=tuple[tuple[str, str], ...]),
            is_plain=self.template == _PLAIN,
            is_servers=self.template == _SERVERS,
            template_args=tuple((name, bytes(value).decode()) for name, value in arguments.items()),
        )

    def reordered(self) -> "Fingerprint":
        """The same engine asked in the other order: its answers are stored apart."""
        return msgspec.structs.replace(self, order="reversed")


def _written_args(arguments: tuple[tuple[str, str], ...]) -> str:
    """Names and values, which are JSON, as one JSON object."""
    return msgspec.json.encode({name: msgspec.Raw(value.encode()) for name, value in arguments}).decode()
