from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from explorer.export.figures import FIGURES, draw, figure_pixels, preview, render
from explorer.export.request import FIGURE_FORMATS, ITEMS, ExportRequest
from tests.export.figures.drawn import opened
from tests.export.records import record

SMALL = ExportRequest(size="custom", width=480, height=320)


def test_every_item_that_has_pictures_is_a_figure() -> None:
    assert set(FIGURES) == {item.name for item in ITEMS if set(FIGURE_FORMATS) <= set(item.formats)}


@pytest.mark.parametrize("size", ["slide", "column", "page", "custom"])
def test_a_png_has_the_pixels_that_were_asked_for(size: str, run) -> None:
    request = ExportRequest(size=size, width=1011, height=777, dpi=97)
    item = "units" if size == "page" else "comparison"
    picture = opened(render(item, "png", request, run))
    assert (picture.shape[1], picture.shape[0]) == figure_pixels(item, request)
    if size != "page":  # where two rows of plots are higher
        assert figure_pixels(item, request) == request.figure_size.pixels


@pytest.mark.parametrize("item", ["equation-both", "loss", "network"])
def test_a_preview_is_the_very_figure(item: str, run, others) -> None:
    whole = render(item, "png", SMALL, run, others)
    assert np.array_equal(opened(preview(item, SMALL, run, others, width=480)), opened(whole))
    half = opened(preview(item, SMALL, run, others, width=240)).astype(float)
    assert half.shape == (160, 240, 4)
    smaller = opened(whole).reshape(160, 2, 240, 2, 4).mean(axis=(1, 3))
    # Cells and thin lines fall on other pixels; what is where does not change.
    assert np.abs(half - smaller).mean() < 6


def test_the_same_request_gives_the_same_bytes_here_and_in_another_process_without_qt() -> None:
    code = (
        "import sys\n"
        "from tests.export.figures.test_drawing import fingerprints\n"
        "print(*fingerprints())\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'PySide6', 'pyqtgraph', 'tensorflow'}))\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    told, loaded, pyplot = process.stdout.splitlines()
    assert told.split() == fingerprints() == fingerprints()
    assert (loaded, pyplot) == ("[]", "False")


def fingerprints() -> list[str]:
    """Of one figure in every format."""
    return [
        hashlib.sha256(render("equation-training", format, SMALL, record(1))).hexdigest() for format in FIGURE_FORMATS
    ]


def test_a_file_says_nothing_of_when_it_was_made(run) -> None:
    for format in FIGURE_FORMATS:
        written = render("comparison", format, SMALL, run)
        for word in (b"CreationDate", b"dc:date", b"tIME", b"Producer"):
            assert word not in written


def test_what_cannot_be_drawn_is_refused_with_a_sentence(run) -> None:
    with pytest.raises(ValueError, match="item must be one of"):
        draw("film", SMALL, run)
    with pytest.raises(ValueError, match="format must be one of png, svg, pdf"):
        render("loss", "gif", SMALL, run)
    with pytest.raises(ValueError, match="there is no batch 999"):
        draw("network", SMALL.replace(step=999), run)
    with pytest.raises(ValueError, match="none yet; train it first"):
        draw("equation-training", SMALL, record(0))
    with pytest.raises(ValueError, match="width must be 1 or more"):
        preview("loss", SMALL, run, width=0)


@pytest.mark.parametrize("item", ["loss", "accuracy", "units", "comparison"])
def test_a_run_without_a_batch_is_told_so_and_does_no_harm(item: str) -> None:
    assert opened(render(item, "png", SMALL, record(0))).shape == (320, 480, 4)


def test_figures_leave_the_settings_of_matplotlib_alone(run) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    render("loss", "svg", SMALL, run)
    assert dict(matplotlib.rcParams) == before
