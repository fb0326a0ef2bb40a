"""`import zotero --library ID`: what changed in a library of Zotero since the last import, as an export."""

from pathlib import Path
from typing import TYPE_CHECKING

from .program import progress, tell

if TYPE_CHECKING:
    from ..edit.imports.highlights import Export


def read_library_of_zotero(root: Path, name: str, collection: str, *, local: bool, everything: bool) -> "Export":
    """The works and annotations of a library. The network is used; nothing is written there."""
    from ..core.edits import read_exactly
    from ..edit.imports.import_state import IMPORT_STATE, parse_import_state
    from ..edit.imports.zotero_library import known_works, zotero_export
    from ..works.registries.zotero_service import fetch_zotero, parse_zotero_library

    library = parse_zotero_library(name, collection, local=local)
    state = parse_import_state(read_exactly(root, IMPORT_STATE))
    since = 0 if everything else state.versions.get(library.name, 0)
    found = fetch_zotero(library, since=since, known=known_works(state), progress=progress())
    if not found.is_whole:
        tell(f"asked for what changed since version {since:,}; --all asks for everything")
    return zotero_export(found, library)
