"""Films are read back by what others read them with: Pillow, and ffmpeg."""

import importlib.util
import subprocess
import tracemalloc

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from explorer.data.progress import Cancelled, silent
from explorer.engine.history import History
from explorer.export.figures import EquationFigure
from explorer.export.figures.cell_map import CellMap
from explorer.export.figures.look import Look
from explorer.export.files import WriteError
from explorer.export.film import film_note, film_of, film_steps, write_film
from explorer.export.film.frames import Film
from explorer.export.film.gif import gif_colours, write_gif
from explorer.export.film.mp4 import write_mp4
from explorer.export.film.webp import write_webp
from explorer.export.provenance import Provenance
from explorer.export.request import FILM_FORMATS, ExportRequest
from explorer.presentation.cells import value_cells
from explorer.presentation.palette import DROPPED, KEPT, UNKNOWN, rgba
from tests.export.runs import train, trained
from tests.gui.exported import record

SMALL = ExportRequest(
    what="film",
    formats="gif",
    size="custom",
    width=640,
    height=400,
    dpi=72,
    reviews=8,
    first=2,
    last=5,
    frames_per_second=30,
)


def read(path):
    """The frames (n, height, width, 3) of a film, and how long it is in seconds."""
    if path.suffix == ".mp4":
        # As pictures that tell their own size: "P6", width and height, 255, pixels.
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
        process = subprocess.run([*ffmpeg, "-f", "image2pipe", "-c:v", "ppm", "-"], capture_output=True, check=True)
        head = process.stdout.split(b"\n", 3)[:3]
        width, height = map(int, head[1].split())
        begins, size = sum(len(line) + 1 for line in head), 3 * width * height
        frames = np.frombuffer(process.stdout, np.uint8).reshape(-1, begins + size)[:, begins:]
        return frames.reshape(-1, height, width, 3), imageio_ffmpeg.count_frames_and_secs(path)[1]
    frames, milliseconds = [], 0
    with Image.open(path) as image:
        for k in range(image.n_frames):
            image.seek(k)
            frames.append(np.asarray(image.convert("RGB")))
            milliseconds += image.info["duration"]
    return np.stack(frames), milliseconds / 1000


def centres(cell_map):
    """Where the cells of a map are in a frame: rows and columns of pixels, off the stroke that crosses dropped ones."""
    box = cell_map.axes.bbox
    rows, units = cell_map.cells.shape
    height = cell_map.axes.figure.bbox.height
    down = height - box.y1 + (np.arange(rows) + 0.3) * box.height / rows
    across = box.x0 + (np.arange(units) + 0.3) * box.width / units
    return down.astype(int)[:, None], across.astype(int)


def maps_of(figure):
    """The maps of activation, mask and output."""
    every = [artist for axes in figure.figure.axes for artist in axes.artists if isinstance(artist, CellMap)]
    return [each for each in every if len(each.cells) > 1]  # the others are colour bars


def nearest(pixels, colours):
    """(…,) which of some colours a pixel comes nearest to."""
    differences = pixels[..., None, :].astype(int) - np.asarray(colours).astype(int)
    return (differences**2).sum(axis=-1).argmin(axis=-1)


@pytest.mark.parametrize(("form", "theme"), [("gif", "light"), ("gif", "dark"), ("webp", "light"), ("mp4", "dark")])
def test_every_cell_of_every_frame_has_the_colour_of_its_mask(form, theme, tmp_path):
    run, snapshots, _ = trained(written_as="numpy", rate_2=0.3)
    request = SMALL.replace(theme=theme)
    path = tmp_path / f"film.{form}"
    write_film(path, request, run, silent)
    frames, seconds = read(path)
    assert frames.shape == (4, 400, 640, 3)
    assert seconds == pytest.approx(4 / 30, abs=0.011)
    look = Look.of(request)
    figure = EquationFigure(request, run, run.snapshot(2), progress=(2, 5), item="film")
    activation, mask, output = maps_of(figure)
    flat = [rgba(look.palette.dropped)[0, :3], rgba(look.palette.accent)[0, :3]]
    for frame, snapshot in zip(frames, snapshots[1:5], strict=True):
        place = snapshot.training.place(2)
        np.testing.assert_array_equal(nearest(frame[centres(mask)], flat), place.mask[:8])
        # Dropped, zero by relu, or a value: in the output these are three things.
        kinds = np.where(place.mask[:8], np.where(place.activation[:8] == 0, 1, 2), 0)
        colours = np.vstack([look.values[DROPPED, :3], look.values[0, :3], look.values[1 : KEPT + 1, :3]])
        told = np.minimum(nearest(frame[centres(output)], colours), 2)
        np.testing.assert_array_equal(told, kinds)
        if form != "mp4":
            assert (frame[centres(mask)] == np.asarray(flat)[place.mask[:8].astype(int)]).all()
    if form == "webp":
        for frame, step in zip(frames, range(2, 6), strict=True):
            figure.update(run.snapshot(step))
            np.testing.assert_array_equal(frame, figure.rgba()[:, :, :3])
    assert len(np.unique(frames[:, :, :, 0].reshape(4, -1), axis=0)) == 4  # no two frames alike
    assert [path.name for path in tmp_path.iterdir()] == [path.name]
    assert activation.cells.shape == value_cells(place.activation[:8], 1.0).shape


