"""Stands in for the command line: does what the name of its config says.

It holds a lock of its own in the job's folder; where another process of the same job lives, it
leaves a file ``double`` there.
"""

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

CONFIG = Path(sys.argv[sys.argv.index("--config") + 1]).stem
HOME = Path.cwd().parent


def main() -> None:
    handle = os.open(HOME / "single", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        (HOME / "double").touch()
    if CONFIG == "endless":
        while True:
            sum(range(1_000_000))
    elif CONFIG == "poison":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif CONFIG == "hog":
        held = []
        while True:
            held.append(bytearray(32 * 1024 * 1024))
    elif CONFIG == "wrong":
        print("Error: job.toml: expected a, got b. Do c.", file=sys.stderr)
        sys.exit(2)
    elif CONFIG == "silent":
        sys.exit(0)
    elif CONFIG == "brief":
        time.sleep(0.25)
    print(f'{{"schema": "fake", "words": {len(sys.argv)}}}')


main()
