"""The feed as a data file, read by an independent reader."""

import feedparser
from planned import contents, planned


def test_the_feed_names_the_notes_and_tells_of_no_quotation(tmp_path):
    plan = planned(tmp_path)
    data = contents(plan, "data/feed.xml")["data/feed.xml"]
    feed = feedparser.parse(data)
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == {note.title for note in plan.site.links.notes.values()}
    assert all(quote.words not in data.decode() for quote in plan.site.links.quotes)
    assert all("\ufdd0" not in entry.link for entry in feed.entries)