def test_the_colours_of_a_gif_keep_all_kinds_of_cells_apart():
    for theme in ("light", "dark"):
        for name in ("viridis", "cividis", "plasma"):
            look = Look.of(ExportRequest(theme=theme, colour_map=name))
            colours = gif_colours(look)
            assert len(colours) <= 255
            kinds = np.vstack([look.values[[0, 1, KEPT, UNKNOWN, DROPPED]], look.mask[[KEPT]]])[:, :3]
            entries = nearest(kinds, colours)
            assert len(set(entries.tolist())) == len(kinds)
            np.testing.assert_array_equal(colours[entries], kinds)


@pytest.mark.parametrize("per_second", [1, 7, 24, 30])
def test_a_film_keeps_time(per_second, tmp_path):
    run, _, _ = trained()
    film = film_of(SMALL.replace(frames_per_second=per_second, first=1, last=0), run, silent)
    assert film.frames == 6
    for units in (100, 1000):
        durations = film.durations(units)
        assert sum(durations) == round(units * 6 / per_second)
        assert max(durations) - min(durations) <= 1


def test_an_odd_size_grows_by_a_pixel_where_the_format_wants_it(tmp_path):
    run, _, _ = trained()
    request = SMALL.replace(width=641, height=401, last=3)
    for form, size in (("gif", (401, 641)), ("webp", (401, 641)), ("mp4", (402, 642))):
        write_film(tmp_path / f"film.{form}", request, run, silent)
        frames, _ = read(tmp_path / f"film.{form}")
        assert frames.shape[:3] == (2, *size)


def test_a_single_batch_is_a_film_too(tmp_path):
    run, _, _ = trained()
    for form in FILM_FORMATS:
        write_film(tmp_path / f"film.{form}", SMALL.replace(last=2), run, silent)
    assert len(read(tmp_path / "film.mp4")[0]) == 1
    for form in ("gif", "webp"):
        with Image.open(tmp_path / f"film.{form}") as image:
            assert image.size == (640, 400)


def test_masks_are_filmed_also_where_activations_were_let_go(tmp_path):
    history = History(3, reviews_shown=8, activation_budget_bytes=0)
    run, snapshots, _ = train(history)
    write_film(tmp_path / "film.webp", SMALL, run, silent)
    frames, _ = read(tmp_path / "film.webp")
    look = Look.of(SMALL)
    activation, mask, _ = maps_of(EquationFigure(SMALL, run, run.snapshot(2), progress=(2, 5), item="film"))
    for frame, snapshot in zip(frames, snapshots[1:5], strict=True):
        kept = (frame[centres(mask)] == rgba(look.palette.accent)[0, :3]).all(axis=-1)
        np.testing.assert_array_equal(kept[: len(snapshot.rows)], snapshot.training.place(2).mask[:8])
        assert (frame[centres(activation)] == rgba(look.palette.unknown)[0, :3]).all()


