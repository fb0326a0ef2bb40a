"""The library as data files, for the tools that scholars use; every one of them carries the notices."""

from collections.abc import Callable, Iterator

from ..linked_site import Site
from .csv_table import csv_files
from .data_file import DataFile
from .feed_files import feed_files
from .inventory import inventory_files
from .library_json import library_files
from .llms import llms_files
from .markdown_exports import markdown_export_files
from .parquet_table import parquet_files
from .reference_exports import reference_files
from .refi_qda import qda_files
from .robots import robots_files
from .skos import theme_files
from .taguette import taguette_files
from .web_annotations import annotation_files

_GROUPS: tuple[Callable[[Site], Iterator[DataFile]], ...] = (
    reference_files,
    annotation_files,
    csv_files,
    parquet_files,
    library_files,
    theme_files,
    qda_files,
    taguette_files,
    feed_files,
    inventory_files,
    llms_files,
    robots_files,
    markdown_export_files,
)
"""One function for each module that offers files; `data_files` yields theirs in this order."""


def data_files(site: Site) -> Iterator[DataFile]:
    """Every data file of the site. Nothing is rendered before its `render` is called."""
    for files_of in _GROUPS:
        yield from files_of(site)
