"""The hyperlinks of a built site: every one is followed, and a broken one is reported where a note wrote it."""

from .checking import CheckedSite, check_site
from .recording import Recorded, record_permalinks

__all__ = ["CheckedSite", "Recorded", "check_site", "record_permalinks"]