def test_of_a_thinned_run_the_batches_with_activations_are_filmed(tmp_path):
    history = History(3, reviews_shown=8)
    run, snapshots, _ = train(history)
    history.shrink(history.activation_bytes // 2)
    kept = [step for step in range(1, 7) if history.has_activations(step)]
    assert len(kept) == 3
    request = SMALL.replace(first=1, last=0)
    assert film_steps(request, history).tolist() == kept
    assert film_note(request, history) == (
        "Film: 3 of 6 batches; of the others the activations were let go, to save memory."
    )
    write_film(tmp_path / "film.webp", request, run, silent)
    frames, _ = read(tmp_path / "film.webp")
    assert len(frames) == 3
    look = Look.of(request)
    activation, mask, _ = maps_of(EquationFigure(request, run, run.snapshot(1), progress=(1, 6), item="film"))
    for frame, step in zip(frames, kept, strict=True):
        shown = (frame[centres(mask)] == rgba(look.palette.accent)[0, :3]).all(axis=-1)
        np.testing.assert_array_equal(shown[:8], snapshots[step - 1].training.place(2).mask[:8][: len(shown)])
        assert not (frame[centres(activation)] == rgba(look.palette.unknown)[0, :3]).all(axis=-1).any()


def test_a_film_of_batches_without_activations_says_so_and_which_has_them():
    history = record(60).history
    history.shrink(20_000)
    gone = next(step for step in range(20, 40) if not history.has_activations(step))
    nearest = history.nearest_with_activations(gone)
    assert film_note(SMALL.replace(first=gone, last=gone), history) == (
        f"Film: of batches {gone} to {gone} no activations are kept, so its cells are grey; "
        f"the nearest batch that has them is {nearest}."
    )
    history.shrink(0)
    assert film_note(SMALL.replace(first=2, last=3), history) == (
        "Film: of batches 2 to 3 no activations are kept, so its cells are grey."
    )


def test_a_long_film_is_thinned_evenly_and_says_so():
    history = record(1502).history
    steps = film_steps(SMALL.replace(first=2, last=0), history)
    assert (len(steps), steps[0], steps[-1]) == (1000, 2, 1502)
    assert set(np.diff(steps)) == {1, 2}
    assert film_note(SMALL.replace(first=2, last=0), history) == (
        "Film: 1,000 of 1,501 batches; a film has 1,000 frames at most, evenly spread."
    )
    assert film_note(SMALL.replace(first=2, last=1001), history) == ""


@pytest.mark.parametrize("form", FILM_FORMATS)
def test_a_place_that_takes_no_more_is_a_sentence_and_the_old_film_stays(form, tmp_path):
    import resource

    run, _, _ = trained()
    target = tmp_path / f"film.{form}"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(
            WriteError, match=rf"film\.{form} could not be written: File too large; choose another place"
        ):
            write_film(target, SMALL, run, silent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("form", FILM_FORMATS)
def test_what_is_cancelled_leaves_the_old_film_and_no_remains(form, tmp_path):
    run, _, _ = trained()
    target = tmp_path / f"film.{form}"
    target.write_bytes(b"old")
    told = []

    def cancel(message, fraction=None):
        told.append((message, fraction))
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_film(target, SMALL, run, cancel)
    assert told == [("Drawing batch 2", 0.0), ("Drawing batch 3", 0.25), ("Drawing batch 4", 0.5)]
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("form", FILM_FORMATS)
def test_the_end_is_reported(form, tmp_path):
    run, _, _ = trained()
    told = []
    write_film(tmp_path / f"film.{form}", SMALL, run, lambda message, fraction=None: told.append(fraction))
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("write", [write_gif, write_webp, write_mp4])
def test_a_long_film_takes_no_more_memory_than_a_short_one(write, tmp_path):
    shape = (240, 320, 3)
    about = Provenance("Film", "", "{}")

    def peak(frames):
        def pictures():
            for k in range(frames):
                yield np.full(shape, 8 * k, np.uint8)

        tracemalloc.start()
        with open(tmp_path / "film", "wb") as file:
            write(file, Film(320, 240, frames, 30, Look.of(SMALL), about, pictures))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(1)  # what is made once
    assert peak(30) < peak(3) + 3 * 320 * 240 * 3


def test_what_cannot_be_filmed_is_a_sentence(tmp_path, monkeypatch):
    run, _, _ = trained()
    nothing, _, _ = trained(epochs=0)
    with pytest.raises(ValueError, match=r"a film ends in \.gif, \.webp or \.mp4, got 'film\.avi'"):
        write_film(tmp_path / "film.avi", SMALL, run, silent)
    with pytest.raises(ValueError, match="a film from batch 2 to 7 is not to be had of a run of 6 batches"):
        write_film(tmp_path / "film.gif", SMALL.replace(last=7), run, silent)
    with pytest.raises(ValueError, match="a film from batch 5 to 4 "):
        write_film(tmp_path / "film.gif", SMALL.replace(first=5, last=4), run, silent)
    with pytest.raises(ValueError, match="no batch yet"):
        write_film(tmp_path / "film.gif", SMALL, nothing, silent)
    with pytest.raises(WriteError, match="its folder does not exist"):
        write_film(tmp_path / "missing" / "film.mp4", SMALL, run, silent)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r'install it with pip install "dropout-explorer\[film\]"'):
        write_film(tmp_path / "film.mp4", SMALL, run, silent)
    assert not list(tmp_path.iterdir())
