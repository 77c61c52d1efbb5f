"""Answers that hold the frame of a chat or instruction format."""

import functools
import re
from collections.abc import Sequence

from clue_lib.metrics import texts, wordlists
from clue_lib.models import thoughts
from clue_lib.types import Response

_SPECIAL = re.compile(r"<[|｜][^<>\n]{1,40}[|｜]>|<(?:unused|extra_id_|reserved_)\w{0,20}\d>|<0x[0-9a-f]{2}>")
_FIRST_LINE = re.compile(r"\A\s*+[^\n]*")
_WORDS_OF_AN_ITEM = 6
"""A role before so many words or fewer may be an item of a list of problems ("User: intravenous drug use")."""


def template_leakage(responses: Sequence[Response]) -> list[float]:
    """1 where the text holds the frame of a chat or instruction format.

    That is a special token (`<|im_end|>`, `[INST]`, `</s>`, `<0x0A>`), an instruction header (`### Response:`), a line
    that starts with a speaker's role (`assistant:`, `user` alone), or a role glued to the text before it, as dropped
    special tokens leave it ("Cassistant"). `wordlists.toml` says of which format each mark is. They mean that the model
    does not end its turn, or was trained on another template than it is asked with. What a model thought before it
    answered is none, and no "User: intravenous drug use" in a list of problems.
    """
    return [float(_leaks(response)) for response in responses]


def _leaks(response: Response) -> bool:
    text = texts.with_frames(response).casefold()
    patterns = _patterns()
    return (
        _is_end_of_no_thought(texts.thought(response).strip().casefold())
        or any(pattern.search(text) for pattern in (_SPECIAL, patterns.marks, patterns.headers, patterns.glued))
        or _names_speakers(text)
    )


def _is_end_of_no_thought(thought: str) -> bool:
    """Whether the marks that end a thought stand there without any: `<unused95>` alone."""
    opens = thought.startswith(tuple(begin.casefold() for begin, _ in thoughts.known_pairs()))
    between = _SPECIAL.sub(" ", thought).split()
    return bool(thought) and not opens and between in ([], ["assistant"], ["final"], ["assistant", "final"])


class _Patterns:
    """What the word lists say, ready to search with."""

    def __init__(self) -> None:
        known = wordlists.load().template
        roles = "|".join(known.roles)
        spoken = "|".join(sorted(known.spoken, key=len, reverse=True))
        no_words = "".join(rf"(?<!{re.escape(word)})" for word in known.begin_words)
        self.marks = re.compile("|".join(map(re.escape, known.marks)))
        self.headers = re.compile(rf"^[ \t]*#{{2,6}}[ \t]*(?:{'|'.join(known.headers)})[ \t]*(?::|$)", re.MULTILINE)
        self.glued = re.compile(
            rf"(?<=[\w.!?)\]*]){no_words}(?:{roles})[ \t]*(?:$|:\s)"
            rf"|(?<=[.!?] )(?:{'|'.join(known.alone)})[ \t]*$",
            re.MULTILINE,
        )
        self.spoken = re.compile(rf"^[ \t]*\**({spoken})\**[ \t]*:([^\n]*)", re.MULTILINE)
        self.alone = re.compile(rf"^[ \t]*(?:{'|'.join(known.alone)})[ \t]*$", re.MULTILINE)
        self.system = re.compile(rf"\A\s*system[ \t]*\n\s*(?:{'|'.join(known.instructing)})\b")


@functools.cache
def _patterns() -> _Patterns:
    return _Patterns()


def _names_speakers(text: str) -> bool:
    """Whether lines begin with who speaks."""
    patterns = _patterns()
    if patterns.alone.search(text) or patterns.system.search(text):
        return True
    spoken = list(patterns.spoken.finditer(text))
    if len({mark[1] for mark in spoken}) > 1:
        return True
    end_of_first_line = _FIRST_LINE.match(text)
    first = end_of_first_line.end() if end_of_first_line else 0
    return any(not _is_item(mark, is_first=mark.start() < first) for mark in spoken)


def _is_item(mark: re.Match[str], *, is_first: bool) -> bool:
    """Whether a line that begins with "user:" or "human:" may be an item of a list of problems."""
    if mark[1] not in ("user", "human") or "?" in mark[2]:
        return False
    words = wordlists.words(mark[2])
    names_use = not wordlists.load().template.used.isdisjoint(words)
    return 0 < len(words) <= _WORDS_OF_AN_ITEM and (is_first or names_use)
