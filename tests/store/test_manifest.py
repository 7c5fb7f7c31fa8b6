"""The manifest: sealed, read only as it was written, and strict about what it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.store.made_up import ORIGIN, finished
from tuner.errors import MissingFileError, ResultFileError
from tuner.store.manifest import DAMAGED, MISSING, OK, check_files, file_state, read_manifest
from tuner.store.seal import sealed, unsealed

WHERE = Path("somewhere.json")


def resealed(folder: Path, **changes: object) -> None:
    """Write a manifest again with other values and a seal that fits."""
    path = folder / "manifest.json"
    path.write_text(sealed({**unsealed(path.read_bytes(), path), **changes}))


def test_a_manifest_says_what_the_run_is_of_and_what_it_was_made_with(tmp_path):
    manifest = read_manifest(finished(tmp_path / "state"))

    assert manifest.origin == ORIGIN
    assert set(manifest.versions) == {"cliffside", "python", "numpy", "numba", "optuna", "pyarrow"}
    assert manifest.started_utc <= manifest.finished_utc
    assert manifest.started_utc.endswith("Z")
    assert (manifest.verdict, manifest.exit_code) == ("change", 0)
    assert {name: facts.size for name, facts in manifest.files.items()} == {
        "answer.json": 15,
        "below/more.txt": 5,
    }


def test_a_seal_holds_for_any_object_and_breaks_with_any_byte():
    value = {"a": [1.5, None, "\u2028 ü", {"deep": True}], "b": {}}
    content = sealed(value).encode()

    assert unsealed(content, WHERE) == value
    for place in range(len(content)):
        spoiled = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(ResultFileError, match=r"somewhere.json: .* damaged"):
            unsealed(spoiled, WHERE)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"sha256": 1}', b"[" * 100_000, b'{"a": NaN}'],
    ids=lambda content: repr(content[:12]),
)
def test_what_was_never_sealed_is_refused_with_a_sentence(content):
    with pytest.raises(ResultFileError, match="does not match its seal"):
        unsealed(content, WHERE)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"schema": "cliffside.run/2"}, "cliffside.run/1"),
        ({"seed": "7"}, "seed"),
        ({"verdict": None}, "verdict"),
        ({"files": []}, "files"),
        ({"files": {"../answer.json": {"size": 1, "sha256": ""}}}, "answer.json"),
        ({"files": {"/etc/passwd": {"size": 1, "sha256": ""}}}, "passwd"),
        ({"files": {"answer.json": {"size": "1", "sha256": ""}}}, "answer.json"),
        ({"files": {"answer.json": {"size": 1}}}, "answer.json"),
        ({"files": {"answer.json": None}}, "answer.json"),
        ({"search": "exact"}, "search"),
    ],
    ids=str,
)
def test_a_sealed_manifest_of_another_kind_is_refused(tmp_path, changes, word):
    folder = finished(tmp_path / "state")
    resealed(folder, **changes)

    with pytest.raises(ResultFileError, match=word):
        read_manifest(folder)


def test_files_are_ok_damaged_or_missing(tmp_path):
    folder = finished(tmp_path / "state")
    manifest = read_manifest(folder)
    states = {name: file_state(folder, name, facts) for name, facts in manifest.files.items()}

    assert states == {"answer.json": OK, "below/more.txt": OK}
    (folder / "answer.json").write_text('{"answer": 43}\n')
    (folder / "below" / "more.txt").unlink()
    states = {name: file_state(folder, name, facts) for name, facts in manifest.files.items()}

    assert states == {"answer.json": DAMAGED, "below/more.txt": MISSING}
    with pytest.raises(ResultFileError, match=r"answer\.json"):
        check_files(folder, manifest, "answer.json")
    with pytest.raises(MissingFileError, match=r"more\.txt"):
        check_files(folder, manifest, "below/more.txt")
    with pytest.raises(MissingFileError, match="no-file-of-the-run"):
        check_files(folder, manifest, "no-file-of-the-run")


def test_a_folder_without_a_manifest_is_no_run(tmp_path):
    (tmp_path / "answer.json").write_text(json.dumps({}))

    with pytest.raises(MissingFileError, match=r"manifest\.json"):
        read_manifest(tmp_path)
