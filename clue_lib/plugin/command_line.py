"""The gate's options, as the command line has them."""

from typing import Any

OPTIONS: dict[str, dict[str, Any]] = {
    "model": {"help": "candidate: alias, owner/name[@revision], folder, LoRA adapter folder, or replay:FOLDER"},
    "baseline": {"help": "what it must not fall below; default: the base the registry or adapter names"},
    "aa": {"action": "store_true", "help": "the baseline against itself in another batch order: its noise floor"},
    "backend": {"help": "auto (vllm where it imports, else transformers), vllm, transformers or scripted"},
    "engine-arg": {"action": "append", "metavar": "NAME=VALUE", "help": "passed to the engine; may be repeated"},
    "merge-adapter": {
        "action": "store_true",
        "help": "merge a LoRA adapter into its base instead of serving it beside",
    },
    "data-root": {"help": "folder below which the real data files lie; tasks without one use bundled data"},
    "limit": {"type": int, "help": "examples per task; such a run is smoke and certifies nothing"},
    "profile": {"help": "what fails the run: smoke, ci (default), release or point"},
    "thresholds": {"help": "default: thresholds.toml in the project's root"},
    "store": {"help": "folder for generations; default: the user's cache"},
    "report-dir": {"help": "folder for gate.json and engine.log; default: gate-report"},
    "reports": {"help": "all (default), or json: gate.json alone, without report.html, report.md and examples.parquet"},
    "private-report": {
        "action": "store_true",
        "help": "write a full report of licensed and credentialed data too, beside the data and nowhere else",
    },
    "prompts": {"help": "folder of prompt texts that replaces the package's own"},
    "scoring": {"help": "strict (default), or clue-2024-06: shown beside, as CLUE's June 2024 figures were scored"},
    "seed": {"type": int, "help": "chooses shots and the subset of --limit; default 0"},
}
"""What each option of the command line is, without its dashes, for pytest's parser."""
