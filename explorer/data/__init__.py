"""Reviews as rows of word ids: the IMDB archive, the bundled sample, text to ids and back, and the cache."""
