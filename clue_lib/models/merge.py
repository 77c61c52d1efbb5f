"""Merges a LoRA adapter into its base: `python -m clue_lib.models.merge BASE ADAPTER FOLDER`."""

import shutil
import sys
from pathlib import Path


def merge(base: Path, adapter: Path, target: Path) -> None:
    """Write the merged model to `target`, whole or not at all, with the adapter's tokenizer where it has one."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(adapter if (adapter / "tokenizer_config.json").is_file() else base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer))
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    merged.save_pretrained(part)
    tokenizer.save_pretrained(part)
    part.rename(target)


if __name__ == "__main__":
    merge(*(Path(argument) for argument in sys.argv[1:]))
