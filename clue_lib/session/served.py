"""Models behind servers: which hosts may be sent what, and what is found there before a run begins."""

from collections.abc import Mapping

from clue_lib.datasets import private
from clue_lib.engines import connect, read_habits
from clue_lib.errors import OptionError
from clue_lib.models import Model, ModelSpec
from clue_lib.models.served import remote_hosts
from clue_lib.models.served_tokenizer import tokenizer_folder
from clue_lib.runs import PlannedTask
from clue_lib.session.served_options import ALLOW
from clue_lib.session.settings import Settings
from clue_lib.types import Tell


def check_hosts(settings: Settings, plan: Mapping[str, PlannedTask]) -> tuple[str, ...]:
    """The other machines that will be sent data under an agreement, which the options allow.

    Called before anything is looked up or connected to. Raises OptionError for one that was not named.
    """
    under_agreement = [name for name, planned in plan.items() if private.is_private(planned.source)]
    if not under_agreement:
        return ()
    hosts: dict[str, str] = {}
    for option, spec in (("--baseline", settings.baseline), ("--model", settings.candidate)):
        for host in remote_hosts(spec.urls):
            hosts.setdefault(host, f"{option}=server:{spec.name}")
    allowed = {host.lower() for host in settings.allowed_hosts}
    for host, where in hosts.items():
        if host not in allowed:
            task = under_agreement[0]
            raise OptionError(
                f"{where}: {host} is not this machine, and the data of {task} is {plan[task].source.tier}: nothing was "
                f"sent; where its agreement lets prompts go there, say so with {ALLOW}={host}"
            )
    return tuple(sorted(hosts))


def connected(settings: Settings, spec: ModelSpec, tell: Tell) -> Model:
    """The served model, found at all of its addresses. Raises ModelError."""
    tokenizer = None
    if not settings.wanted.is_servers:
        tokenizer = tokenizer_folder(spec, settings.tokenizer, aliases=settings.aliases, on_note=tell)
    return connect(spec, tokenizer, read_habits(settings.engine_args), on_note=tell)
