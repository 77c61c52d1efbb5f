"""Results kept on disk: found again, and made again where one byte of them is not what was written."""

import msgspec
import pytest

from clue_lib import sealed
from clue_lib.runs.kept import kept


class Result(msgspec.Struct, frozen=True):
    """Something dear to compute."""

    values: dict[str, tuple[float | None, ...]]


RESULT = Result(values={"accuracy": (1.0, 0.0, None)})


@pytest.fixture
def ask(tmp_path):
    """Asks for the result; counts how often it was made, and keeps what was told."""

    class Asked:
        n_made = 0
        told: list[str]

        def __init__(self):
            self.told = []

        def __call__(self, decided_by="inputs", folder=tmp_path):
            with sealed.telling(self.told.append):
                return kept(folder, decided_by, Result, self.make)

        def make(self):
            self.n_made += 1
            return RESULT

    return Asked()


def test_it_is_made_once(ask):
    assert ask() == ask() == RESULT
    assert (ask.n_made, ask.told) == (1, [])


def test_other_inputs_make_it_anew(ask):
    ask()
    ask("others")
    assert ask.n_made == 2


def test_without_a_folder_it_is_made_each_time(ask):
    ask(folder=None)
    ask(folder=None)
    assert ask.n_made == 2


def test_no_flipped_byte_is_believed(ask, tmp_path):
    # One byte once changed a baseline's accuracy from 74.4 to 94.9 % without a word.
    ask()
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for place in range(len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(damaged)
        assert ask() == RESULT, place
        assert len(ask.told) == place + 1
        assert path.read_bytes() == whole
    assert ask.n_made == len(whole)


def test_a_file_under_another_name_is_not_read(ask, tmp_path):
    ask("others")
    (others,) = tmp_path.iterdir()
    ask()
    (own,) = (path for path in tmp_path.iterdir() if path != others)
    own.write_bytes(others.read_bytes())
    ask()
    assert ask.n_made == 3
    assert "made from other inputs" in ask.told[0]


def test_a_folder_that_cannot_be_written_to_costs_time_alone(ask, tmp_path):
    (tmp_path / "file").write_text("")
    assert ask(folder=tmp_path / "file") == RESULT
    assert "not kept" in ask.told[-1]
