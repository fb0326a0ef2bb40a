"""The quotes as a Parquet file, for data frames and databases; pyarrow writes it, which is an optional extra."""

import importlib.util
from collections.abc import Iterator
from itertools import islice
from typing import Any, get_type_hints

from ..linked_site import Site
from .data_file import DataFile
from .quotation_rows import Quotation, quotations

_GROUP = 10_000
"""Rows that lie in memory at a time, and make a row group of the file."""


def parquet_files(site: Site) -> Iterator[DataFile]:
    """`quotes.parquet`: the columns of `quotes.csv`, with lists where that has several ids in a cell."""
    yield DataFile(
        name="quotes.parquet",
        path="data/quotes.parquet",
        title="All quotations, as Parquet",
        media_type="application/vnd.apache.parquet",
        render=lambda: _pieces(site),
        needs="" if importlib.util.find_spec("pyarrow") else "parquet",
    )


class _Sink:
    """A file that hands on what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def take(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces


def _pieces(site: Site) -> Iterator[bytes]:
    import pyarrow
    from pyarrow import parquet

    schema, sink, rows = _schema(), _Sink(), quotations(site)
    with parquet.ParquetWriter(pyarrow.PythonFile(sink, mode="w"), schema, compression="snappy") as writer:
        while group := list(islice(rows, _GROUP)):
            columns = zip(*group, strict=True)
            arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            yield from sink.take()
    yield from sink.take()


def _schema() -> Any:
    """The columns with their types: texts, lists of texts, and the year as a number."""
    import pyarrow

    kinds = {str: pyarrow.string(), tuple[str, ...]: pyarrow.list_(pyarrow.string()), int | None: pyarrow.int32()}
    return pyarrow.schema([(name, kinds[kind]) for name, kind in get_type_hints(Quotation).items()])
