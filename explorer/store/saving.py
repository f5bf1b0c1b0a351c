"""Writing a run file: a zip beside its target, renamed over it when it is whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from explorer.data.dataset import Encoding
from explorer.data.encoding import told_apart
from explorer.data.progress import Report, silent
from explorer.engine.blocks import EpochBlock
from explorer.engine.checkpoint import Checkpoint
from explorer.engine.environment import Environment, environment
from explorer.engine.run_record import RunRecord
from explorer.engine.snapshot import Floats
from explorer.export.files import replacing
from explorer.store import npy
from explorer.store.container import MOST_JSON_BYTES
from explorer.store.document import Document, EpochEntry, changes_of, words_json
from explorer.store.errors import RunFileError
from explorer.store.layout import (
    LABELS,
    README,
    RUN,
    WORDS,
    Plan,
    epoch_arrays,
    slot_arrays,
    weight_arrays,
)

_MOST_REPETITION: Final = 50
ACTIVATION_BUDGET_BYTES: Final = 14_000_000
"""Activations that a file keeps, before packing: all of 20 epochs of 25,000 reviews in batches of 512."""


class Weights(Protocol):
    """Who knows the weights at the ends of past epochs."""

    def weights(self, epoch: int) -> tuple[Floats, ...] | None:
        """Those after an epoch, in the order of `checkpoint.WEIGHTS`; None when they are not known."""


def save(
    target: Path,
    record: RunRecord,
    *,
    checkpoint: Checkpoint | None = None,
    weights: Weights | None = None,
    environments: Sequence[tuple[int, Environment]] | None = None,
    report: Report = silent,
) -> None:
    """Write a run to a file. It may go on being trained meanwhile: what it has reached now is what is saved.

    Args:
        target: The file; by convention it ends in `.dropout`.
        record: The run.
        checkpoint: The end of its newest complete epoch, to continue from; later epochs but one are left out. Without
            it the file can be looked at, not continued.
        weights: Who has the weights of earlier epochs; those of the checkpoint need nobody.
        environments: From which epoch on it was trained with what; this program's when None.
        report: Told how far it is; may cancel.

    Raises:
        RunFileError: When there is no batch to save.
        WriteError: When the file cannot be written. What was there before is untouched.
    """
    results = record.results  # before the epochs: those that it knows of are complete then
    blocks = _blocks(record, checkpoint)
    if not blocks:
        raise RunFileError("there is nothing to save yet; train a batch first")
    stride = common_stride(blocks, ACTIVATION_BUDGET_BYTES)
    plan = Plan.of(record.started_with, record.reviews.train, blocks[0].layout)
    entries = []
    with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:

        def put(name: str, data: bytes, packing: int = zipfile.ZIP_DEFLATED) -> None:
            # Without a time in it the same run gives the same file.
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, packing)

        put(README, readme())
        put(LABELS, npy.to_bytes(record.labels))
        words = words_of(record)
        if words is not None:
            data = words_json(words)
            # A "word" may be a million letters long. What unpacks to hundreds of times its size is not opened.
            repetitive = len(zlib.compress(data)) * _MOST_REPETITION < len(data)
            put(WORDS, data, zipfile.ZIP_STORED if repetitive else zipfile.ZIP_DEFLATED)
        for block in blocks:
            report("Saving the run", (block.epoch - 1) / len(blocks))
            for name, array in epoch_arrays(block.thinned(stride), plan.train).items():
                put(name, npy.to_bytes(array))
            result = results[block.epoch - 1] if block.epoch <= len(results) else None
            known = None if result is None else _weights(block.epoch, checkpoint, weights)
            if known is not None:
                for name, array in weight_arrays(block.epoch, known).items():
                    put(name, npy.to_bytes(array))
            entries.append(EpochEntry(len(block.table), stride, known is not None, result))
        if checkpoint is not None:
            for name, array in slot_arrays(plan.settings.optimizer, checkpoint.slots).items():
                put(name, npy.to_bytes(array))
        steps = sum(len(block.table) for block in blocks)
        document = Document(
            name=record.name,
            settings=record.started_with,
            reviews=record.reviews,
            environments=((1, environment()),) if environments is None else tuple(environments),
            reviews_kept=plan.reviews_kept,
            upper_weights=plan.upper_weights,
            epochs=tuple(entries),
            changes=tuple((step, values) for step, values in changes_of(record.history.changes) if step <= steps + 1),
            checkpoint=None if checkpoint is None else (checkpoint.epoch, checkpoint.streams),
            words=None if words is None else len(words),
            test=record.test,
        )
        put(RUN, document.to_json())


def readme() -> bytes:
    """What stands in the file for people."""
    return resources.files(__package__).joinpath("readme.txt").read_bytes()


def words_of(record: RunRecord) -> tuple[str, ...] | None:
    """The words that a file keeps: those that make a difference to what the network gets.

    Returns:
        By rank; None when they are not known, or too long to be read back.
    """
    if record.vocabulary is None:
        return None
    settings = record.started_with
    encoding = Encoding(settings.num_words, settings.start_char, settings.oov_char, settings.index_from)
    words = told_apart(record.vocabulary, encoding).words
    return words if len(words_json(words)) <= MOST_JSON_BYTES else None


def common_stride(blocks: Sequence[EpochBlock], budget: int) -> int:
    """The least stride that all blocks can have and whose activations fit a budget; 0 when none do."""
    stride = max(block.stride for block in blocks)
    if any(block.stride == 0 for block in blocks):
        return 0
    while True:
        rows = sum(np.count_nonzero((block.steps - 1) % stride == 0) for block in blocks)
        if rows * 4 * blocks[0].layout.width <= budget:
            return stride if rows else 0
        stride *= 2


def _weights(epoch: int, checkpoint: Checkpoint | None, weights: Weights | None) -> tuple[Floats, ...] | None:
    if checkpoint is not None and epoch >= checkpoint.epoch:
        return checkpoint.weights if epoch == checkpoint.epoch else None
    return None if weights is None else weights.weights(epoch)


def _blocks(record: RunRecord, checkpoint: Checkpoint | None) -> list[EpochBlock]:
    """The epochs to save: all there are, or up to the one after the checkpoint's."""
    begun = record.history.epochs_begun
    last = begun if checkpoint is None else min(begun, checkpoint.epoch + 1)
    return [record.history.block(epoch) for epoch in range(1, last + 1)]
