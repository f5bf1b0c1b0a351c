"""What the command takes from where it is started, and what it does not: modules, and other programs' settings.

It is started anywhere: in a folder of homework with a `random.py`, with an environment made for other programs. The
same command gives the same results there. Imported before anything else, so it imports only what Python has loaded by
itself: a module that stands in the way of Python's own is named, and not run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

COMMAND = "dropout-explorer"
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "agg",  # nothing is shown with Matplotlib
    "PYQTGRAPH_QT_LIB": "PySide6",
    "QT_API": "pyside6",
}
"""Variables that people set for other programs, and the values that they have in this one's own processes."""
_UNUSED = frozenset(("test", "this", "antigravity", "idlelib", "turtle", "turtledemo", "lib2to3"))
"""Modules of Python's that nothing here imports: a project may have a package `test` of its own."""
_PACKAGES = frozenset(
    ("PIL", "PySide6", "keras", "matplotlib", "numpy", "platformdirs", "pygments", "pyqtgraph", "tensorflow", "tqdm")
)
"""What the program is built on; none of them is a single file."""


def is_command(arguments: Sequence[str], original: Sequence[str]) -> bool:
    """Whether a process was started as the command: by its script, or as `python -m explorer`.

    Args:
        arguments: `sys.argv`. Its first element is `-m` while the module that `-m` names is being found.
        original: `sys.orig_argv`, which ends with the same arguments.
    """
    if not arguments or len(arguments) > len(original):
        return False
    started = original[-len(arguments)]
    if arguments[0] == "-m":
        attached = started.startswith("-") and started.endswith("mexplorer")  # -mexplorer, -Imexplorer
        return attached or started in ("explorer", "explorer.__main__")
    script = started.replace("\\", "/").rpartition("/")[2]
    return script.removesuffix(".exe").removesuffix(".pyw").removesuffix(".py").removesuffix("-script") == COMMAND


def settle() -> None:
    """Settle the process of the command: its modules, and the variables of `ENVIRONMENT`.

    Raises:
        SystemExit: With status 2, after a sentence, when Python's own modules are hidden.
    """
    added = _take_out_added_folder()
    told = next(_hidden(added), None)
    if told is not None:
        if sys.stderr is not None:
            sys.stderr.write(f"{COMMAND}: {told}\n")
        raise SystemExit(2)
    settle_environment()


def settle_environment() -> None:
    """Give the variables of `ENVIRONMENT` their values, for this process and those that it starts.

    What Matplotlib has to say of a person's `matplotlibrc` is not said: nothing of it is used.
    """
    import logging

    os.environ.update(ENVIRONMENT)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def child_command(*arguments: str) -> list[str]:
    """The command line of a Python that finds the modules this one finds, and none of the working folder.

    Args:
        arguments: The module whose `main` is called, and what it finds in `sys.argv`.
    """
    module, *rest = arguments
    code = (
        "import sys; count = int(sys.argv[1]); sys.path[:] = sys.argv[2 : 2 + count]; del sys.argv[1 : 2 + count]; "
        f"from {module} import main; main()"
    )
    path = child_path()
    return [sys.executable, "-P", "-c", code, str(len(path)), *path, *rest]


def child_path() -> list[str]:
    """This process's `sys.path`, without the working folder unless PYTHONPATH names it, and with this package's."""
    here, root = _folder("."), _root()
    named = {_folder(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry}
    path = [entry for entry in map(_folder, filter(None, sys.path)) if entry != here or entry in named]
    return path if root in path else [*path, root]


def _take_out_added_folder() -> str | None:
    """Take out of `sys.path` what Python has put there by itself: the working folder, or that of the script.

    Where this package was found there, the folder goes to the end, behind Python's own modules.
    """
    if sys.flags.safe_path or not sys.path:
        return None
    script = sys.argv[0]
    added = _folder(".") if script == "-m" else os.path.dirname(os.path.realpath(script))
    accidental = "" in os.environ.get("PYTHONPATH", "x").split(os.pathsep)  # as in PYTHONPATH=$PYTHONPATH:more
    if _folder(sys.path[0]) != added:
        return None
    del sys.path[0]
    if accidental and script == "-m":
        sys.path[:] = [entry for entry in sys.path if _folder(entry) != added]
    if added == _root() and added not in sys.path:
        sys.path.append(added)
    return added


def _hidden(added: str | None) -> Iterator[str]:
    """What stands in the way of modules, a sentence each: in PYTHONPATH, and in the folder that Python had added.

    What stands in that folder matters only where Python has taken it for its own before this package was asked for.
    """
    own = os.path.dirname(os.path.abspath(os.__file__))
    for entry in sys.path:
        if _folder(entry) == own:
            break
        try:
            names = sorted(os.listdir(entry))
        except OSError:
            continue
        for name in names:
            module = _module(entry, name)
            if module in sys.stdlib_module_names and module not in _UNUSED and not _built_in(module):
                path = os.path.join(entry, name)
                yield f"{path} hides Python's own {module}; rename it, or take its folder out of PYTHONPATH"
            elif name.endswith(".py") and module in _PACKAGES:
                path = os.path.join(entry, name)
                yield f"{path} hides the package {module}; rename it, or take its folder out of PYTHONPATH"
    for name, loaded in sys.modules.items() if added is not None else ():
        taken = getattr(loaded, "__file__", None)
        if name in sys.stdlib_module_names and taken and os.path.dirname(os.path.abspath(taken)) == added:
            yield f"{taken} hides Python's own {name}; rename it, or start the program from another folder"


def _module(folder: str, name: str) -> str:
    """The module that a file or a folder is for `import`; "" for none."""
    stem, _, rest = name.partition(".")
    if rest:
        return stem if rest in ("py", "pyc", "pyd", "so") or rest.endswith((".so", ".pyd")) else ""
    # A folder without it is a part of a package that may be anywhere, and hides nothing.
    return stem if os.path.isfile(os.path.join(folder, name, "__init__.py")) else ""


def _built_in(module: str) -> bool:
    """Whether Python has a module within itself, so that no file hides it."""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return module in sys.builtin_module_names or getattr(spec, "origin", None) == "frozen"


def _root() -> str:
    """The folder that this package is in."""
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _folder(entry: str) -> str:
    try:
        return os.path.abspath(entry)
    except OSError:  # the working folder is gone
        return entry
