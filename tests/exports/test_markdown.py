"""The list of decisions: complete, and nobody's text is more than text in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from commands.domain.position import Filing, Kind, Stance
from commands.domain.round import Ending
from commands.domain.values import Line
from commands.exports.markdown import escaped, quotation
from commands.vocabulary import Format
from tests.exports.factory import Story, a_story, exported, say
from tests.factories import DAY, DEADLINE, HOUR, NOON, an_item

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

TEXTS = st.text(
    st.one_of(st.sampled_from("\\`*_[]<>#|~&^=+-.):!(@/ \n1aw"), st.characters(exclude_categories=["Cc", "Cs"]))
)
"""Without control characters: what gives the sentences has taken those out."""


def raw(line: Line) -> str:
    """A sentence that is the text itself."""
    return str(line.values["text"])


def list_of(story: Story) -> str:
    return exported(story.dossier(), Format.MARKDOWN).decode()


@given(TEXTS)
@example("# kop")
@example("1. een")
@example("---")
@example("| a | b |")
@example("![beeld](https://elders.example/x.png) <https://elders.example> <b>vet</b> &amp; `code` ~~weg~~")
def test_a_line_of_text_stays_one_paragraph_of_exactly_that_text(text):
    tokens = READER.parse(escaped(text))

    words = " ".join(text.split())
    assert [each.type for each in tokens] == (["paragraph_open", "inline", "paragraph_close"] if words else [])
    if words:
        children = tokens[1].children or []
        assert {each.type for each in children} <= {"text", "text_special"}
        assert "".join(each.content for each in children).replace("@\u2060", "@") == words


@given(TEXTS)
@example("# kop\n\n- punt\n\n    code\n> citaat\n```\nhek")
def test_a_quotation_holds_paragraphs_and_nothing_else(text):
    tokens = READER.parse(quotation(text, raw))

    assert [each.type for each in tokens[:1]] == ["blockquote_open"]
    assert [each.type for each in tokens[-1:]] == ["blockquote_close"]
    assert {each.type for each in tokens[1:-1]} <= {"paragraph_open", "inline", "paragraph_close"}


def test_no_address_becomes_a_link_and_nobody_is_mentioned():
    assert escaped("Zie https://elders.example en www.elders.example") == (
        "Zie https\\://elders.example en www\\.elders.example"
    )
    assert escaped("@all en vng@elders.example :smile:") == "@\u2060all en vng@\u2060elders.example \\:smile:"
    assert escaped("Om 16:00:00 uur, € 5,- per 1. januari!") == "Om 16:00:00 uur, € 5,- per 1. januari!"


def test_a_decision_shows_its_text_notes_silence_and_arithmetic():
    text = list_of(a_story())

    for wanted in (
        "## export.decisions.decision decision=BOD-2027-003/B1 title=Kader soevereine cloud",
        "> export.text text=BOD-2027-003/B1: het kader is vastgesteld.",
        "export.decisions.note organisation=Organisatie vng stance=reservation reservation=financial",
        "> export.text text=Onder voorbehoud van dekking.",
        "export.decisions.silent version=1.1 organisations=Organisatie uvw",
        "- explain.counts.consent for=3 against=0 abstain=0 silent=1 recused=0 eligible=4",
        "- explain.outcome code=adopted-with-note reason=",
    ):
        assert text.count(wanted) == 1, wanted


def test_a_late_position_is_not_an_answer():
    text = list_of(a_story())

    assert "Alsnog akkoord." not in text
    assert "export.decisions.silent version=1.1 organisations=Organisatie uvw" in text


def test_a_deviating_decision_gives_the_reason_of_the_chair():
    story = Story()
    story.open()
    story.file("vng", Stance.OBJECT, NOON + HOUR, "Geen dekking.")
    story.close()
    story.establish("Toch vastgesteld.", DEADLINE + DAY, deviation="Het kan niet wachten.")

    text = list_of(story)

    assert "export.decisions.deviation\n\n> export.text text=Het kan niet wachten." in text
    assert "- explain.outcome code=no-decision reason=objection" in text


def test_a_rectification_stands_beside_the_decision_that_it_corrects():
    story = a_story()
    story.establish("Verbeterd.", DEADLINE + 2 * DAY, corrects=story.decisions[0].number, reason="Fout.")

    text = list_of(story)

    assert text.count("> export.text text=BOD-2027-003/B1: het kader is vastgesteld.") == 1
    assert "export.decisions.rectifies corrects=BOD-2027-003/B1" in text
    assert "export.decisions.reason\n\n> export.text text=Fout." in text


def test_a_reservation_lifted_after_closing_is_shown_as_lifted():
    story = a_story()
    reserved = story.rounds[1].positions[2]
    lifted = DEADLINE + 2 * HOUR
    story.file("vng", Stance.AGREE, lifted, filing=Filing.AFTER, lifts=reserved.sequence)

    text = list_of(story)

    assert re.search(r"export\.decisions\.lifted organisation=Organisatie vng at=2027-01-25 18:00:00", text)


@pytest.mark.parametrize("ending", [Ending.MEETING, Ending.DEADLINE])
def test_a_decision_without_an_outcome_says_so(ending):
    story = Story(an_item(kind=Kind.CONSULTATION))
    story.open(rule=None)
    story.close(DEADLINE, ending)
    story.establish("In de vergadering besloten.", DEADLINE + DAY, deviation="Besloten in de vergadering.")

    text = list_of(story)

    assert "export.decisions.without-outcome" in text
    assert "export.decisions.silent" not in text


def test_a_dossier_without_decisions_says_so():
    assert "export.decisions.none" in list_of(Story())


def test_sentences_are_asked_for_in_one_place():
    asked = []

    def listen(line: Line) -> str:
        asked.append(line.key)
        return say(line)

    assert quotation("a\n\nb", listen) == "> export.text text=a  \n>   \n> export.text text=b"
    assert asked == ["export.text", "export.text"]
