r"""Finds the model's own turn where a chat format's frame stands in its text.

Special tokens and words for roles divide a text into turns. The answer is the first turn that holds anything and is
not another's: what follows it ("C<|eot_id|>", "Cassistant", "neutral\nUser: …") is a conversation that the model
went on with by itself.
"""

import functools
import re

from clue_lib.answers.plain import frames
from clue_lib.answers.plain.mapped import Mapped


def own(text: Mapped) -> Mapped:
    """The model's first turn that holds anything; where all are another's, the first of these."""
    first: Mapped | None = None
    is_own, start = True, 0
    for mark in [*_marks().finditer(text.text), None]:
        turn = text.part(start, mark.start() if mark else len(text.text))
        if not turn.text.isspace() and turn.text:
            if is_own:
                return turn
            first = first or turn
        if mark:
            is_own, start = mark["user"] is None, mark.end()
    return first or text.part(0, 0)


@functools.cache
def _marks() -> re.Pattern[str]:
    """Matches a mark between turns; group "user" where what follows is not the model's."""
    known = frames.load()
    user_roles, own_roles = "|".join(known.user_roles), "|".join(known.assistant_roles)
    special = rf"(?:<[|｜][^<>\n]{{1,40}}[|｜]>|{_any(known.assistant + known.end)})"
    return re.compile(
        rf"(?P<user>{_any(known.user)}|{special}\s?(?:{user_roles})\b{_END}|{_header(user_roles)}|{_spoken(True)}"
        rf"|{_glued(True)})"
        rf"|{special}(?:\s?(?:{own_roles})\b{_END})?|{_header(own_roles)}|{_spoken(False)}|{_glued(False)}",
        re.IGNORECASE | re.MULTILINE,
    )


# What may close a header behind the role.
_END = r"(?:[ \t]*(?:<[|｜][^<>\n]{1,40}[|｜]>|:|$))?"


def _any(marks: tuple[str, ...]) -> str:
    return "|".join(sorted(map(re.escape, marks), key=len, reverse=True))


def _header(roles: str) -> str:
    return rf"^[ \t]*#{{2,6}}[ \t]*(?:{roles})[ \t]*(?::|$)"


def _spoken(is_user: bool) -> str:
    """A role before a colon at the beginning of a line, or alone on a line."""
    known = frames.load()
    theirs = [role for role in known.spoken_roles if (role in known.user_roles) == is_user]
    alone = [role for role in known.glued_roles if (role in known.user_roles) == is_user]
    return rf"^[ \t]*\**(?:{'|'.join(theirs)})\**[ \t]*:|^[ \t]*(?:{'|'.join(alone)})[ \t]*$"


def _glued(is_user: bool) -> str:
    """A role that touches the word or mark before it and ends its line."""
    known = frames.load()
    roles = "|".join(role for role in known.glued_roles if (role in known.user_roles) == is_user)
    no_word = "".join(rf"(?<!{word[: -len(role)]})" for word in known.words for role in [_role(word)] if role in roles)
    return rf"(?<=[\w.!?)\]*]){no_word}(?:{roles})[ \t]*(?:$|:\s)"


def _role(word: str) -> str:
    return next(role for role in frames.load().glued_roles if word.endswith(role))
