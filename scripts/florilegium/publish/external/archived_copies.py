"""Archived copies of dead pages, by the Internet Archive's availability service.

https://archive.org/help/wayback_api.php describes it. Only addresses of the service's own host are proposed.
"""

import json
import os
from datetime import date
from urllib.parse import quote, urlsplit

from .host_guard import Private
from .requests import NoAnswer, RequestOptions, ask
from .written_addresses import encode_address

__all__ = ["fetch_copy"]

_SERVICE = "https://archive.org"
_VARIABLE = "FLORILEGIUM_ARCHIVE"
_COPIES = "web.archive.org"


def fetch_copy(url: str, day: date | None, terms: RequestOptions) -> str:
    """The address of the copy that is nearest to a day, or of the newest one; empty where there is none."""
    service = os.environ.get(_VARIABLE, _SERVICE).rstrip("/")
    moment = f"&timestamp={day:%Y%m%d}" if day else ""
    try:
        answer = ask("GET", f"{service}/wayback/available?url={quote(url, safe='')}{moment}", terms)
        found = json.loads(answer.body) if answer.status == 200 and answer.whole else None
    except (NoAnswer, Private, ValueError, RecursionError):
        return ""
    return _copy(found, urlsplit(service).hostname or "")


def _copy(found: object, service: str) -> str:
    match found:
        case {"archived_snapshots": {"closest": {"available": True, "url": str(text), **rest}}} if str(
            rest.get("status", "200")
        ).startswith("2"):
            url = encode_address(text.replace(f"http://{_COPIES}/", f"https://{_COPIES}/", 1))
            return url if urlsplit(url).hostname in (_COPIES, service) else ""
    return ""
