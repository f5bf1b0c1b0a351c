"""MP4: H.264 as every player, browser and presentation program takes it, by the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO, Final

import numpy as np

from explorer.export.film.frames import Film

_CODEC: Final = "libx264"
# High definition is read as BT.709; unless told, ffmpeg writes the colours of older television.
_COLOURS: Final = (
    "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)
_ENCODING: Final = ["-preset", "veryfast", "-crf", "16", "-movflags", "+faststart"]


def require_ffmpeg() -> None:
    """Refuse where imageio-ffmpeg is not installed.

    Raises:
        ValueError: With a sentence.
    """
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        raise ValueError(
            "an MP4 film needs imageio-ffmpeg, which is not installed; install it with pip install "
            '"dropout-explorer[film]", or choose GIF or WebP'
        )


def write_mp4(file: IO[bytes], film: Film) -> None:
    """Write a film. An odd width or height grows by a pixel: colours are kept for squares of four.

    Raises:
        OSError: When ffmpeg could not write it all.
    """
    import imageio_ffmpeg

    odd = film.height % 2, film.width % 2
    size = film.width + odd[1], film.height + odd[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"  # ffmpeg wants a name, and goes back to its beginning at the end
        frames = imageio_ffmpeg.write_frames(
            path,
            size,
            fps=film.per_second,
            codec=_CODEC,
            quality=None,
            macro_block_size=2,
            ffmpeg_log_level="error",
            output_params=["-vf", _COLOURS, *_ENCODING],
        )
        frames.send(None)
        with closing(frames):
            for picture in film.pictures():
                frames.send(np.pad(picture, ((0, odd[0]), (0, odd[1]), (0, 0)), "edge") if any(odd) else picture)
        written = _frames_in(path)
        if written != film.frames:
            raise OSError(f"ffmpeg wrote {written} of {film.frames} frames")
        with open(path, "rb") as film_file:
            shutil.copyfileobj(film_file, file)


def _frames_in(path: Path) -> int:
    """How many frames a film has; ffmpeg's ending is not told by what runs it."""
    import imageio_ffmpeg

    try:
        frames: int = imageio_ffmpeg.count_frames_and_secs(path)[0]
    except (OSError, RuntimeError):
        return 0
    return frames
