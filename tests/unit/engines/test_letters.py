"""Which tokens write an option's letter: with a blank before it or without, and none where one letter has none."""

from clue_lib.engines.letters import letter_tokens


class Pieces:
    """A tokenizer that knows these pieces, and takes the longest that fits."""

    def __init__(self, *pieces):
        self.pieces = sorted(pieces, key=len, reverse=True)

    def encode(self, text):
        numbers = []
        while text:
            piece = next(piece for piece in self.pieces if text.startswith(piece))
            numbers.append(self.pieces.index(piece))
            text = text.removeprefix(piece)
        return numbers

    def decode(self, tokens):
        return "".join(self.pieces[token] for token in tokens)

    def told(self, letters):
        return {self.pieces[token]: letter for token, letter in letter_tokens(letters, self).items()}


def test_a_letter_has_a_token_with_a_blank_and_one_without():
    assert Pieces("A", " A", "B", " B", " ").told("AB") == {"A": "A", " A": "A", "B": "B", " B": "B"}


def test_where_blanks_are_tokens_of_their_own_one_token_is_both():
    assert Pieces("A", "B", "C", " ").told("AB") == {"A": "A", "B": "B"}


def test_a_letter_that_is_no_token_leaves_nothing_to_tell():
    assert Pieces("A", "Be", " ", "\x00B").told("A") == {"A": "A"}
    unusual = Pieces("A", " ", " B!", "B!")
    unusual.encode = lambda text: [unusual.pieces.index("A" if "A" in text else "B!")]
    assert unusual.told("AB") == {}


def test_without_options_there_is_nothing_to_tell():
    assert Pieces("A", " ").told("") == {}
