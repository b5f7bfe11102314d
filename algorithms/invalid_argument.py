"""What is wrong with an argument, said with the name of the function that was given it."""

from __future__ import annotations

import sys


class InvalidArgumentError(ValueError):
    """An argument that a function does not take. ``text``: without the function's name, for who gave it in a file."""

    def __init__(self, function: str, text: str) -> None:
        super().__init__(f"{function}: {text}")
        self.text = text


def invalid_argument(text: str, *, above: int = 0) -> InvalidArgumentError:
    """The error to raise for an argument that a function does not take.

    Args:
        text: which argument or element, what was found, and what is expected.
        above: functions that only look at the arguments of others, to be passed over.
    Returns:
        the text behind the name of the public function that was called, however far below it looks at the argument.

    >>> def propagate(rounds):
    ...     return str(invalid_argument(f"rounds is {rounds}, expected at least 0"))
    >>> propagate(-1)
    'algorithms.invalid_argument.propagate: rounds is -1, expected at least 0'
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and (above or frame.f_code.co_name.startswith(("_", "<"))):
        above -= not frame.f_code.co_name.startswith(("_", "<"))
        frame = frame.f_back
    return InvalidArgumentError(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}", text)
