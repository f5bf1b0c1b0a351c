"""Arrays as bytes of the NPY format, and back without trusting a byte of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

HEADER_ROOM = 4096
"""More bytes than the header of any array of ours takes."""


def to_bytes(array: npt.NDArray[Any]) -> bytes:
    """An array as the content of an NPY file."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return file.getvalue()


def from_bytes(data: bytes, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A read-only array of the type and shape that were expected.

    The header is compared before anything is made of it: a hostile one can neither ask for memory nor for objects.

    Raises:
        ValueError: For anything else; the text says what.
    """
    file = io.BytesIO(data)
    expected = np.dtype(dtype).newbyteorder("<")
    try:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"is of version {version[0]}.{version[1]} of the NPY format, not 1.0")
        told, fortran, found = np.lib.format.read_array_header_1_0(file, max_header_size=HEADER_ROOM)
    except ValueError:
        raise
    except Exception as error:  # a damaged header fails in a dozen ways, also inside Python's parser
        raise ValueError("has a damaged header") from error
    if fortran:
        raise ValueError("is in Fortran order, not in C order")
    if found != expected or told != shape:
        raise ValueError(f"holds {_text(found, told)} where {_text(expected, shape)} is expected")
    rest = data[file.tell() :]
    if len(rest) != expected.itemsize * int(np.prod(shape, dtype=object)):
        raise ValueError(f"holds {len(rest)} bytes of numbers where {_text(expected, shape)} is expected")
    array: npt.NDArray[Any] = np.frombuffer(rest, expected).reshape(shape)
    return array.astype(expected.newbyteorder("="), copy=False)


def _text(dtype: Any, shape: tuple[int, ...]) -> str:
    kind = "a table" if getattr(dtype, "names", None) else str(dtype)
    return f"{kind} of shape ({', '.join(map(str, shape))})"
