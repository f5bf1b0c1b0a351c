"""Watch dropout happen: the IMDB review model trains live and its masks are drawn batch by batch."""

import sys

from explorer import surroundings

if surroundings.is_command(getattr(sys, "argv", ()), sys.orig_argv):
    surroundings.settle()  # before a module is imported that may be hidden

__version__ = "0.1.0"
