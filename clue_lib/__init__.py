"""CLUE Gate: does a fine-tuned clinical language model still do what its base does?

from clue_lib import gate

result = gate("./my-finetune", baseline="meta-llama/Llama-3.1-8B-Instruct", limit=20)
result.passed, result.headline, result.gates, result.examples, result.report("gate-report")
"""

from clue_lib.__about__ import __version__
from clue_lib.api import Result, gate

__all__ = ["Result", "__version__", "gate"]
