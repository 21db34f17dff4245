"""Positions for a spreadsheet: RFC 4180, and no cell that one could take for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from commands.domain.position import Basis, Filing, Kind, Stance
from commands.domain.roll import Roll
from commands.exports.csv import COLUMNS, CsvExport, guarded
from commands.vocabulary import Format
from tests.exports.factory import Story, a_story, exported, say
from tests.factories import DEADLINE, HOUR, NOON, a_roll, an_item

SIGNS = "=+-@\t\r\n＝＋－＠"

TEXTS = st.text(st.one_of(st.sampled_from(SIGNS + " ;,\"'\u200b\u2060"), st.characters(codec="utf-8")))


def rows(content: bytes, separator: str = ",") -> list[dict[str, str]]:
    """The rows as a reader of RFC 4180 sees them, by column."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet could take a cell for a formula: by its first sign that can be seen."""
    for sign in cell:
        if sign in SIGNS:
            return True
        if unicodedata.category(sign) not in ("Zs", "Cc", "Cf"):
            return False
    return False


def a_story_of(text: str) -> Story:
    """An item with one position that says this, under a title that says it too."""
    story = Story(an_item(title=text or "titel"))
    story.open()
    story.file("vng", Stance.OBJECT, NOON + HOUR, text)
    return story


@given(TEXTS)
def test_no_cell_is_a_formula_whatever_people_type(text):
    (row,) = rows(exported(a_story_of(text).dossier(), Format.CSV))

    assert [name for name, cell in row.items() if is_formula(cell)] == []


@given(TEXTS)
def test_a_text_comes_back_exactly_with_at_most_an_apostrophe_in_front(text):
    (row,) = rows(exported(a_story_of(text).dossier(), Format.CSV))

    assert row["text"] == (f"'{text}" if is_formula(text) else text)


def test_a_formula_gets_an_apostrophe_in_front():
    assert guarded('=HYPERLINK("http://kwaad")') == '\'=HYPERLINK("http://kwaad")'
    assert guarded("＝1+1") == "'＝1+1"
    assert guarded("\u200b \u2060@SUM(A1)") == "'\u200b \u2060@SUM(A1)"
    assert guarded("Kosten: € 5,-") == "Kosten: € 5,-"
    assert guarded("") == ""


def test_a_row_has_everything_about_a_position():
    content = exported(a_story().dossier(), Format.CSV)

    condition = rows(content)[2]
    assert condition == {
        "item": "BOD-2027-003",
        "title": "Kader soevereine cloud",
        "round": "1",
        "version": "1.0",
        "organisation": "ipo",
        "name": "Organisatie ipo",
        "column": "column-ipo",
        "weight": "1",
        "voting": "yes",
        "stance": "agree-if",
        "ballot": "",
        "text": "Een jaar langer.",
        "points": "2",
        "basis": "",
        "reservation": "",
        "suspensive": "",
        "until": "",
        "received_at": "2027-01-11T14:00:00Z",
        "filing": "in-time",
        "counted": "yes",
        "answer": "met",
        "answer_text": "Punt 2 geeft een jaar langer.",
        "entry": "5",
        "hash": condition["hash"],
    }


def test_a_replaced_or_late_position_is_there_and_is_not_the_one_that_counts():
    content = exported(a_story().dossier(), Format.CSV)

    found = [(row["organisation"], row["stance"], row["filing"], row["counted"]) for row in rows(content)]
    assert ("vng", "reservation", "in-time", "no") in found
    assert ("vng", "agree", "in-time", "yes") in found
    assert ("uvw", "agree", "late", "no") in found
    assert len(found) == 9


def counted(story: Story) -> list[tuple[str, str, str]]:
    found = rows(exported(story.dossier(), Format.CSV))
    return [(row["organisation"], row["stance"], row["counted"]) for row in found]


def test_only_the_latest_position_in_time_of_a_voting_organisation_is_counted():
    adviser = replace(a_roll().seats[0], voting=False)
    story = Story(roll=Roll((adviser, *a_roll().seats[1:])))
    story.open()
    story.file("rijk", Stance.AGREE, NOON + HOUR)
    story.file("vng", Stance.OBJECT, NOON + HOUR, "Geen dekking.")
    story.file("vng", Stance.AGREE, NOON + 2 * HOUR)
    story.file("ipo", Stance.AGREE, NOON + HOUR)
    story.file("ipo", Stance.WITHDRAWN, NOON + 2 * HOUR)
    story.close()
    story.file("uvw", Stance.AGREE, DEADLINE + HOUR, filing=Filing.LATE)

    assert counted(story) == [
        ("rijk", "agree", "no"),
        ("vng", "object", "no"),
        ("vng", "agree", "yes"),
        ("ipo", "agree", "no"),
        ("ipo", "withdrawn", "no"),
        ("uvw", "agree", "no"),
    ]


def test_a_round_without_a_rule_counts_no_position():
    story = Story(an_item(kind=Kind.CONSULTATION, rule=""))
    story.open(rule=None)
    story.file("vng", Stance.SUPPORT, NOON + HOUR)

    assert counted(story) == [("vng", "support", "no")]


def test_the_hash_of_a_row_is_that_of_its_entry():
    story = a_story()

    found = {row["entry"]: row["hash"] for row in rows(exported(story.dossier(), Format.CSV))}

    assert found == {str(entry.sequence): entry.hash for entry in story.entries if entry.kind == "position-filed"}


def test_lines_end_and_cells_are_quoted_as_in_rfc_4180():
    story = a_story_of('Eerste regel.\nTweede regel met een "citaat", en een komma; en meer.')

    content = exported(story.dossier(), Format.CSV)

    assert content.startswith(b"\xef\xbb\xbf" + b",".join(b'"%s"' % name.encode() for name in COLUMNS) + b"\r\n")
    assert b'"Eerste regel.\nTweede regel met een ""citaat"", en een komma; en meer."' in content
    assert content.endswith(b'"\r\n')


def test_a_file_can_have_semicolons_and_no_byte_order_mark():
    content = io.BytesIO()
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, NOON + HOUR, "Akkoord; of niet.", basis=Basis.BOARD)

    CsvExport(separator=";", byte_order_mark=False).write(story.dossier(), say, content)

    (row,) = rows(content.getvalue(), ";")
    assert content.getvalue().startswith(b'"item";"title";')
    assert (row["text"], row["basis"]) == ("Akkoord; of niet.", "board")
