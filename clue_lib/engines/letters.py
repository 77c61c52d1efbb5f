"""Options by the tokens with which a model may begin to answer."""

from collections.abc import Sequence

from clue_lib.engines.rendering import ChatTemplate


def each_letter_tokens(asked: Sequence[str], template: ChatTemplate) -> list[dict[int, str]]:
    """`letter_tokens` of each prompt's letters; like ones are looked up once."""
    known = {letters: letter_tokens(letters, template) for letters in set(asked)}
    return [known[letters] for letters in asked]


def letter_tokens(letters: str, template: ChatTemplate) -> dict[int, str]:
    """Token ids that write one of the letters alone, with or without a blank before it, each with its letter.

    Empty where one of the letters has no such token: which letter is likeliest can't be told then.
    """
    tokens = {}
    for letter in letters:
        for written in (letter, f" {letter}"):
            last = template.encode(written)[-1:]
            if last and template.decode(last).strip() == letter:
                tokens[last[0]] = letter
    return tokens if set(tokens.values()) == set(letters) else {}
