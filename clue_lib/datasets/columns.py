"""The columns that a task asks of a flat table, whatever the table's shape."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clue_lib.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column names; "A|B" is column A, which some files call B. Rows are keyed by the first name."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    def present(self, names: Collection[str]) -> dict[str, str]:
        """What the columns that a table with these names has are called there, by their first name."""
        called = {}
        for spec in self.required + self.optional:
            spellings = [name for name in spec.split("|") if name in names]
            if spellings:
                called[_first(spec)] = spellings[0]
        return called

    def check(self, names: Collection[str], place: str) -> None:
        """Raises DataError where a required column is missing or one that is asked for occurs twice."""
        present = self.present(names)
        missing = [spec.replace("|", " or ") for spec in self.required if _first(spec) not in present]
        if missing:
            needed = ", ".join(map(_first, self.required))
            raise DataError(f"{place}: no column {', '.join(missing)}; needed are {needed}: compare the spelling")
        repeated = [name for name in present.values() if list(names).count(name) > 1]
        if repeated:
            raise DataError(f"{place}: column {repeated[0]} occurs more than once; keep one")

    def row(self, record: Mapping[str, object], place: str) -> dict[str, str]:
        """The asked-for cells as text: numbers as Python writes them, empty ones (None) and absent optional ones "".

        Raises DataError where a required column is missing, or a cell is a date, a truth value, a list or an object.
        """
        self.check(record, place)
        row = dict.fromkeys(map(_first, self.required + self.optional), "")
        for first, name in self.present(record).items():
            row[first] = _text(record[name], name, place)
        return row


def _first(spec: str) -> str:
    return spec.split("|")[0]


def _text(value: object, name: str, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DataError(f"{place}: column {name} holds a {type(value).__name__}, not text; write it as text")
    return str(value)
