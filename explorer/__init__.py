"""Watch dropout happen: the IMDB review model trains live and its masks are drawn batch by batch."""

import sys

from explorer import surroundings

__version__ = "0.1.0"

if surroundings.is_command(getattr(sys, "argv", ()), sys.orig_argv):
    # A signal may come at any moment from here on: it waits until it is held. Built in, so that no file hides it.
    _signal = __import__("_signal")
    if hasattr(_signal, "pthread_sigmask"):
        _mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP))
    surroundings.settle()  # before a module is imported that may be hidden
    from explorer import interrupts

    interrupts.hold()
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_SETMASK, _mask)
