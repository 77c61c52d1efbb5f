"""What leaves the boundary around code that runs with data."""

import pickle
import traceback

import pytest

from clue_lib.boundary import Boundary, bare, told
from clue_lib.errors import DataError, EngineError, UnforeseenError

CANARY = "ZQXPREMISE"


def foreign(code: str, name: str = "vllm.engine", **names: object) -> None:
    """Runs a line as if it stood in another package's file."""
    exec(compile(code, f"/site-packages/{CANARY}/engine.py", "exec"), {"__name__": name, **names})


def what_leaves(code: str, *, is_private: bool, name: str = "vllm.engine", **options) -> BaseException:
    try:
        with Boundary(is_private=is_private, **options):
            foreign(code, name, CANARY=CANARY, EngineError=EngineError)
    except BaseException as error:
        return error
    raise AssertionError("nothing left")


FOREIGN = [
    "raise KeyError(CANARY)",
    "raise type('Own', (Exception,), {})(CANARY)",
    "try:\n    int(CANARY)\nexcept ValueError as e:\n    raise RuntimeError(CANARY) from e",
    "raise OSError(5, CANARY, CANARY)",
    "raise UnicodeDecodeError('utf-8', CANARY.encode(), 0, 1, CANARY)",
    "raise EngineError(CANARY)",  # ours by class, but not by who raised it
]


@pytest.mark.parametrize("code", FOREIGN)
def test_of_private_data_type_module_and_place_are_told_and_no_text(code):
    error = what_leaves(code, is_private=True)
    assert isinstance(error, UnforeseenError)
    assert "(vllm.engine, engine.py line " in str(error)
    assert CANARY not in str(error)


@pytest.mark.parametrize("code", FOREIGN)
def test_neither_cause_nor_frame_nor_local_of_it_is_left(code):
    error = what_leaves(code, is_private=True)
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    inside = [frame for frame in shown.stack if frame.name not in ("what_leaves", "foreign")]
    assert [frame.name for frame in inside] == ["__exit__"]  # the last frame, whose locals a traceback may show
    assert all(CANARY not in f"{frame.line}{frame.locals}" for frame in inside)
    assert CANARY not in repr(pickle.loads(pickle.dumps(error)))


def test_of_other_data_the_text_is_told_made_harmless():
    error = what_leaves("raise KeyError('\\x1b[31m::error::' + CANARY)", is_private=False)
    # By hand: an escape sequence goes, `::` becomes `∷`, as `text.printable` says; KeyError quotes its key.
    assert str(error).startswith(f"KeyError: '\\x1b[31m∷error∷{CANARY}'; ")


def test_our_own_errors_leave_without_frames_and_private_ones_without_what_they_quote():
    code = "raise EngineError('template: ' + CANARY, unquoted='template')"
    private = what_leaves(code, is_private=True, name="clue_lib.engines.rendering")
    public = what_leaves(code, is_private=False, name="clue_lib.engines.rendering")
    assert (type(private), str(private)) == (EngineError, "template")
    assert (type(public), str(public)) == (EngineError, f"template: {CANARY}")


def test_an_interrupt_leaves_the_frames_that_it_met():
    assert isinstance(what_leaves("raise KeyboardInterrupt(CANARY)", is_private=True), KeyboardInterrupt)
    assert what_leaves("raise SystemExit(3)", is_private=True).code == 3
    error = what_leaves("raise KeyboardInterrupt(CANARY)", is_private=False)
    assert CANARY not in "".join(traceback.format_exception(error)).replace("CANARY=CANARY", "")


def test_what_makes_the_error_is_the_callers_and_the_log_gets_the_original():
    logged = []
    error = what_leaves(
        "raise KeyError(CANARY)",
        is_private=True,
        tell=lambda error, told: EngineError(f"toy: {told}"),
        log=logged.append,
    )
    assert (type(error), str(error)) == (EngineError, "toy: KeyError (vllm.engine, engine.py line 1)")
    assert [repr(one) for one in logged] == [f"KeyError('{CANARY}')"]


def test_what_passes_and_what_raises_nothing_is_untouched():
    with pytest.raises(BrokenPipeError), Boundary(is_private=True, passing=(BrokenPipeError,)):
        raise BrokenPipeError
    with Boundary(is_private=True):
        pass
    assert str(bare(DataError("a.csv:3: blank"), is_private=True)) == "a.csv:3: blank"
    assert told(ValueError(), is_private=False) == "ValueError"
