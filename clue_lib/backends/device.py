"""Which processor an engine will use, found without initialising it."""

import platform

import numpy as np

from clue_lib.backends.base import Fingerprint


def describe(wanted: str) -> Fingerprint:
    """Device kind and processor capability for `wanted` (auto, cpu or cuda…).

    GPUs are asked through NVML, which creates no CUDA context; a CPU is named by its widest vector instructions, since
    the kernels chosen by them, and so the last bits, depend on these and not on the product's name.
    """
    gpu = None if wanted == "cpu" else _first_gpu()
    if gpu is not None:
        return {"device": "cuda", "capability": gpu}
    return {"device": "cpu", "capability": "+".join([platform.machine(), *_simd()[-1:]])}


def _simd() -> list[str]:
    """The processor's vector instruction sets, narrowest first; numpy leaves out a list that is empty."""
    known = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return [*known.get("baseline", ()), *known.get("found", ())]


def _first_gpu() -> str | None:
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(0)  # a driver without a device fails only here
        major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
        return f"{pynvml.nvmlDeviceGetName(handle)} sm_{major}{minor}"
    except pynvml.NVMLError:
        return None
