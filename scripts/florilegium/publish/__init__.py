"""What is written, and how: generated pages only where they change, the site as a whole or not at all.

A build holds the lock of the project's state folder (`hold_lock`), brings the pages in line (`sync_pages`),
lets the renderer build into a private folder, and publishes that (`publish_site`).
"""

from .exchange import Publication, is_published, publish_site, recover_site
from .locks import Lock, hold_lock
from .publish_errors import PublishError
from .publish_targets import MARKER, Project, check_target
from .written_pages import Conflict, Page, SyncResult, are_as_written, render_in_turn, sync_pages

__all__ = [
    "MARKER",
    "Conflict",
    "Lock",
    "Page",
    "Project",
    "Publication",
    "PublishError",
    "SyncResult",
    "are_as_written",
    "check_target",
    "hold_lock",
    "is_published",
    "publish_site",
    "recover_site",
    "render_in_turn",
    "sync_pages",
]
