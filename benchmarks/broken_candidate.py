"""What early rejection saves on a candidate that is broken: a real model, its weights noised until it babbles.

    python benchmarks/broken_candidate.py [--noise=1.0] [--backend=vllm] [--tasks="mednli or meqsum or problem_summary"]

Makes the candidate of the demo's base model: to every matrix of its weights, noise of so many of the matrix's own
standard deviations is added. The base's answers are stored first, by a run of the base against itself. Then the broken
candidate is judged twice, each time from a copy of that store: with early rejection, and with --early=off. Seconds are
of the whole run: engine start, answers, scoring, reports. Needs the demo's weights and the backend.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clue_lib import models

MODEL = "SmolLM2-135M-Instruct"


def main() -> None:
    """Make the candidate, judge it both ways, print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--backend", default="vllm")
    parser.add_argument("--tasks", default="mednli or meqsum or problem_summary")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        candidate = broken(place / "broken", given.noise)
        judge(place, "base", MODEL, given)
        for way in ("on", "off"):
            shutil.copytree(place / "store-base", place / f"store-{way}")
        told = {way: judge(place, way, str(candidate), given, f"--early={way}") for way in ("on", "off")}
    for way, line in told.items():
        print(f"--early={way}: {line}")


def broken(folder: Path, noise: float) -> Path:
    """The demo's base with noise in every matrix of its weights."""
    import torch
    from safetensors.torch import load_file, save_file

    base = models.resolve(models.parse_spec(MODEL)).weights
    shutil.copytree(base, folder)
    generator = torch.Generator().manual_seed(20)
    weights = load_file(folder / "model.safetensors")
    for name, matrix in weights.items():
        if matrix.dim() == 2:
            drawn = torch.randn(matrix.shape, generator=generator)
            weights[name] = (matrix.float() + noise * matrix.float().std() * drawn).to(matrix.dtype)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def judge(place: Path, way: str, model: str, given: argparse.Namespace, *options: str) -> str:
    """Run the gate; how long it took, how many prompts the model answered, and what it says."""
    report = place / f"report-{way}"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"({given.tasks}) and not snapshot"),
        *(f"--model={model}", f"--baseline={MODEL}", f"--backend={given.backend}"),
        *(f"--store={place / f'store-{way}'}", f"--report-dir={report}", *options),
    ]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    if not (report / "gate.json").exists():
        raise SystemExit(done.stdout + done.stderr)
    read = json.loads((report / "gate.json").read_text(encoding="utf-8"))
    early = read["run"]["early"]
    n_prompts = sum(task["n_scored"] for task in read["run"]["tasks"])
    n_asked = early["n_asked"] if early["state"] == "rejected" else n_prompts
    return f"{seconds:.0f} s, {n_asked} of {n_prompts} prompts. {read['headline']}"


if __name__ == "__main__":
    main()
