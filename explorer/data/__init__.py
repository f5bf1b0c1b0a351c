"""Reviews as rows of word ids: the IMDB archive, the bundled sample, text to ids and back, and the cache."""

from explorer.data.dataset import Dataset, Encoding, Reviews, Vocabulary
from explorer.data.encoding import text_to_ids, text_to_ranks, tokens
from explorer.data.locate import find_imdb, keras_folder, load
from explorer.data.progress import Cancelled, DataError, Report, silent

__all__ = [
    "Cancelled",
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
    "text_to_ids",
    "text_to_ranks",
    "tokens",
]
