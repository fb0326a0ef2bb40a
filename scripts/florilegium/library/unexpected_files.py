"""Files that are no part of a library: what desktops and editors leave is passed over, the rest is explained."""

import re

from ..core.diagnostics import quoted
from ..core.ids import propose_id
from ..core.rules import Group, declare_rule

_LEFT_BY_OTHERS = re.compile(
    r"\.DS_Store|\._.*|\.localized|Icon\r|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|\.Trash-.*|\.trash"
    r"|\.obsidian|\.zettlr.*|\.ztr-directory|\.logseq|\.vscode|\.idea|\.stfolder|\.stversions|\.dropbox.*"
    r"|.*\.sw[a-p]|.*~|~\$.*|\.~lock\..*#|\.#.*|#.*#|.*\.tmp|.*\.bak|\.nfs.*|\.gitkeep",
    re.IGNORECASE,
)


declare_rule(
    "unexpected-file",
    Group.FILES,
    "Only notes, themes, reference files, `library.yml` and the files `*.lock` that commands write live under "
    "`annotations/`.",
    "A file that nothing reads is a file that nobody reviews; and what lies there could be published by accident.",
    "Move the file elsewhere, or rename it so that it is a note (`notes/<id>.md`) or a theme (`themes/<id>.md`).",
)

declare_rule(
    "symbolic-link",
    Group.FILES,
    "Everything under `annotations/` is a regular file or a folder.",
    "A link can point at any file of the machine that builds the site, and would publish it. Devices, sockets and "
    "pipes are refused too.",
    "Replace the link by the file itself.",
)

declare_rule(
    "unreadable-file",
    Group.FILES,
    "Every file under `annotations/` can be read.",
    "A note that cannot be read would vanish from the site without a word.",
    "Give the file read permission, or remove it.",
)


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name was made by no person, and so is no part of a library."""
    return _LEFT_BY_OTHERS.fullmatch(name) is not None


_NO_TEXTS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".docx", ".odt", ".epub")
_TEXTS = (".markdown", ".mdown", ".txt", ".qmd", ".mdx")


def explain_folder(path: str) -> tuple[str, str]:
    """What is wrong with a folder among the notes or themes, and the remedy."""
    parent, name = path.rsplit("/", 1)
    return f"{quoted(name)} is a folder within {parent}/", f"move what belongs to the library into {parent}/ itself"


def explain_unexpected(path: str, among_texts: bool, otherwise: str) -> tuple[str, str]:
    """What is wrong with a file that the library has no place for, and the remedy; `otherwise` is the general one."""
    parent, _, name = path.rpartition("/")
    root = path.partition("/")[0]
    stem, _, suffix = name.rpartition(".")
    if parent == root and re.fullmatch(r"(?:readme|license|contributing|index|changelog)\.\w+", name, re.IGNORECASE):
        return f"{quoted(path)} is not a note or a theme", f"move it out of {root}/"
    if parent == root and name in ("library.yaml", "Library.yml", "library.yml.txt"):
        return f"{quoted(name)} is not the file of the settings", "rename it to library.yml"
    if suffix.lower() in ("bib", "ris", "json", "yaml", "yml") and stem:
        return f"{quoted(path)} lies outside the folder of works", f"move it to {root}/references/{name}"
    if name.endswith(".md") and parent == root:
        remedy = f"move it to {root}/notes/{name}, or if it is a theme to {root}/themes/{name}"
        return f"{quoted(path)} lies outside the folder of the notes", remedy
    if among_texts and name.lower().endswith(_NO_TEXTS):
        return f"{quoted(name)} is not a text", f"keep it outside {root}/: a library holds texts alone"
    if among_texts and name.lower().endswith(_TEXTS):
        return (
            f"{quoted(name)} does not end with .md",
            f"rename it to {propose_id(stem, otherwise='note', long=True)}.md",
        )
    if among_texts and (suffix == "MD" or not stem) and parent.count("/") == 1:
        return f"{quoted(name)} does not end with .md", f"rename it to {propose_id(stem or name, long=True)}.md"
    return f"{quoted(path)} is not part of a library", otherwise
