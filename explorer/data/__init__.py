"""Reviews as rows of word ids: IMDB, anybody's folder or table, the sample; text to ids and back, and the cache."""

from explorer.data.dataset import Dataset, Encoding, ReadingNotes, Reviews, Vocabulary
from explorer.data.encoding import text_to_ids, text_to_ranks, tokens
from explorer.data.gather import MIN_REVIEWS
from explorer.data.locate import load
from explorer.data.progress import Cancelled, DataError, Report, silent
from explorer.data.questions import Answer, ColumnsUnclear, DataQuestion, with_columns
from explorer.data.source_options import SourceOptions, source_of, split_source, with_options
from explorer.data.sources import find_imdb, keras_folder
from explorer.data.words import WORD_RULE

__all__ = [
    "MIN_REVIEWS",
    "WORD_RULE",
    "Answer",
    "Cancelled",
    "ColumnsUnclear",
    "DataError",
    "DataQuestion",
    "Dataset",
    "Encoding",
    "ReadingNotes",
    "Report",
    "Reviews",
    "SourceOptions",
    "Vocabulary",
    "find_imdb",
    "keras_folder",
    "load",
    "silent",
    "source_of",
    "split_source",
    "text_to_ids",
    "text_to_ranks",
    "tokens",
    "with_columns",
    "with_options",
]
