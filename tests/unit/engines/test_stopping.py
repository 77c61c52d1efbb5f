"""Where each row of a batch ends; tokens are letters, places counted by hand."""

import pytest
from skips import needs

from clue_lib.engines.chat import Asked
from clue_lib.engines.stopping import EVERY, LEEWAY, Stopping, is_needed
from clue_lib.types import Sampling

pytestmark = needs("torch", "the transformers extra")


class Letters:
    """A token is a letter's number."""

    is_framed = False

    def decode(self, tokens):
        return "".join(map(chr, tokens))


def asked(n_answer=4, n_thought=0, **changed):
    return Asked(
        tokens=[0], sampling=Sampling(max_new_tokens=n_answer), n_answer=n_answer, n_thought=n_thought, **changed
    )


def lengths(asked_for, *texts):
    """How many new tokens each row has when it is done, where a model goes on writing these texts."""
    import torch

    stopping = Stopping(asked_for, Letters(), n_prompt=1)
    for n in range(1, max(map(len, texts)) + 1):
        rows = [[0, *map(ord, text[:n].ljust(n, "."))] for text in texts]
        if stopping(torch.tensor(rows), None).all():
            break
    return stopping.lengths


def test_a_row_without_a_thought_ends_with_its_room():
    assert lengths([asked(4), asked(2)], "abcdefgh", "abcdefgh") == [4, 2]


def test_text_that_ends_an_answer():
    assert lengths([asked(9, stop="\n\n")], "ab\n\ncdefg") == [4]


@pytest.mark.parametrize(
    ("opened", "text", "length"),
    [
        ("<think>", "x" * 60, 24),  # never closed: its budget
        ("", "x" * 60, 4 + LEEWAY),  # no thought: the answer's room, and what a mark may need
        ("<think>", "x</think>" + "y" * 60, 9 + 4),
        ("", "<think>x</think>" + "y" * 60, 16 + 4),
    ],
)
def test_thought_and_answer_have_a_room_each(opened, text, length):
    (found,) = lengths([asked(4, 24, opened=opened)], text)
    assert length <= found < length + EVERY


def test_a_batch_without_thoughts_and_ends_is_left_alone():
    assert not is_needed([asked(4), asked(4)])
    assert is_needed([asked(4), asked(4, 9)])
    assert is_needed([asked(4, stop="\n\n")])
