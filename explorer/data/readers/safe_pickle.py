"""Lists of numbers out of a pickled NumPy array, without running anything that the pickle says.

`imdb.npz` holds its reviews as object arrays, which NumPy stores as pickles, and a pickle is a program. Two fences
stand here. First the opcodes are walked: only those that such an array needs may occur, and only so many, so that a
small file cannot ask for much memory. Then an unpickler whose only names are inert stand-ins builds the lists. Lending
it NumPy's real `_reconstruct` and `dtype` would not do: a crafted dtype state makes NumPy take bytes for pointers.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable
from typing import Any, Final

from explorer.data.progress import Cancelled

Tick = Callable[[float], None]
"""Told, several times a second, what share of the pickle is done; may raise `Cancelled`."""

MAX_LISTS: Final = 200_000
"""No array may hold more lists than this; the real ones hold 25,000."""
_MAX_STRUCTURE: Final = 10 * MAX_LISTS
_MAX_OTHERS: Final = 100
_MAX_TEXT: Final = 64
_BUFFER_BYTES: Final = 2**20
_TICK_OPCODES: Final = 2**13

# BININT1, BININT2, BININT: nearly all of the stream, so it is left to a regular expression. Possessive: no way back.
_INTEGERS: Final = re.compile(rb"(?:K.|M..|J....)*+", re.DOTALL)
_GLOBAL: Final = ord("c")
_LONG_BINPUT: Final = ord("r")
_FRAME: Final = 0x95
_STOP: Final = ord(".")
# Opcode -> bytes of its argument. Those of which there are several for each list ...
_STRUCTURE: Final = {
    ord("("): 0,  # MARK
    ord("]"): 0,  # EMPTY_LIST
    ord("a"): 0,  # APPEND
    ord("e"): 0,  # APPENDS
    0x94: 0,  # MEMOIZE
    ord("q"): 1,  # BINPUT
    _LONG_BINPUT: 4,
    ord("h"): 1,  # BINGET
    ord("j"): 4,  # LONG_BINGET
    _FRAME: 8,
}
# ... and those of the array around them.
_OTHERS: Final = {
    0x80: 1,  # PROTO
    0x93: 0,  # STACK_GLOBAL
    ord(")"): 0,  # EMPTY_TUPLE
    0x85: 0,  # TUPLE1
    0x86: 0,  # TUPLE2
    0x87: 0,  # TUPLE3
    ord("t"): 0,  # TUPLE
    ord("R"): 0,  # REDUCE
    ord("b"): 0,  # BUILD
    ord("N"): 0,  # NONE
    0x88: 0,  # NEWTRUE
    0x89: 0,  # NEWFALSE
}
# Opcode -> bytes of the length before its text.
_TEXTS: Final = {
    ord("U"): 1,  # SHORT_BINSTRING, as Python 2 wrote it
    ord("C"): 1,  # SHORT_BINBYTES
    0x8C: 1,  # SHORT_BINUNICODE
    ord("X"): 4,  # BINUNICODE
}


class RefusedError(ValueError):
    """The pickle is not that of an array of lists of numbers; its text says why, without the file's name."""


