"""MP4: H.264 as every player, browser and presentation program takes it, by the ffmpeg that imageio-ffmpeg brings.

ffmpeg is started here and not by imageio-ffmpeg, which tells neither its ending nor what it says: a disk that is full
would be a page of ffmpeg's own words, and what it left behind a film.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Final

import numpy as np

from explorer import temporaries
from explorer.export.film.frames import Film

# High definition is read as BT.709; unless told, ffmpeg writes the colours of older television.
_COLOURS: Final = (
    "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)
_ENCODING: Final = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "16")
_REASONS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EIO)


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

    Args:
        file: With a name on the disk: ffmpeg goes back to its beginning at the end.
        film: What.

    Raises:
        OSError: When ffmpeg could not write it all.
    """
    from imageio_ffmpeg import get_ffmpeg_exe

    odd = film.height % 2, film.width % 2
    size = f"{film.width + odd[1]}x{film.height + odd[0]}"
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(film.per_second), "-i", "-")
    about = ("-metadata", f"title={film.about.title}", "-metadata", f"comment={film.about.record}")
    target = (*about, "-vf", _COLOURS, *_ENCODING, "-movflags", "+faststart", "-f", "mp4", file.name)
    process = subprocess.Popen(
        [get_ffmpeg_exe(), "-y", "-v", "error", *source, *target],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        restore_signals=False,  # a file too large is an error to be told, not the end
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin is not None
    assert process.stderr is not None
    with process, temporaries.child(process), ThreadPoolExecutor(1) as listening:
        said = listening.submit(process.stderr.read)
        try:
            for picture in film.pictures():
                process.stdin.write(np.pad(picture, ((0, odd[0]), (0, odd[1]), (0, 0)), "edge").tobytes())
            process.stdin.close()
            process.wait()
        except BrokenPipeError:
            process.wait()  # it has ended by itself, and says why
        except BaseException:
            process.kill()
            raise
        if process.returncode:
            raise _failure(said.result().decode(errors="replace"), process.returncode)


def _failure(said: str, code: int) -> OSError:
    for reason in _REASONS:
        if os.strerror(reason) in said:
            return OSError(reason, os.strerror(reason))
    last = (said.strip().splitlines() or [f"its exit code was {code}"])[-1]
    return OSError(f"ffmpeg could not encode it ({last[:200]})")
