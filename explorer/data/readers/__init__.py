"""What reviews are read from, a module for each kind; each gives an `explorer.data.corpus.Corpus`."""
