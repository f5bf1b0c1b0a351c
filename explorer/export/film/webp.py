"""WebP: without loss, so that every cell has the very colour of the figure."""

from __future__ import annotations

from typing import IO

from PIL import ExifTags, Image, features

from explorer.export.film.frames import Film
from explorer.export.provenance import SOFTWARE, Provenance


def require_webp() -> None:
    """Refuse where Pillow was built without WebP.

    Raises:
        ValueError: With a sentence.
    """
    if not features.check("webp"):
        raise ValueError(
            "a WebP film needs a Pillow with WebP in it, which this one is not; install it with pip install "
            "--force-reinstall pillow, or choose GIF or MP4"
        )


class _Sequence(Image.Image):
    """An image of several frames that are drawn when they are asked for.

    Pillow makes a list of the frames it is handed, but turns the pages of an image that has several.
    """

    def __init__(self, film: Film) -> None:
        super().__init__()
        blank = Image.new("RGB", (film.width, film.height))
        self.im, self._mode, self._size = blank.im, blank.mode, blank.size
        self.n_frames = film.frames
        self._pictures = film.pictures()
        self._at = -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Draw the next frame; the others are gone, or still to come."""
        if frame == self._at + 1 < self.n_frames:
            self._at = frame
            self.frombytes(next(self._pictures).tobytes())

    def tell(self) -> int:
        """Which frame it is."""
        return max(self._at, 0)

    def finish(self) -> None:
        """Let the one who draws say that it is done."""
        next(self._pictures, None)


def _exif(about: Provenance) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = about.title
    exif[ExifTags.Base.Software] = SOFTWARE
    # Its first eight bytes name the character code of what follows.
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + about.record.encode("ascii")
    return exif.tobytes()


def write_webp(file: IO[bytes], film: Film) -> None:
    """Write a film that repeats for ever."""
    images = _Sequence(film)
    # Method 0 makes files ten times as large, and the ones above 1 take longer for hardly less. A frame is written as
    # what differs from the one before, and none as a whole again.
    images.save(
        file,
        "WEBP",
        save_all=True,
        lossless=True,
        quality=0,
        method=1,
        kmin=0,
        kmax=0,
        duration=film.durations(1000),
        loop=0,
        exif=_exif(film.about),
    )
    images.finish()
