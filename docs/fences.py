"""Lets mkdocs read our code fences: the words after a fence's language are for our tests, or name a file."""

import re

FENCE = re.compile(r"^```(?P<language>\w+) (?P<words>[^`\n]+)$", re.MULTILINE)


def on_page_markdown(markdown: str, **about: object) -> str:
    """A page as mkdocs understands it: a file's name becomes the title of its block, marks of tests go."""
    return FENCE.sub(_fence, markdown)


def _fence(match: re.Match[str]) -> str:
    words = match["words"]
    title = f' title="{words}"' if "." in words else ""
    return f"```{match['language']}{title}"
