"""CSL-JSON: what citation processors and reference managers exchange."""

import json

from ...core.sources import Source
from .csl_items import to_csl


def csl_json(source: Source) -> str:
    """A list of one item, in the schema csl-data 1.0.2; the text is unchanged."""
    return json.dumps([to_csl(source)], ensure_ascii=False, indent=2)
