"""GIF: 255 colours chosen beforehand for the whole film, and no dithering, so that no cell changes its kind.

Pillow encodes the frames. It would keep them all until the last is drawn, a gigabyte for a long film, so the few bytes
around them are written here. Format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
"""

from __future__ import annotations

import struct
from typing import IO, Final

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image

from explorer.export.figures.look import PAPER, Look
from explorer.export.film.frames import Film, Pixels
from explorer.presentation.palette import KEPT, UNKNOWN, rgba

_SAME: Final = 255
"""The entry that leaves what the frame before has there."""
_VALUES: Final = 150
"""How many of the colours of values are told apart."""
_BLENDS: Final = {
    "text": 22,
    "muted": 16,
    "accent": 14,
    "validation": 12,
    "accent_ink": 10,
    "border": 8,
    "dropped_mark": 6,
}
"""How many colours there are between the ground and an ink: edges of letters and lines, and lines that are faint."""
_BITS: Final = 6
"""Of each channel, by which a colour is looked up."""

Colours = npt.NDArray[np.uint8]


def write_gif(file: IO[bytes], film: Film) -> None:
    """Write a film that repeats for ever. What does not change from one frame to the next is not written again."""
    colours = gif_colours(film.look)
    table = _entries(colours, _flat(film.look))
    padded = np.zeros((256, 3), np.uint8)
    padded[: len(colours)] = colours
    # 0xF7: a table of 256 colours for all frames.
    file.write(b"GIF89a" + struct.pack("<HHBBB", film.width, film.height, 0xF7, 0, 0) + padded.tobytes())
    file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
    file.write(b"!\xfe" + _sub_blocks(film.about.record.encode("ascii")))
    before: npt.NDArray[np.uint8] | None = None
    for picture, hundredths in zip(film.pictures(), film.durations(100), strict=True):
        entries = table[_places(picture)]
        image, corner = _changed(entries, before)
        before = entries
        options = {"duration": 10 * hundredths, "disposal": 1, "transparency": _SAME}
        for part in GifImagePlugin.getdata(Image.fromarray(image), corner, **options):
            file.write(part)
    file.write(b";")


def _sub_blocks(content: bytes) -> bytes:
    """Content in pieces of at most 255 bytes, each behind its length, and an empty one at the end."""
    pieces = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in (*pieces, b""))


def gif_colours(look: Look) -> Colours:
    """(n, 3) the colours of a film, at most 255."""
    values = look.values[np.linspace(1, KEPT, _VALUES).round().astype(int), :3]
    blends = []
    ground = rgba(look.ground or PAPER)[0, :3].astype(float)
    for name, count in _BLENDS.items():
        ink = rgba(getattr(look.palette, name))[0, :3].astype(float)
        shares = np.linspace(0, 1, count + 2)[1:-1, None]
        blends.append((ground + (ink - ground) * shares).round().astype(np.uint8))
    every = np.concatenate([_flat(look), values, *blends])
    _, first = np.unique(every, axis=0, return_index=True)
    return np.ascontiguousarray(every[np.sort(first)][:_SAME])


def _flat(look: Look) -> Colours:
    """Colours that mean something by themselves."""
    palette = look.palette
    inks = ("text", "muted", "border", "dropped", "dropped_mark", "accent", "accent_ink", "validation")
    colours = [rgba(look.ground or PAPER), *(rgba(getattr(palette, name)) for name in inks)]
    return np.concatenate([*colours, look.values[[0, KEPT, UNKNOWN]]])[:, :3]


def _places(picture: Pixels) -> npt.NDArray[np.uint32]:
    """Where the colour of each pixel stands in the table of `_entries`."""
    # Channel by channel: a product along the last axis takes three times as long.
    wide = picture >> (8 - _BITS)
    place: npt.NDArray[np.uint32] = wide[:, :, 0].astype(np.uint32)
    for channel in (1, 2):
        place <<= _BITS
        place |= wide[:, :, channel]
    return place


def _entries(colours: Colours, flat: Colours) -> npt.NDArray[np.uint8]:
    """(2^18,) the nearest colour of each place; flat colours keep theirs, whatever is near."""
    levels = np.arange(2**_BITS, dtype=np.float32) * (256 / 2**_BITS) + (128 / 2**_BITS)
    green, blue = np.meshgrid(levels, levels, indexing="ij")
    points = np.stack([np.zeros_like(green), green, blue], axis=-1).reshape(-1, 3)
    known = colours.astype(np.float32)
    squares = (known**2).sum(axis=1)
    parts = []
    for red in levels:
        points[:, 0] = red
        parts.append((squares - 2 * points @ known.T).argmin(axis=1).astype(np.uint8))
    table = np.concatenate(parts)
    for colour in flat[::-1]:
        entry = int((colours == colour).all(axis=1).argmax())
        table[_places(colour.reshape(1, 1, 3))[0, 0]] = entry
    return table


def _changed(
    entries: npt.NDArray[np.uint8], before: npt.NDArray[np.uint8] | None
) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """The smallest part of a frame that differs from the one before, and where it begins, across and down."""
    if before is None:
        return entries, (0, 0)
    differs = entries != before
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return np.full((1, 1), _SAME, np.uint8), (0, 0)
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(differs[part], entries[part], np.uint8(_SAME)), (int(columns[0]), int(rows[0]))
