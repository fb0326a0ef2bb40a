"""Who speaks in a quotation: what is read of a speaker, what is refused, and that nothing is dropped."""

import re

import pytest
from florilegium.core.model import Role
from florilegium.core.spans import Span
from florilegium.library.voices import render_voices
from florilegium.markdown.speakers import SpeakerFault, WorkPerson, parse_speaker
from hypothesis import given
from hypothesis import strategies as st

ROLES = {
    "participant": ("participant", "Participant"),
    "author": ("author", "Author"),
    "interviewer": ("interviewer", "Interviewer"),
    "support-worker": ("support-worker", "support worker", "Support worker"),
}
LABELS = {id_: Role(id=id_, label=names[-1], span=Span.of_file("")) for id_, names in ROLES.items()}
PEOPLE = (WorkPerson("Thomas De Quincey", ("Thomas De Quincey", "De Quincey"), "author"),)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a participant", "Participant"),
        ("The authors", "Author"),
        ("a support worker", "Support worker"),
        ('a participant "Dana"', "Participant “Dana”"),
        ("a participant, “Dana”", "Participant “Dana”"),
        ("a participant 'Dana'", "Participant “Dana”"),
        ('an interviewer "-Kim"', "Interviewer “-Kim”"),
        ("participant 7", "Participant 7"),
        ("participant 12", "Participant 12"),
        ("Participant P03", "Participant P03"),
        ("a participant (F-12)", "Participant F-12"),
        ("a participant, P03", "Participant P03"),
        ('participant 4 "Ines"', "Participant 4 “Ines”"),
        ("participants 3 and 4", "Participant 3 and Participant 4"),
        ("participants 3, 4 and 7", "Participant 3, Participant 4 and Participant 7"),
        ('participants "Dana" and "Kim"', "Participant “Dana” and Participant “Kim”"),
        ("interviewer and participant", "Interviewer and Participant"),
        ("a participant and the author", "Participant and Author"),
        ("the interviewer, a participant and the author", "Interviewer, Participant and Author"),
        ("Thomas De Quincey", "Thomas De Quincey"),
        ("De Quincey", "Thomas De Quincey"),
        ("De Quincey and a participant", "Thomas De Quincey and Participant"),
    ],
)
def test_what_is_read_is_shown_whole(text: str, shown: str) -> None:
    voices = parse_speaker(text, ROLES, PEOPLE)
    assert not isinstance(voices, SpeakerFault)
    assert render_voices(voices, LABELS) == shown


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("the author, Thomas De Quincey", "write the name alone: Thomas De Quincey"),
        ("a participant, Ines", 'put the name in quotation marks: a participant, "Ines"'),
        ("Participant P03, female, 34", "write Participant P03, and say the rest in the prose"),
        ("a participant (a nurse, 34)", "write a participant, and say the rest in the prose"),
        ("a participant, 34", "an age belongs into the prose"),
        ("the author quoting a participant", "write the author, or a participant"),
        ("the author, quoting a participant", "write the author, or a participant"),
        ("a participant, as the author paraphrases her", "write a participant, or the author"),
        ('a participant, "Ines", to the interviewer', 'write a participant, "Ines"; to whom it was said'),
        ("the author, ironically", "write the author"),
        ("the author of the preface", "write the author"),
        ("the author's mother", 'write "the author" if the words are theirs'),
        ("the author’s mother", "if the words are theirs"),
        ("author/participant", "author and participant"),
        ("a participant, “Ines”, aged 34", "write a participant, “Ines”, and say the rest"),
        ('the interviewer, then a participant, "Ines"', 'the interviewer and a participant, "Ines"'),
        ("the interviewer, a participant", "the interviewer and a participant"),
        (
            "participant 12, translated from German by the note-taker",
            "a block quote of its own: — translated by NAME {of=#quote-id}",
        ),
        ("the authority on memory", ""),
        ("Dana", ""),
        ("an author-in-exile", ""),
    ],
)
def test_what_is_left_over_is_refused_with_the_right_form(text: str, remedy: str) -> None:
    fault = parse_speaker(text, ROLES, PEOPLE)
    assert isinstance(fault, SpeakerFault)
    assert remedy in fault.remedy
    assert bool(remedy) == bool(fault.remedy)


@pytest.mark.parametrize(
    ("text", "language"), [("eine Participant und der Author", "de"), ("l’author et un participant", "fr")]
)
def test_articles_and_joints_of_the_library_language(text: str, language: str) -> None:
    assert not isinstance(parse_speaker(text, ROLES, (), language), SpeakerFault)
    assert isinstance(parse_speaker(text, ROLES, ()), SpeakerFault)


PARTS = [
    "a participant",
    "the author",
    "De Quincey",
    '"Dana"',
    "7",
    "P03",
    "and",
    ",",
    "quoting",
    "34",
    "'s",
    "/",
    "of",
    "(x)",
]


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map(" ".join))
def test_nothing_that_tells_speakers_apart_is_dropped(text: str) -> None:
    voices = parse_speaker(text, ROLES, PEOPLE)
    if isinstance(voices, SpeakerFault):
        return
    shown = render_voices(voices, LABELS).casefold()
    for word in re.findall(r"\w+", text.casefold()):
        assert word in shown or word in ("a", "the", "and")
