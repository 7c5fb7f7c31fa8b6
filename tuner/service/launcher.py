"""Starts one job's process with its bounds; runs by its path, with the standard library alone.

``python -I -S launcher.py LOCK PARENT DATA_BYTES FILE_BYTES COMMAND…`` takes the lock of the job,
which the command inherits, so that whoever looks knows whether the job's process still lives. The
process dies with its parent (on Linux), has no core file, and yields to the service.
"""

import ctypes
import fcntl
import os
import resource
import signal
import sys

NOT_MINE = 75
"""Exit code where another process has the lock or the service is gone: nothing was done."""

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the command."""
    lock, parent, data_bytes, file_bytes, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit(NOT_MINE)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(NOT_MINE)
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    os.set_inheritable(handle, True)
    bounds = (
        (resource.RLIMIT_DATA, int(data_bytes)),
        (resource.RLIMIT_FSIZE, int(file_bytes)),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
    os.nice(5)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
