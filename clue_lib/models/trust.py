"""What a user lets a model run on this machine: code that comes with it, and pickles, which can hold code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clue_lib.errors import ModelError, OptionError
from clue_lib.models.aliases import REPOSITORY

OPTION = "--trust-remote-code"

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`pickles` may be read of any model named. `code` is trusted of these repositories: `owner/name` → commit.

    `runs_code` is said of one model: its own code is among the trusted.
    """

    pickles: bool = False
    code: dict[str, str] = field(default_factory=dict)
    runs_code: bool = False

    def of(self, repository: str | None, commit: str | None) -> "Trust":
        """What of this holds for a model: a folder of the user's own has no repository.

        Raises ModelError where the repository's code is trusted at another commit than the one that would be loaded.
        """
        if repository not in self.code:
            return Trust(pickles=self.pickles)
        trusted = self.code[repository]
        if trusted != commit:
            raise ModelError(
                f"{OPTION}={repository}@{trusted}: the model here is at {commit}; name it as {repository}@{trusted}"
            )
        return Trust(pickles=self.pickles, runs_code=True)

    @property
    def options(self) -> tuple[str, ...]:
        """The command line's options that say so."""
        pickles = ("--allow-pickle",) if self.pickles else ()
        return (*pickles, *(f"{OPTION}={repository}@{commit}" for repository, commit in self.code.items()))

    @property
    def engine_args(self) -> dict[str, bool]:
        """The engine arguments that say so; none where nothing is trusted."""
        args = {"allow_pickle": self.pickles, "trust_remote_code": self.runs_code}
        return {name: value for name, value in args.items() if value}


NO_TRUST = Trust()
"""Neither code nor pickles."""


def read_trust(repositories: Sequence[str], *, pickles: bool) -> Trust:
    """What the options say. Raises OptionError for code that is not pinned to one commit."""
    code = {}
    for given in repositories:
        match = REPOSITORY.fullmatch(given)
        if match is None or not _COMMIT.fullmatch(match["revision"] or ""):
            raise OptionError(f"{OPTION}={given}: pin the code you have read, as owner/name@ and a commit's 40 digits")
        code[match["id"]] = match["revision"]
    return Trust(pickles=pickles, code=code)
