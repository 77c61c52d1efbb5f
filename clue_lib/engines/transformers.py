"""Hugging Face transformers, on a CPU or one GPU: padded batches, LoRA adapters through peft."""

import importlib.metadata
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from clue_lib.engines import device, limits
from clue_lib.engines.chat import DATE, DECODING, Asked, ChatEngine, end_tokens
from clue_lib.engines.engine import EngineArgs
from clue_lib.engines.letters import each_letter_tokens
from clue_lib.engines.probe import PROBE, BaseProbe
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.engines.stopping import Stopping, is_needed
from clue_lib.errors import EngineError
from clue_lib.types import Fingerprint, Sampling


class Transformers(ChatEngine):
    """Loads a folder of weights once; the base answers with its adapters switched off.

    Engine arguments: `dtype` (a torch dtype's name, or auto: the checkpoint's own), `device` (cpu, cuda; default: cuda
    where there is one), `batch_size` (default 32), `attn_implementation`.
    """

    name = "transformers"
    requires = ("torch", "transformers", "accelerate")
    extra = "transformers"
    serves_adapters = True
    adapters_require = ("peft",)
    args = frozenset({"dtype", "device", "batch_size", "attn_implementation"})

    @classmethod
    def check_args(cls, args: EngineArgs) -> None:
        """A known dtype and attention, and a device that is there."""
        limits.check_dtype(args)
        limits.check_attention(args)
        limits.check_device(args)

    @classmethod
    def check_architecture(cls, weights: Path, args: EngineArgs) -> None:
        """A kind of model that transformers knows."""
        limits.check_architecture(weights, args, knows=frozenset(), engine="transformers")

    @classmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """Versions, dtype, attention, batch size and the processor."""
        processor = device.describe(str(args.get("device", "auto")))
        return Fingerprint(
            name=cls.name,
            version=importlib.metadata.version("transformers"),
            torch=importlib.metadata.version("torch"),
            dtype=str(args.get("dtype", "auto")),
            attention=str(args.get("attn_implementation", "auto")),
            batch_size=str(args.get("batch_size", cls.chunk_size)),
            device=processor.device,
            capability=processor.capability,
            decoding=DECODING,
            clock=DATE,
        )

    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Load tokenizer, weights and adapters."""
        from safetensors import SafetensorError
        from transformers import AttentionInterface, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

        AttentionInterface.register("sdpa", attend)
        place = str(args.get("device", "auto"))
        self._device = device.describe("auto").device if place == "auto" else place
        runs_code = bool(args.get("trust_remote_code", False))
        self._tokenizer: Any = AutoTokenizer.from_pretrained(weights, padding_side="left", trust_remote_code=runs_code)
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self.template = ChatTemplate(self._tokenizer)
        options: dict[str, Any] = {"trust_remote_code": runs_code}
        options["use_safetensors"] = None if args.get("allow_pickle", False) else True
        if "attn_implementation" in args:
            options["attn_implementation"] = args["attn_implementation"]
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(weights, dtype=args.get("dtype", "auto"), **options)
        except SafetensorError as error:
            raise EngineError(f"{self.name}: {weights}: the weights can't be read ({error}); fetch them anew") from None
        self.ends = end_tokens(weights, self._tokenizer)
        self.context = getattr(model.config, "max_position_embeddings", 1 << 30)
        # A checkpoint's own generation config would fill every field that is left unset below.
        model.generation_config = GenerationConfig()
        self._model = model.to(self._device).eval()
        self._names: dict[Path, str] = {}
        if adapters:
            self._add(adapters)

    def _add(self, adapters: Sequence[Path]) -> None:
        """Load the adapters beside the base. Raises EngineError where that changes the base."""
        self._probe = BaseProbe(self.name, self._base_scores)
        names = {adapter: f"adapter{number}" for number, adapter in enumerate(adapters)}
        self._model = _with_adapters(self._model, names).to(self._device).eval()
        self._names = names
        self._probe.check()

    def _base_scores(self) -> list[float]:
        """The base's logits for the token after the probe."""
        import torch

        asked = self._tokenizer(PROBE, return_tensors="pt").to(self._device)
        with torch.inference_mode(), self._switched(None):
            logits = self._model(input_ids=asked.input_ids).logits[0, -1]
        scores: list[float] = logits.float().tolist()
        return scores

    def answer(self, asked: Sequence[Asked], adapter: Path | None) -> list[list[int]]:
        """One padded batch, decoded by the first request's sampling, which all share."""
        import torch

        prompts = [one.tokens for one in asked]
        padded = self._tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(self._device)
        n_prompt = padded.input_ids.shape[1]
        if adapter is not None:
            self._model.set_adapter(self._names[adapter])
        stopping = Stopping(asked, self.template, n_prompt)
        self._first = FirstScores()
        config = self._config(asked[0].sampling, max(one.room for one in asked))
        with torch.inference_mode(), self._switched(adapter):
            output = self._model.generate(
                **padded,
                generation_config=config,
                stopping_criteria=[stopping] if is_needed(asked) else None,
                logits_processor=[self._first] if any(one.letters for one in asked) else None,
            )
        if adapter is not None:
            self._probe.check()
        written = output[:, n_prompt:].tolist()
        return [row[:length] for row, length in zip(written, stopping.lengths, strict=True)]

    def likeliest_letters(self, asked: Sequence[Asked], adapter: Path | None) -> list[str]:
        """By the scores of the batch's first step: nothing is computed again."""
        if self._first.scores is None:
            return [""] * len(asked)
        tokens = each_letter_tokens([one.letters for one in asked], self.template)
        return [
            of_one[max(of_one, key=lambda token: float(scores[token]))] if of_one else ""
            for of_one, scores in zip(tokens, self._first.scores, strict=True)
        ]

    def _switched(self, adapter: Path | None) -> AbstractContextManager[None]:
        """Adapters off for the base, where any is loaded."""
        off: AbstractContextManager[None] = nullcontext()
        return self._model.disable_adapter() if self._names and adapter is None else off

    def _config(self, sampling: Sampling, max_new_tokens: int) -> Any:
        from transformers import GenerationConfig, set_seed

        drawn: dict[str, float] = {}  # of greedy decoding, which takes the likeliest token, nothing
        if sampling.temperature:
            drawn = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
        set_seed(sampling.seed)
        return GenerationConfig(
            max_new_tokens=max_new_tokens,
            do_sample=bool(drawn),
            num_beams=1,
            repetition_penalty=sampling.repetition_penalty,
            eos_token_id=sorted(self.ends),
            pad_token_id=self._tokenizer.pad_token_id,
            **drawn,
        )


