"""What the fields of adapter_config.json mean for serving an adapter beside its base (peft 0.21, `LoraConfig`)."""

Value = None | bool | int | float | str | list[object] | dict[str, object]
"""What a field may hold."""

HARMLESS = frozenset(
    {
        # whose adapter this is, and of which base
        *("task_type", "peft_type", "peft_version", "auto_mapping", "base_model_name_or_path", "revision"),
        # which modules it adapts, how strongly and by how much: every engine reads these
        *("r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "fan_in_fan_out"),
        *("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern"),
        # training alone
        *("inference_mode", "lora_dropout", "megatron_config", "megatron_core", "runtime_config"),
        # parameters of what another field switches on
        *("bias", "init_lora_weights", "loftq_config", "eva_config", "corda_config", "lora_ga_config"),
        *("qalora_group_size", "ensure_weight_tying"),
    }
)
"""Fields that keep no engine from serving the adapter, whatever they say; some are judged by their value elsewhere."""

OBSTACLES = {
    "use_dora": "it is a DoRA adapter",
    "modules_to_save": "it replaces whole modules",
    "trainable_token_indices": "it trains the embeddings of single tokens",
    "target_parameters": "it adapts parameters outside of linear layers",
    "layer_replication": "it repeats layers of its base",
    "lora_bias": "it adds a bias to its layers (lora_bias)",
    "alora_invocation_tokens": "it is an activated LoRA, switched on by tokens of the prompt",
    "use_bdlora": "it is a block-diagonal LoRA",
    "use_qalora": "it is a QALoRA adapter",
    "arrow_config": "it routes between several adapters (Arrow)",
    "kasa_config": "it is a KaSA adapter",
    "monteclora_config": "it is a MonteCLoRA adapter",
    "velora_config": "it is a VeLoRA adapter",
}
"""Fields that, where they are set, say of what kind an adapter is that one engine can't serve beside its base."""

UNMERGEABLE = frozenset({"alora_invocation_tokens", "arrow_config"})
"""Those among them of which no merged model can be made: what they add depends on the prompt."""

PROMPT_KINDS = frozenset(
    {
        *("PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "ADAPTION_PROMPT", "CPT"),
        *("CARTRIDGE", "XLORA", "POLY"),
    }
)
"""Values of `peft_type` whose adapters are no change of the weights."""

PLAIN_INITIALISATIONS = frozenset({"true", "false", "none", "gaussian", "orthogonal", "mica"})
"""Values of `init_lora_weights` that leave the base as it is when the adapter is loaded.

PiSSA, OLoRA and LoftQ take a part out of the base's weights at every load. Whatever is not known to be harmless is
refused with them, EVA and LoRA-GA included: merging costs little, a base that answers wrongly much.
"""
