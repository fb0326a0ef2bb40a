"""Pages: a linked library becomes the Markdown files from which a renderer makes the site, and the feeds
beside them.

`plan_pages` says which files there are, what each depends on, and how to make it; nothing is written here.
"""

from collections.abc import Iterable, Iterator

from ...core.executors import MakeExecutor
from ...core.store import Store
from ...library.links import Links
from ...works.citing.formatting import Bibliography
from .page_plan import Planner
from .page_rendering import render_in_parallel
from .planned_pages import PagePlan


def plan_pages(links: Links, bibliography: Bibliography, stamp: str, store: Store) -> PagePlan:
    """Which files there are; `stamp` stands for the program that makes them, `store` holds what the last run kept."""
    return Planner(links, bibliography, stamp, store).plan()


def render_pages(plan: PagePlan, keys: Iterable[str], executor: MakeExecutor) -> Iterator[bytes]:
    """Render planned pages, given by their keys, in that order."""
    by_key = {page.key: page for page in plan.pages.values()}
    return render_in_parallel([by_key[key] for key in keys], plan.site, executor)
