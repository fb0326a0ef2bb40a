"""The hyperlinks of a built site: every one is followed, and a broken one is reported where a note wrote it."""

from .permalink_recording import Recorded, record_permalinks
from .site_hyperlinks import CheckedSite, check_site

__all__ = ["CheckedSite", "Recorded", "check_site", "record_permalinks"]
