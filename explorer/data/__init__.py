"""Reviews as rows of word ids: IMDB, anybody's folder or table, the sample; text to ids and back, and the cache."""

from explorer.data.columns import ColumnsUnclear, split_source, with_columns
from explorer.data.dataset import Dataset, Encoding, Reviews, Vocabulary
from explorer.data.encoding import text_to_ids, text_to_ranks, tokens
from explorer.data.gather import MIN_REVIEWS
from explorer.data.locate import load
from explorer.data.progress import Cancelled, DataError, Report, silent
from explorer.data.sources import find_imdb, keras_folder

__all__ = [
    "MIN_REVIEWS",
    "Cancelled",
    "ColumnsUnclear",
    "DataError",
    "Dataset",
    "Encoding",
    "Report",
    "Reviews",
    "Vocabulary",
    "find_imdb",
    "keras_folder",
    "load",
    "silent",
    "split_source",
    "text_to_ids",
    "text_to_ranks",
    "tokens",
    "with_columns",
]
