"""Archived copies of dead pages, by the Internet Archive's availability service.

https://archive.org/help/wayback_api.php describes it. Only addresses of the service's own host are proposed.
"""

from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from ...works.registries.registry_requests import RegistryError, base_address, fetch_json
from .address_states import AddressEntry
from .written_addresses import encode_address

_SERVICE = "https://archive.org"
_VARIABLE = "FLORILEGIUM_ARCHIVE"
_COPIES = "web.archive.org"


def fetch_copies(entries: Iterable[AddressEntry]) -> dict[str, str]:
    """For each address the copy that is nearest to the day on which it last answered, or the newest one.

    Where the service cannot be asked, copies are missing: they are a kindness, and nothing depends on them.
    """
    copies = {}
    try:
        service = base_address(_VARIABLE, _SERVICE)
        for entry in entries:
            moment = f"&timestamp={entry.last_ok:%Y%m%d}" if entry.last_ok else ""
            address = f"{service}/wayback/available?url={quote(entry.url, safe='')}{moment}"
            found = fetch_json(address, f"the address {entry.url}", "the Internet Archive")
            if copy := _copy(found, urlsplit(service).hostname or ""):
                copies[entry.url] = copy
    except RegistryError:
        pass
    return copies


def _copy(found: object, service: str) -> str:
    match found:
        case {"archived_snapshots": {"closest": {"available": True, "url": str(text), **rest}}} if str(
            rest.get("status", "200")
        ).startswith("2"):
            url = encode_address(text.replace(f"http://{_COPIES}/", f"https://{_COPIES}/", 1))
            return url if urlsplit(url).hostname in (_COPIES, service) else ""
    return ""
