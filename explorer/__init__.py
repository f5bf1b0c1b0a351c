"""Watch dropout happen: the IMDB review model trains live and its masks are drawn batch by batch."""

__version__ = "0.1.0"
