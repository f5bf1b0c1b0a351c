"""What was said of a source behind its path, in words."""

from __future__ import annotations

from typing import Final

from explorer.data.source_options import SourceOptions

_IDS: Final = {
    "raw": "Words are numbered as in imdb.npz: 1 is the commonest.",
    "keras": "Words are numbered as keras.datasets.imdb.load_data returns them: 4 is the commonest.",
}
_FAULTY: Final = {"skip": "Rows that cannot be read are left out."}


def in_words(options: SourceOptions) -> tuple[str, ...]:
    """All that was said, in sentences; empty when nothing was."""
    told = []
    if options.text is not None and options.label is not None:
        told.append(f"Text in column {options.text}, label in column {options.label}.")
    elif options.text is not None:
        told.append(f"Text in column {options.text}.")
    elif options.label is not None:
        told.append(f"Label in column {options.label}.")
    if options.encoding is not None:
        told.append(f"Decoded as {options.encoding}.")
    if options.positive is not None:
        told.append(f"The label {options.positive} is positive, the other negative.")
    if options.good is not None and options.bad is not None:
        told.append(f"From {options.good} on a review is positive, up to {options.bad} negative.")
    elif options.good is not None:
        told.append(f"From {options.good} on a review is positive.")
    elif options.bad is not None:
        told.append(f"Up to {options.bad} a review is negative.")
    if options.ids is not None:
        told.append(_IDS.get(options.ids, f"Words are numbered in the way {options.ids}."))
    if options.faulty is not None:
        told.append(_FAULTY.get(options.faulty, f"Rows that cannot be read: {options.faulty}."))
    return tuple(told)
