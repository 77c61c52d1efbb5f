"""Which code and pickles a user lets a model run: by name and commit, and no other."""

import pytest

from clue_lib.errors import ModelError, OptionError
from clue_lib.models import NO_TRUST, read_trust

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "given", ["owner/name", "owner/name@main", "owner/name@0123456", "name", "*", f"owner/name@{COMMIT.upper()}", ""]
)
def test_code_is_pinned_to_one_commit(given):
    with pytest.raises(
        OptionError, match=r"--trust-remote-code=.*: pin the code you have read, as owner/name@"
    ) as caught:
        read_trust([given], pickles=False)
    assert "\n" not in str(caught.value)


def test_the_code_of_a_repository_is_trusted_at_its_commit_alone():
    trust = read_trust([f"owner/name@{COMMIT}"], pickles=False)
    assert trust.of("owner/name", COMMIT).engine_args == {"trust_remote_code": True}
    assert trust.of("owner/other", COMMIT).engine_args == {}
    assert trust.of(None, None).engine_args == {}  # a folder
    with pytest.raises(ModelError, match=f"the model here is at {'f' * 40}; name it as owner/name@{COMMIT}"):
        trust.of("owner/name", "f" * 40)


def test_pickles_are_trusted_of_every_model_named():
    trust = read_trust([], pickles=True)
    assert trust.of(None, None).engine_args == {"allow_pickle": True}
    assert trust.options == ("--allow-pickle",)


def test_by_default_nothing_is_trusted():
    assert (NO_TRUST.engine_args, NO_TRUST.options) == ({}, ())
