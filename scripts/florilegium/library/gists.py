"""Gists: what a note tells of a quotation in a few words of its own, for readers who have not opened it."""

from dataclasses import replace

from ..core.diagnostics import closest, quoted
from ..core.limits import MAX_TITLE
from ..core.model import Body
from ..core.trees import Mapping, Scalar
from .frontmatter import Fields


def give_gists(fields: Fields, body: Body) -> Body:
    """Give each quote the text that `gist:` has under its id; report ids that no quote has, and what is no text."""
    node = fields.get("gist")
    if node is None:
        return body
    ids = [quote.id for quote in body.quotes]
    if not isinstance(node, Mapping):
        example = ids[0] if ids else "quote-id"
        fields.expect("gist", "ids of quotes, each with a text", node, f"write gist: {{{example}: a few words}}")
        return body
    gists: dict[str, str] = {}
    for key, value in node.entries:
        if key.text not in ids:
            near = closest(key.text, ids)
            remedy = f"did you mean {quoted(near)}?" if near else "write the id of a quote of this note, without #"
            fields.report(
                "gist", f'"gist" names {quoted(key.text)}, which is not a quote of this note', remedy, span=key.span
            )
        elif not isinstance(value, Scalar) or not value.text.strip():
            fields.report("gist", f"the gist of {quoted(key.text)} is not a text", "write a few words", span=key.span)
        elif len(value.text) > MAX_TITLE:
            message = (
                f"the gist of {quoted(key.text)} has {len(value.text):,} characters; at most {MAX_TITLE} are allowed"
            )
            fields.report("gist", message, "shorten it", rule="too-long", span=value.span)
        else:
            gists[key.text] = " ".join(value.text.split())
    return replace(body, quotes=tuple(replace(quote, gist=gists.get(quote.id, "")) for quote in body.quotes))
