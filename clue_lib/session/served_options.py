"""What the options say of models behind servers, checked together."""

from collections.abc import Sequence

from clue_lib.errors import OptionError
from clue_lib.models import ModelSpec
from clue_lib.models.served import remote_hosts
from clue_lib.session.options import Options

ALLOW = "--allow-remote-host"


def check_options(options: Options, specs: Sequence[ModelSpec]) -> None:
    """Raise OptionError where one of them asks for what can't be, or has nothing that it is about."""
    served = [spec for spec in specs if spec.kind == "server"]
    if not served:
        _check_none_is_given(options, specs)
        return
    other = next((spec for spec in specs if spec.kind not in ("server", "replay")), None)
    if other is not None:
        raise OptionError(
            f"server:{served[0].name} against {other.name}: one behind a server, one on this machine, so that they "
            "would not be computed alike; serve both in the same way"
        )
    if options.tokenizer is not None and options.template == "server":
        raise OptionError(
            f"--tokenizer={options.tokenizer} with --template=server: messages are sent, which need none; drop one of "
            "the two"
        )
    hosts = {host for spec in served for host in remote_hosts(spec.urls)}
    for host in options.allow_remote_host:
        if host.lower() not in hosts:
            known = ", ".join(sorted(hosts)) or "none"
            raise OptionError(f"{ALLOW}={host}: no model is served there; other machines that are named: {known}")


def _check_none_is_given(options: Options, specs: Sequence[ModelSpec]) -> None:
    """Where no model is served. Recordings keep the template by which they were made."""
    given = {
        "--endpoint": options.endpoint,
        "--tokenizer": options.tokenizer,
        ALLOW: next(iter(options.allow_remote_host), None),
        "--template": "server" if options.template == "server" else None,
    }
    for option, value in given.items():
        if value is not None:
            remedy = "name one as server:NAME@http://HOST:PORT"
            raise OptionError(f"{option}={value}: no model is behind a server; {remedy}")
