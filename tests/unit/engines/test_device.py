"""Naming the processor: stable, cheap, and never without a name."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from clue_lib.engines import device

SIMD = np.show_config(mode="dicts").get("SIMD Extensions", {})


def described(root, **env):
    code = "import sys; from clue_lib.engines import device; print(device.describe('cpu').capability)"
    code += "; assert 'torch' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=os.environ | env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_cpu_is_named_by_its_widest_instructions(root):
    found = device.describe("cpu")
    widest = [*SIMD.get("baseline", []), *SIMD.get("found", [])][-1:]
    assert found == device.Processor(device="cpu", capability="+".join([platform.machine(), *widest]))
    assert described(root) == found.capability


@pytest.mark.skipif(not SIMD.get("found"), reason="this processor has no instructions that numpy could do without")
def test_fewer_instructions_are_another_capability(root):
    # numpy reads NPY_DISABLE_CPU_FEATURES at import: a processor of the build's baseline, whose list of others is gone.
    plain = described(root, NPY_DISABLE_CPU_FEATURES=" ".join(SIMD["found"]))
    assert plain == "+".join([platform.machine(), *SIMD.get("baseline", [])[-1:]])
    assert plain != described(root)


def test_auto_is_one_of_the_two():
    found = device.describe("auto")
    assert found.device == "cuda" or found == device.describe("cpu")
    assert found.capability
