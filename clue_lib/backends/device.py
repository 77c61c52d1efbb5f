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
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return {"device": "cpu", "capability": "+".join([platform.machine(), *found[-1:]])}


def _first_gpu() -> str | None:
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
    return f"{pynvml.nvmlDeviceGetName(handle)} sm_{major}{minor}"