class FirstScores:
    """A logits processor for transformers' `generate` that changes nothing: it keeps the scores of the first step."""

    def __init__(self) -> None:
        self.scores: Any = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores as they are."""
        if self.scores is None:
            self.scores = scores.float().cpu()
        return scores


def attend(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, scaling: float | None = None, **others: Any
) -> tuple[Any, Any]:
    """Scaled-dot-product attention as in transformers, to the same bit; on a CPU it leaves key-value heads in place.

    transformers copies each of them for every query head of its group wherever there is a mask, which padding needs
    (`benchmarks/masked_attention.py`).
    """
    from torch.nn.functional import scaled_dot_product_attention
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    is_special = any(others.get(name) is not None for name in ("position_bias", "cache"))
    if attention_mask is None or query.device.type != "cpu" or is_special:
        own: tuple[Any, Any] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return own
    dropout = others.get("dropout", 0.0)
    attended = scaled_dot_product_attention(
        query, key, value, attn_mask=attention_mask, dropout_p=dropout, scale=scaling, enable_gqa=True
    )
    return attended.transpose(1, 2).contiguous(), None


def _with_adapters(model: Any, names: dict[Path, str]) -> Any:
    from peft import PeftModel

    first, *others = names.items()
    wrapped = PeftModel.from_pretrained(model, first[0], adapter_name=first[1])
    for folder, name in others:
        wrapped.load_adapter(folder, adapter_name=name)
    return wrapped