class _Inert:
    """Stands in for what the pickle names: remembers what it is called with and does nothing."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments
        self.state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Array(_Inert):
    """Stands in for `numpy.ndarray` and for what makes one."""


class _Dtype(_Inert):
    """Stands in for `numpy.dtype`."""


_NAMES: Final[dict[tuple[str, str], type[_Inert]]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise RefusedError(f"its pickle names {module}.{name}, which no list of numbers needs") from None

    def persistent_load(self, pid: object, /) -> Any:
        raise RefusedError("its pickle refers to something outside the file")


class _Stream(io.RawIOBase):
    """The bytes of the pickle, told of each time that more are wanted."""

    def __init__(self, data: bytes, start: int, tick: Tick) -> None:
        super().__init__()
        self._view, self._position, self._tick = memoryview(data), start, tick

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._tick(0.5 + 0.5 * self._position / len(self._view))
        chunk = self._view[self._position : self._position + len(buffer)]
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)


def read_lists(data: bytes, start: int, count: int, tick: Tick = lambda share: None) -> list[list[Any]]:
    """The lists of a pickled one-dimensional object array.

    Args:
        data: The bytes of a `.npy` file.
        start: Where its header ends and the pickle begins.
        count: How many lists the header promises.
        tick: Told of the progress.

    Returns:
        `count` lists; what is in them may still be anything that the opcodes admitted, lists and None included.

    Raises:
        RefusedError: When the pickle is damaged, or holds anything but an array of lists.
        Cancelled: When `tick` says so.
    """
    _check_opcodes(data, start, tick)
    # Buffered, because the unpickler would ask a raw stream for every opcode by itself.
    stream = io.BufferedReader(_Stream(data, start, tick), _BUFFER_BYTES)
    try:
        array = _Unpickler(stream, encoding="latin1").load()
    except (RefusedError, Cancelled):
        raise
    except Exception as error:
        # The unpickler raises whatever a senseless order of opcodes leads to: IndexError, TypeError, AttributeError …
        raise RefusedError("its pickle is damaged") from error
    lists = _contents(array, count)
    for index, item in enumerate(lists):
        if type(item) is not list:
            raise RefusedError(f"review {index} is {_kind(item)} instead of a list of word ids")
    return lists


def _contents(array: object, count: int) -> list[Any]:
    state = array.state if type(array) is _Array else None
    if not (isinstance(state, tuple) and len(state) == 5):
        raise RefusedError("its pickle is not that of a NumPy array")
    _, shape, dtype, _, items = state
    if not (type(dtype) is _Dtype and dtype.arguments[:1] in (("O8",), ("O4",), ("O",), ("|O",))):
        raise RefusedError("its pickle is not that of an array of lists")
    if type(items) is not list or shape != (count,) or len(items) != count:
        raise RefusedError(f"its header promises {count} reviews and its pickle holds another number")
    return items


def _kind(item: object) -> str:
    return "None" if item is None else f"of type {type(item).__name__}"


def _check_opcodes(data: bytes, start: int, tick: Tick) -> None:
    position, structure, others = start, 0, 0
    end = len(data)
    while True:
        match = _INTEGERS.match(data, position)
        position = match.end() if match else position
        if position >= end:
            raise RefusedError("its pickle ends too early")
        opcode = data[position]
        size = _STRUCTURE.get(opcode)
        if size is not None:
            structure += 1
            if structure % _TICK_OPCODES == 0:
                tick(0.5 * position / end)
            if opcode in (_LONG_BINPUT, _FRAME):
                # The unpickler makes its table as large as an index says, and a buffer as large as a frame says.
                number = int.from_bytes(data[position + 1 : position + 1 + size], "little")
                if number > (_MAX_STRUCTURE if opcode == _LONG_BINPUT else end - position):
                    raise RefusedError("its pickle asks for too much memory")
            position += 1 + size
        elif opcode == _STOP:
            break
        else:
            others += 1
            position += 1 + _argument(data, position, opcode)
        if structure > _MAX_STRUCTURE or others > _MAX_OTHERS:
            raise RefusedError("its pickle holds more than lists of word ids")
    if position + 1 != end:
        raise RefusedError("something follows its pickle")


def _argument(data: bytes, position: int, opcode: int) -> int:
    """The bytes that an opcode's argument takes."""
    size = _OTHERS.get(opcode)
    if size is not None:
        return size
    width = _TEXTS.get(opcode)
    if width is not None:
        length = int.from_bytes(data[position + 1 : position + 1 + width], "little")
        if length <= _MAX_TEXT:
            return width + length
    elif opcode == _GLOBAL:
        lines = re.compile(rb"[^\n]{0,64}\n[^\n]{0,64}\n").match(data, position + 1)
        if lines:
            return lines.end() - position - 1
    raise RefusedError(f"its pickle holds {_opcode_name(opcode)} at byte {position}, which no list of word ids needs")


def _opcode_name(opcode: int) -> str:
    from pickletools import opcodes

    name = next((known.name for known in opcodes if known.code == chr(opcode)), None)
    return f"the opcode {name}" if name else f"the byte {opcode}"
