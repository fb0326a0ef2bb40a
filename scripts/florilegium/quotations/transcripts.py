"""The text of subtitles and transcripts (WebVTT, SubRip): what is said, and by whom; no times, no numbers."""

import re

from ..core.entities import unescape_html

_TIMES = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->.*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)


def transcript_text(text: str) -> str:
    """Return what the cues say, each voice at the beginning of a paragraph: `Ines: I was unhappy.`"""
    pieces: list[str] = []
    speaker = ""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")):
        lines = block.strip("\n").split("\n")
        times = next((number for number, line in enumerate(lines) if _TIMES.fullmatch(line)), None)
        if times is None:
            continue
        for line in lines[times + 1 :]:
            voice = _VOICE.search(line)
            if voice and voice[1].strip() != speaker:
                speaker = voice[1].strip()
                pieces.append(f"\n\n{speaker}: ")
            pieces.append(f"{unescape_html(_TAG.sub('', _VOICE.sub('', line))).strip()} ")
    return "".join(pieces).strip()
