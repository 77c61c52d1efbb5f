"""ICD-10-CM in one named release, through the `simple-icd-10-cm` package: offline, loaded when first asked (1.7 s).

A code is "canonical" here in upper case with a dot after the category: "E11.9", "I10", "W19.XXXA".
"""

import functools
import importlib
import importlib.metadata
import re
import warnings
from types import ModuleType

RELEASE = "ICD-10-CM April 2026"
"""What `simple-icd-10-cm` 1.5 holds."""

_SHAPE = re.compile(r"[A-Za-z][0-9A-Za-z]{2}(?:\.?[0-9A-Za-z]{1,4})?")


def tool() -> str:
    """Release and package behind every statement on codes, as a signature names them."""
    return f"{RELEASE},simple-icd-10-cm={importlib.metadata.version('simple-icd-10-cm')}"


def normalise(code: str) -> str:
    """The canonical form of a code in any case, dotted or not, existing or not."""
    plain = code.strip().replace(".", "").upper()
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def category(code: str) -> str:
    """The first three characters, such as "E11" of "E11.9"; of a code that doesn't exist too."""
    return normalise(code)[:3]


def is_code(text: str) -> bool:
    """Whether the text, in any case, dotted or not, is a category or code of the release, a billable one or not."""
    # The shape comes first: the package also takes chapters and blocks ("1", "A00-A09") for valid items.
    return _SHAPE.fullmatch(text) is not None and bool(_release().is_valid_item(normalise(text)))


def is_billable(text: str) -> bool:
    """Whether the text is a code with nothing below it, seventh characters included; only these may be reported."""
    return is_code(text) and bool(_release().is_leaf(normalise(text)))


def title(code: str) -> str:
    """The release's title of a category or code. Raises ValueError where there is no such code."""
    if not is_code(code):
        raise ValueError(f"{code!r} is no code of {RELEASE}")
    return str(_release().get_description(normalise(code)))


@functools.cache
def all_codes() -> tuple[str, ...]:
    """Every category and code of the release, in its order."""
    items = dict.fromkeys(_release().get_all_codes(with_dots=True))  # a block may bear its only category's name
    return tuple(item for item in items if is_code(item))


@functools.cache
def _release() -> ModuleType:
    with warnings.catch_warnings():
        # It opens its files through a function that Python 3.11 and 3.12 call deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module("simple_icd_10_cm")
