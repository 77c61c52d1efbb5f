"""Which processors an engine may use. None is initialised by asking: this process must never hold a GPU's memory."""

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """What an engine computes on: `device` is cpu or cuda, `capability` the kind of it that decides the last bits."""

    device: str
    capability: str


def describe(wanted: str) -> Processor:
    """The processor that an engine uses where `wanted` is auto, cpu or cuda….

    A CPU is named by its widest vector instructions, since the kernels chosen by them, and so the last bits, depend on
    these and not on the product's name.
    """
    gpus = visible_gpus() if wanted != "cpu" else ()
    if gpus:
        return Processor(device="cuda", capability=_capability(gpus[0]))
    return Processor(device="cpu", capability="+".join([platform.machine(), *_simd()[-1:]]))


def visible_gpus() -> tuple[str, ...]:
    """The GPUs that an engine would see, as CUDA_VISIBLE_DEVICES names them; none where torch is a CPU build.

    They are counted through NVML, which takes no memory on any and knows nothing of CUDA_VISIBLE_DEVICES.
    """
    try:
        if importlib.metadata.version("torch").endswith("+cpu"):
            return ()
    except importlib.metadata.PackageNotFoundError:
        return ()
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    present = tuple(str(index) for index in range(_n_gpus()))
    if named is None or not present:
        return present
    return tuple(name for name in named.split(",") if name and name != "-1")


def n_memory_nodes() -> int:
    """In how many parts the processors and their memory are divided (NUMA nodes): over so many a CPU engine spreads."""
    return max(1, len(list(Path("/sys/devices/system/node").glob("node[0-9]*"))))


def memory() -> str:
    """How much memory there is for weights and cache, in words."""
    gpus = visible_gpus()
    if not gpus:
        n_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return f"{n_bytes / 1e9:.0f} GB of memory"
    import pynvml

    n_bytes = sum(pynvml.nvmlDeviceGetMemoryInfo(_handle(gpu)).total for gpu in gpus)
    plural = "s" if len(gpus) > 1 else ""
    return f"{n_bytes / 1e9:.0f} GB on {len(gpus)} GPU{plural}"


def _simd() -> list[str]:
    """The processor's vector instruction sets, narrowest first; numpy leaves out a list that is empty."""
    import numpy as np  # here, since whoever only names an engine need not wait for it

    known = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return [*known.get("baseline", ()), *known.get("found", ())]


def _n_gpus() -> int:
    try:
        import pynvml
    except ImportError:
        return 0
    try:
        pynvml.nvmlInit()
        return int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError:
        return 0


def _capability(gpu: str) -> str:
    """Product and compute capability of a GPU named by index or UUID."""
    import pynvml

    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(_handle(gpu))
    return f"{pynvml.nvmlDeviceGetName(_handle(gpu))} sm_{major}{minor}"


def _handle(gpu: str) -> Any:
    import pynvml

    if gpu.isdigit():
        return pynvml.nvmlDeviceGetHandleByIndex(int(gpu))
    return pynvml.nvmlDeviceGetHandleByUUID(gpu)
