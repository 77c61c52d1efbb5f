"""Merges a LoRA adapter into its base: a model of its own, which every engine serves."""

import inspect
import shutil
from pathlib import Path

from clue_lib.errors import ModelError
from clue_lib.models.adapters import set_fields
from clue_lib.models.reading import has_file


def merge_adapter(base: Path, adapter: Path, target: Path) -> None:
    """Write the merged model to `target`, whole or not at all, with the adapter's tokenizer where it has one."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    _check_known_to_peft(adapter)
    has_tokenizer = has_file(adapter / "tokenizer_config.json")
    tokenizer = AutoTokenizer.from_pretrained(adapter if has_tokenizer else base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer))
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    merged.save_pretrained(part)
    tokenizer.save_pretrained(part)
    part.rename(target)


def _check_known_to_peft(adapter: Path) -> None:
    """Raise ModelError where the adapter's configuration sets what this peft would leave out with a mere warning."""
    import peft

    kind = peft.PEFT_TYPE_TO_CONFIG_MAPPING[peft.PeftConfig.from_pretrained(adapter).peft_type]
    known = set(inspect.signature(kind.__init__).parameters)
    unknown = sorted(set_fields(adapter) - known)
    if unknown:
        raise ModelError(
            f"{adapter} sets {', '.join(unknown)}, unknown to peft {peft.__version__}; install a newer peft"
        )
