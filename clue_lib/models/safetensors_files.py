"""Reads the head of a safetensors file: eight bytes that say how long it is, then JSON, then the tensors' bytes."""

import math
import struct
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from clue_lib import files
from clue_lib.errors import ModelError
from clue_lib.text import shorten

DTYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
"""The number formats of unquantised weights: safetensors' name, torch's name."""

_BITS = {
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
    **{"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6},
}
"""Bits of one element, by number format (safetensors' `Dtype::bitsize`); a later version may have others."""

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_Shape = Annotated[tuple[_Count, ...], msgspec.Meta(max_length=64)]  # NumPy's limit: else their product is endless

_LARGEST_HEADER = 100_000_000
"""Bytes; the format's own limit."""


class _Tensor(msgspec.Struct, frozen=True):
    """What the head says of one tensor: where its bytes begin and end, counted from the end of the head."""

    dtype: str
    shape: _Shape
    data_offsets: tuple[_Count, _Count]

    @property
    def is_consistent(self) -> bool:
        """Whether it has the bytes that its shape needs; where the number format is not known, whether it may."""
        begin, end = self.data_offsets
        bits = _BITS.get(self.dtype)
        return begin <= end if bits is None else 8 * (end - begin) == bits * math.prod(self.shape)


def tensor_names(path: Path) -> list[str]:
    """The names of the tensors in the file. Raises ModelError where it is no safetensors file."""
    tensors, _ = _head(path)
    return list(tensors)


def check_whole(path: Path) -> None:
    """Raise ModelError where the file is no safetensors file, its head contradicts itself, or it is cut short."""
    tensors, start = _head(path)
    _check_consistent(path, tensors)
    needed = start + max((tensor.data_offsets[1] for tensor in tensors.values()), default=0)
    n_bytes = path.stat().st_size
    if n_bytes < needed:
        raise ModelError(f"{path} is cut short: {n_bytes:,} of {needed:,} bytes; fetch or save it anew")


def _check_consistent(path: Path, tensors: Mapping[str, _Tensor]) -> None:
    wrong = next((name for name, tensor in tensors.items() if not tensor.is_consistent), None)
    if wrong is not None:
        told = shorten(wrong, 80)
        raise ModelError(f"{path}: the place of tensor {told} does not fit its shape; fetch or save it anew")


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
