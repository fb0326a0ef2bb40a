"""Codebook and project for programs of qualitative analysis, in the formats of REFI-QDA (https://www.qdasoftware.org/).

Themes are codes. Each note is a source in plain text, and each of its quotations a selection there, coded with its
themes, with who speaks, and with its content notices. The same library always gets the same GUIDs, made from its
permalinks, so that what is imported a second time meets what was imported first.
"""

from collections.abc import Iterator

from ...linked_site import Site
from ..data_file import DataFile
from .refi_documents import render_codebook, render_project


def qda_files(site: Site) -> Iterator[DataFile]:
    """Nothing for a library without themes, since a codebook must hold a code."""
    if site.links.themes:
        yield DataFile(
            name="codebook.qdc",
            path="data/codebook.qdc",
            title="The themes as a codebook for programs of qualitative analysis (REFI-QDA)",
            media_type="application/xml",
            render=lambda: render_codebook(site),
        )
        yield DataFile(
            name="project.qdpx",
            path="data/project.qdpx",
            title="All notes with their coded quotations, as a project for programs of qualitative analysis (REFI-QDA)",
            media_type="application/zip",
            render=lambda: render_project(site),
        )
