"""A mention as the decision needs it."""

from dataclasses import dataclass

from clue_lib.answers.mentions.slots import Standing
from clue_lib.answers.plain import Normal
from clue_lib.types import Form, Mention, Said, withheld


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A place in the plain text that names options or labels, how it is said and how firmly.

    `values` are two where nobody can tell which is meant. `is_item` where it stands as an item of a list.
    """

    values: tuple[str, ...]
    start: int
    end: int
    form: Form
    said: Said
    standing: Standing
    rule: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is given as the answer: said, and firmly enough."""
        return self.said in ("asserted", "hedged") and self.standing > Standing.BARE

    def mention(self, normal: Normal) -> Mention:
        """The same with its place in the model's own text."""
        start, end = normal.span(self.start, self.end)
        return Mention(value="/".join(self.values), start=start, end=end, form=self.form, said=self.said)
