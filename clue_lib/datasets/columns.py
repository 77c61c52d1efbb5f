"""The columns that a task asks of a flat table, whatever the table's shape."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clue_lib.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column names; "A|B" is column A, which some files call B. Rows are keyed by the first name."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    def found(self, names: Collection[str]) -> dict[str, str]:
        """What the columns that stand among `names` are called there, by their first name."""
        found = {}
        for spec in self.required + self.optional:
            if present := [name for name in spec.split("|") if name in names]:
                found[_first(spec)] = present[0]
        return found

    def check(self, names: Collection[str], place: str) -> None:
        """Raises DataError where a required column is missing or an asked-for one stands there twice."""
        found = self.found(names)
        missing = [spec.replace("|", " or ") for spec in self.required if _first(spec) not in found]
        if missing:
            needed = ", ".join(map(_first, self.required))
            raise DataError(f"{place}: no column {', '.join(missing)}; needed are {needed}: compare the spelling")
        if twice := [name for name in found.values() if list(names).count(name) > 1]:
            raise DataError(f"{place}: column {twice[0]} stands there more than once; keep one")

    def row(self, record: Mapping[str, object], place: str) -> dict[str, str]:
        """The asked-for cells as text: numbers as Python writes them, empty ones (None) and absent optional ones "".

        Raises DataError where a required column is missing, or a cell is a date, a truth value, a list or an object.
        """
        self.check(record, place)
        empty = dict.fromkeys(map(_first, self.required + self.optional), "")
        return empty | {first: _text(record[name], name, place) for first, name in self.found(record).items()}


def _first(spec: str) -> str:
    return spec.split("|")[0]


def _text(value: object, name: str, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DataError(f"{place}: column {name} holds a {type(value).__name__}, not text; write it as text")
    return str(value)
