"""Reads the head of a safetensors file: eight bytes that say how long it is, then JSON, then the tensors' bytes."""

import struct
from collections import Counter
from pathlib import Path

import msgspec

from clue_lib import files
from clue_lib.errors import ModelError

DTYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
"""The number formats of unquantised weights: safetensors' name, torch's name."""

_LARGEST_HEADER = 100_000_000
"""Bytes; the format's own limit."""


class _Tensor(msgspec.Struct, frozen=True):
    """What the head says of one tensor: where its bytes lie, counted from the end of the head."""

    dtype: str
    data_offsets: tuple[int, int]


def tensor_names(path: Path) -> list[str]:
    """The names of the tensors in the file. Raises ModelError where it is no safetensors file."""
    tensors, _ = _head(path)
    return list(tensors)


def check_whole(path: Path) -> None:
    """Raise ModelError where the file is no safetensors file, or shorter than its head says."""
    tensors, start = _head(path)
    needed = start + max((tensor.data_offsets[1] for tensor in tensors.values()), default=0)
    n_bytes = path.stat().st_size
    if n_bytes < needed:
        raise ModelError(f"{path} is cut short: {n_bytes:,} of {needed:,} bytes; fetch or save it anew")


def most_common_dtype(path: Path) -> str | None:
    """The number format of most tensors, by torch's name; None where the file has none that is known."""
    tensors, _ = _head(path)
    counted = Counter(tensor.dtype for tensor in tensors.values())
    return next((DTYPES[dtype] for dtype, _ in counted.most_common() if dtype in DTYPES), None)


def _head(path: Path) -> tuple[dict[str, _Tensor], int]:
    """Every tensor by name, and the offset at which their bytes begin."""
    try:
        with files.open_regular(path) as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LARGEST_HEADER:
                raise ModelError(f"{path} is no safetensors file; fetch or save it anew")
            text = file.read(length)
            files.check_elements(path, text)
            head = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            head.pop("__metadata__", None)
            return {name: msgspec.json.decode(raw, type=_Tensor) for name, raw in head.items()}, 8 + length
    except (OSError, struct.error, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise ModelError(f"{path} is no safetensors file ({error}); fetch or save it anew") from error
