"""The store of kept values: what it gives back, and that nothing which befalls its file ends a run."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from florilegium.core import store as store_module
from florilegium.core.store import Kept, Store, pickled, unpickled

ONE, TWO = Kept("1", b"one"), Kept("2", b"\0two")


def test_values_are_kept_by_kind_and_name(tmp_path: Path) -> None:
    Store(tmp_path).save("keys", {"a": ONE, "b": TWO})
    Store(tmp_path).save("cards", {"a": TWO})
    assert Store(tmp_path).load("keys") == {"a": ONE, "b": TWO}
    assert Store(tmp_path).load("keys", ["b", "c"]) == {"b": TWO}
    assert Store(tmp_path).load("cards") == {"a": TWO}
    assert Store(tmp_path).load("others") == {}


def test_values_are_replaced_and_dropped(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("keys", {"a": ONE, "b": ONE, "c": ONE})
    store.save("keys", {"a": TWO}, gone=["b"])
    assert store.load("keys") == {"a": TWO, "c": ONE}
    store.save("keys", {"b": TWO}, alone=True)
    assert store.load("keys") == {"b": TWO}


def test_a_store_without_a_folder_keeps_nothing() -> None:
    store = Store(None)
    store.save("keys", {"a": ONE})
    assert store.load("keys") == {}


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert Store(tmp_path).load("keys") == {}
    assert list(tmp_path.iterdir()) == []


def test_values_of_another_program_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).save("keys", {"a": ONE})
    monkeypatch.setattr(store_module, "code_stamp", lambda: b"another")
    assert Store(tmp_path).load("keys") == {}
    Store(tmp_path).save("keys", {"b": TWO})
    assert Store(tmp_path).load("keys") == {"b": TWO}


def _text(path: Path) -> None:
    path.write_text("no database at all, but long enough to be taken for one\n" * 100, encoding="utf-8")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other_tables(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE kept (name)").connection.close()


@pytest.mark.parametrize("damage", [_text, _cut, _empty, _other_tables])
def test_a_damaged_file_is_one_that_keeps_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    Store(tmp_path).save("keys", {str(number): Kept("1", bytes(100)) for number in range(500)})
    damage(tmp_path / "kept.sqlite")
    assert "a" not in Store(tmp_path).load("keys")
    for _ in range(2):  # The first may only find out that the file is damaged.
        Store(tmp_path).save("keys", {"a": ONE})
    assert Store(tmp_path).load("keys", ["a"]) == {"a": ONE}


def test_a_damaged_value_is_not_given_back(tmp_path: Path) -> None:
    Store(tmp_path).save("keys", {"a": ONE, "b": TWO})
    path = tmp_path / "kept.sqlite"
    path.write_bytes(path.read_bytes().replace(b"\0two", b"\0twO"))
    assert Store(tmp_path).load("keys") == {"a": ONE}


def test_a_run_goes_on_while_another_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_PATIENCE", 0.01)
    store = Store(tmp_path)
    store.save("keys", {"a": ONE})
    other = sqlite3.connect(tmp_path / "kept.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert store.load("keys") == {}
    store.save("keys", {"a": TWO})
    other.close()
    assert store.load("keys") == {"a": ONE}


def test_a_file_that_cannot_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "kept.sqlite").mkdir()
    Store(tmp_path).save("keys", {"a": ONE})
    assert Store(tmp_path).load("keys") == {}


def test_pickles_of_anything_else_are_nothing() -> None:
    assert unpickled(pickled((1, "two"))) == (1, "two")
    assert unpickled(b"no pickle") is None
