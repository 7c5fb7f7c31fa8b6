"""The fidelity ledger: every verification that was made, so that predictions earn their trust.

``fidelity/verifications.jsonl`` below the state folder has one JSON object a line, appended and
synced; ``fidelity/days/`` has the minutes of each, named by their content. A line ends with the
SHA-256 of the rest: one that a crash cut off, or that is damaged, is left out with a note when the
ledger is read, and costs no other.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from tuner.deployment.observed import ObservedChange
from tuner.deployment.verify_json import SCHEMA, verification_json
from tuner.deployment.verify_record import Verification
from tuner.errors import MissingFileError, ResultFileError
from tuner.measure.history import COLUMNS, History, make_history
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.files import cannot_write, read_parquet, write_parquet
from tuner.store.runs import make_private, sync_folder
from tuner.store.seal import SEAL

FOLDER = "fidelity"
FILE = "verifications.jsonl"
DAYS = "days"
DAY_SCHEMA = "cliffside.fidelity_day"
UNITS = {
    "begins": "seconds since 1970 UTC",
    "requests": "requests",
    "cpu_percent": "percent",
    "cpu_samples": "samples",
    "latency_p95_ms": "ms",
    "in_service": "instances",
    "desired": "instances",
    "errors": "requests",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One verification as the ledger keeps it.

    Parameters
    ----------
    record : mapping
        What `verification_json` gave, with ``day``, ``observed`` and ``model_version`` beside it.
    """

    record: Mapping[str, Any]

    @property
    def service(self) -> str:
        """Whose traffic it was."""
        return str(self.record["service"])

    @property
    def begin(self) -> str:
        """Begin of the range, as text in UTC."""
        return str(self.record["begin"])

    @property
    def end(self) -> str:
        """End of the range, as text in UTC."""
        return str(self.record["end"])

    @property
    def verdict(self) -> str:
        """Verdict of the verification."""
        return str(self.record["verdict"])

    @property
    def errors(self) -> Mapping[str, Any]:
        """How far the prediction was off, by the names of `Errors`."""
        found: Mapping[str, Any] = self.record["errors"]
        return found


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of a service, oldest first.

    Parameters
    ----------
    entries : tuple of LedgerEntry
        In the order written.
    notes : tuple of str
        Lines that could not be read, in sentences.
    """

    entries: tuple[LedgerEntry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def latest(self) -> tuple[LedgerEntry, ...]:
        """The newest entry of each range that had enough data, in order of time."""
        by_range = {
            (entry.begin, entry.end): entry
            for entry in self.entries
            if entry.verdict != "not enough data"
        }
        return tuple(by_range[key] for key in sorted(by_range))


def ledger_file(state_dir: Path) -> Path:
    """Name the ledger below a state folder."""
    return state_dir / FOLDER / FILE


def remember(
    state_dir: Path,
    verification: Verification,
    observed: Sequence[ObservedChange],
    *,
    now: datetime,
) -> Path:
    """Add a verification to the ledger, its minutes first.

    Parameters
    ----------
    state_dir : Path
        Folder of the runs.
    verification : Verification
        What is kept.
    observed : sequence of ObservedChange
        The group's changes, for a later calibration.
    now : datetime
        When it was made, in UTC.

    Returns
    -------
    Path
        The ledger.

    Raises
    ------
    ConfigurationError
        Where the state folder is open to others, or a link.
    StoreError
        When it cannot be written; what stood there is untouched.
    """
    history = verification.history
    day = _digest(history)
    path = make_private(state_dir, FOLDER) / FILE
    minutes = path.parent / DAYS / f"{day}.parquet"
    if not minutes.is_file():
        write_parquet(
            minutes,
            history.columns(),
            units=UNITS,
            schema=DAY_SCHEMA,
            model_version=MODEL_VERSION,
        )
    record = {
        **verification_json(verification),
        "verified": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "day": day,
        "period_seconds": history.period_seconds,
        "observed": [asdict(change) for change in observed],
        "model_version": MODEL_VERSION,
    }
    try:
        _append(path, _sealed(record))
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


def read_ledger(state_dir: Path, *, service: str | None = None) -> Ledger:
    """Read the ledger; an empty one where there is none.

    Parameters
    ----------
    state_dir : Path
        Folder of the runs.
    service : str or None
        Whose entries; None: all.

    Raises
    ------
    MissingFileError
        When it is there and cannot be opened.
    """
    path = ledger_file(state_dir)
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise MissingFileError.of(
            expected="a ledger that can be read",
            got=error.strerror or str(error),
            where=str(path),
            next_step="Check its permissions.",
        ) from error
    entries: list[LedgerEntry] = []
    notes: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        record = _record(line)
        if record is None:
            notes.append(f"{path}, line {number}: no whole verification; left out.")
        elif service is None or record["service"] == service:
            entries.append(LedgerEntry(record=record))
    return Ledger(tuple(entries), tuple(notes))


def read_day(state_dir: Path, entry: LedgerEntry) -> tuple[History, tuple[ObservedChange, ...]]:
    """Read the minutes and the changes that an entry is about.

    Parameters
    ----------
    state_dir : Path
        Folder of the runs.
    entry : LedgerEntry
        Of its ledger.

    Raises
    ------
    MissingFileError
        When the file of its minutes is gone.
    ResultFileError
        When it is damaged.
    """
    name = str(entry.record["day"])
    path = state_dir / FOLDER / DAYS / f"{name}.parquet"
    columns = read_parquet(path, schema=DAY_SCHEMA)
    if set(columns) != set(COLUMNS) or not len(columns["begins"]):
        raise ResultFileError.of(
            expected=f"columns {', '.join(COLUMNS)}",
            got=", ".join(columns),
            where=str(path),
            next_step="Verify the range again.",
        )
    history = make_history(
        columns.pop("begins").astype(np.int64),
        columns,
        period_seconds=int(entry.record["period_seconds"]),
        source=f"{entry.service} {entry.begin}",
    )
    return history, tuple(ObservedChange(**change) for change in entry.record["observed"])


def _record(line: bytes) -> dict[str, Any] | None:
    """Read one line; None where it is not, byte for byte, what was written."""
    try:
        value = json.loads(line)
        rest = {key: value[key] for key in value if key != SEAL} if type(value) is dict else {}
        whole = rest.get("schema") == SCHEMA and _sealed(rest).encode() == line
    except (ValueError, RecursionError):
        return None
    return rest if whole else None


def _sealed(record: Mapping[str, Any]) -> str:
    """Write a record as a line that ends with the digest of the rest."""
    text = json.dumps(record, allow_nan=False)
    return json.dumps({**record, SEAL: hashlib.sha256(text.encode()).hexdigest()})


def _append(path: Path, text: str) -> None:
    """Add a line in one write, synced; after a line that was cut off, on a line of its own."""
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        cut_off = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        content = ("\n" * cut_off + text + "\n").encode()
        if os.write(handle, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        sync_folder(path.parent)


def _digest(history: History) -> str:
    """Name minutes by their content."""
    content = hashlib.sha256()
    for name in COLUMNS:
        content.update(name.encode())
        content.update(np.ascontiguousarray(getattr(history, name)).tobytes())
    return content.hexdigest()[:24]
