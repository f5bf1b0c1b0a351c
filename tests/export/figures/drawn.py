"""What is on a figure, for tests."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from explorer.export.figures.settled import agg_canvas, settled

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Written:
    """A text and where it stands, in pixels from the lower left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def texts(figure: Figure) -> list[str]:
    """Every text that is shown."""
    return [written.text for written in places(figure)]


def places(figure: Figure) -> list[Written]:
    """Every text that is shown, and where."""
    with settled():
        renderer = agg_canvas(figure).get_renderer()
        figure.draw_without_rendering()
        found = []
        for text in figure.findobj(Text):
            hidden = not text.get_visible() or (text.axes is not None and not text.axes.axison)
            if not hidden and text.get_text().strip():
                box = text.get_window_extent(renderer)
                found.append(Written(text.get_text(), box.x0, box.y0, box.x1, box.y1))
        return found


def cramped(figure: Figure) -> list[str]:
    """Texts that reach over the edge of a figure or over each other; their lines are a little higher than letters."""
    found = places(figure)
    wide, high = figure.bbox.width, figure.bbox.height
    problems = [
        f"{each.text!r} is cut by the edge"
        for each in found
        if each.left < 0 or each.bottom < 0 or each.right > wide or each.top > high
    ]
    for one, other in combinations(found, 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        up = min(one.top, other.top) - max(one.bottom, other.bottom)
        if one != other and across > 1 and up > 0.25 * min(one.top - one.bottom, other.top - other.bottom):
            problems.append(f"{one.text!r} overlaps {other.text!r}")
    return problems


def opened(png: bytes) -> Pixels:
    """(height, width, 4) a PNG's pixels."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGBA"))


def on_white(pixels: Pixels) -> npt.NDArray[np.float64]:
    """(height, width, 3) what is seen of a picture on white paper."""
    alpha = pixels[..., 3:] / 255.0
    return pixels[..., :3] * alpha + 255.0 * (1.0 - alpha)


def softened(picture: npt.NDArray[np.float64], by: int = 4) -> npt.NDArray[np.float64]:
    """A picture made smaller: letters are drawn a little differently everywhere, but not elsewhere."""
    high, wide = picture.shape[0] // by * by, picture.shape[1] // by * by
    return picture[:high, :wide].reshape(high // by, by, wide // by, by, 3).mean(axis=(1, 3))
