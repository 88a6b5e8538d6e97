"""Ties a child process to its parent, so that a killed parent leaves nothing running."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def _prctl() -> Callable[[int, int], int] | None:
    if sys.platform != "linux":
        return None
    function = ctypes.CDLL(None, use_errno=True).prctl
    return lambda option, value: int(function(option, value, 0, 0, 0))


# Looked up before any fork: between fork and exec there must be no import and no lock.
_CALL = _prctl()


def die_with_parent(death: signal.Signals) -> Callable[[], None]:
    """For `Popen(preexec_fn=…)`: the child gets `death` when its parent ends, however that happens.

    Linux watches the *thread* that started the child, so start it from the main thread. Elsewhere this does nothing,
    and the next start finds what was left.
    """
    parent = os.getpid()

    def tie() -> None:
        if _CALL is not None:
            _CALL(PR_SET_PDEATHSIG, death)
            if os.getppid() != parent:  # it ended before we asked
                os._exit(1)

    return tie


def tie_to_parent(death: signal.Signals) -> None:
    """The same for a process that is already running, such as a forked web worker."""
    if _CALL is not None:
        _CALL(PR_SET_PDEATHSIG, death)
