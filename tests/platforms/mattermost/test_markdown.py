"""What people typed is shown in Mattermost as they typed it, and does nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.mattermost.markdown import cells, fact, label, line, quote, sentence
from bot.views.card import UserText
from bot.views.cut import cut
from bot.views.text import neutral_lines
from tests.platforms.mattermost.corpus import (
    CORPUS,
    JOINER,
    LOOKED_FOR,
    READER,
    kinds,
    mentions,
    shown,
    unseen,
    written,
)

RECORDED = Path(__file__).parents[2] / "servers" / "mattermost" / "recorded" / "mention_neutralisation.json"
TEXTS = st.text(st.sampled_from("@#~:/.<>[]()!*_`|\\&;$-+=1aw \n\u200b\u2060\u202eא\u0301👍"), max_size=30)
QUOTED = {"blockquote_open", "blockquote_close"}
LISTED = {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
TABLED = {
    f"{part}_{side}" for part in ("table", "thead", "tbody", "tr", "th", "td") for side in ("open", "close")
}  # fmt: skip

WRITINGS = {
    "raw": "@noor",
    "@+zwsp U+200B": "@\u200bnoor",
    "@+word joiner U+2060": "@\u2060noor",
    "@+zwj U+200D": "@\u200dnoor",
    "@+zwnj U+200C": "@\u200cnoor",
    "@+bom U+FEFF": "@\ufeffnoor",
    "@+soft hyphen U+00AD": "@\u00adnoor",
    "@+ltr mark U+200E": "@\u200enoor",
    "@+var selector U+FE0E": "@\ufe0enoor",
    "@+cgj U+034F": "@\u034fnoor",
    "word joiner inside": "@no\u2060or",
    "zwsp inside": "@no\u200bor",
    "word joiner before @": "\u2060@noor",
    "backslash": "\\@noor",
    "code span": "`@noor`",
    "code block": "```\n@noor\n```",
    "indented code": "    @noor",
    "blank": "@ noor",
    "brackets": "(@noor)",
    "prefix letter": "x@noor",
    "dot after": "@noor.",
    "fullwidth at": "＠noor",
    "html entity": "&#64;noor",
    "link text": "[@noor](https://example.org)",
    "image alt": "![@noor](https://example.org/a.png)",
    "quote": "> @noor",
    "bold": "**@noor**",
    "italic": "*@noor*",
    "strike": "~~@noor~~",
    "emph after at": "@*noor*",
    "upper": "@NOOR",
    "in url": "https://example.org/@noor",
    "angle": "<@noor>",
    "latex inline": "$@noor$",
    "unclosed code": "`@noor",
    "table": "| @noor |\n|---|\n| x |",
    "html comment": "<!-- @noor -->",
    "ref link def": "[x]: https://example.org '@noor'",
    "colon after": "@noor:",
    "dash after": "@noor-",
    "underscore after": "@noor_",
}
"""What stood in the message of each recorded case."""

NOT_READ_BY_THE_SERVER = {"code span", "code block", "indented code", "in url"}


# --- the judge -------------------------------------------------------------------------------------------------


def test_the_judge_of_mentions_counts_what_a_real_server_counted():
    recorded = json.loads(RECORDED.read_text("utf-8"))["effect"]["in_message"]["noor"]

    counted = {case: mentions(text) for case, text in WRITINGS.items()}

    expected = {case: each["noor"] for case, each in recorded.items()} | dict.fromkeys(NOT_READ_BY_THE_SERVER, 1)
    assert counted == expected


def test_the_corpus_is_large_and_does_harm_when_nothing_is_done_about_it():
    found = {name for name, pattern in LOOKED_FOR.items() if any(pattern.search(each) for each in CORPUS)}
    harm = {kind for each in CORPUS for kind in kinds(each)}

    assert len(CORPUS) >= 500
    assert sum(mentions(each) > 0 for each in CORPUS) > 150
    assert found == LOOKED_FOR.keys()
    assert harm >= {"link_open", "image", "heading_open", "html_inline", "html_block", "table_open", "fence", "hr"}


# --- harmless --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("longest", [None, 20, 3])
def test_user_text_alerts_nobody(longest):
    text = [UserText(each) for each in CORPUS]

    drawn = [
        *(line((each,), longest) for each in text),
        *(label((each,), longest) for each in text),
        *(part for each in text for part in quote(each, longest)),
        *(cells(((each,),), longest) for each in text),
        *(fact((each,), (each,), longest) for each in text),
    ]

    assert [each for each in drawn if mentions(each)] == []
    assert [each for each in drawn if each.count("@") != each.count(f"@{JOINER}")] == []


@pytest.mark.parametrize("longest", [None, 20])
def test_user_text_is_nothing_but_text_wherever_it_stands(longest):
    allowed = {"line": set(), "fact": {"strong_open", "strong_close"}, "quote": QUOTED, "item": LISTED, "cell": TABLED}
    found: dict[str, set[str]] = {place: set() for place in allowed}

    for each in map(UserText, CORPUS):
        found["line"] |= kinds(line((each,), longest))
        found["fact"] |= kinds(fact(("Reden",), (each, "."), longest))
        found["quote"] |= kinds("\n".join(quote(each, longest)))
        found["item"] |= kinds(f"- {line((each,), longest)}")
        found["cell"] |= kinds(
            f"{cells(((each,), ('x',)), longest)}\n| --- | --- |\n{cells(((each,), ('y',)), longest)}"
        )

    assert {place: kinds - allowed[place] for place, kinds in found.items() if kinds - allowed[place]} == {}


def test_nothing_that_the_client_looks_for_is_left_in_user_text():
    seen = [_visible(line((UserText(each),))) for each in CORPUS] + [label((UserText(each),)) for each in CORPUS]

    assert [(name, each) for each in seen for name, pattern in LOOKED_FOR.items() if pattern.search(each)] == []


def test_no_formula_is_left_in_user_text():
    assert [each for each in CORPUS if "$" in line((UserText(each),))] == []


def test_user_text_is_shown_as_it_was_typed():
    differing = [each for each in CORPUS if shown(line((UserText(each),))) != written(each)]
    in_buttons = [each for each in CORPUS if unseen(label((UserText(each),))) != written(each)]

    assert (differing, in_buttons) == ([], [])


def test_a_quotation_shows_every_line_as_it_was_typed_and_ends_where_it_should():
    for each in CORPUS:
        after = READER.parse("\n".join([*quote(UserText(each)), "", "Akkoord: 12"]))
        inner = shown("\n".join(quote(UserText(each))))

        assert [token.content for token in after if token.type == "inline"][-1] == "Akkoord: 12"
        assert [token.type for token in after][-3:] == ["paragraph_open", "inline", "paragraph_close"]
        lines = [part for part in neutral_lines(each) if part]
        assert inner.replace("\n", "") == "".join(map(written, lines))


@given(TEXTS)
def test_any_text_of_dangerous_signs_is_shown_as_it_was_typed_and_alerts_nobody(text):
    drawn = line((UserText(text),))

    assert shown(drawn) == written(text)
    assert (kinds(drawn), mentions(drawn)) == (set(), 0)
    assert [name for name, pattern in LOOKED_FOR.items() if pattern.search(_visible(drawn))] == []


@given(TEXTS, st.integers(1, 12))
def test_text_is_cut_before_it_is_made_harmless(text, longest):
    drawn = line((UserText(text),), longest)

    assert shown(drawn) == cut(written(text), longest)
    assert drawn.count("@") == drawn.count(f"@{JOINER}")


# --- our own words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, markdown",
    [
        ("Akkoord: 12", "Akkoord: 12"),
        ("1. het kader", "1\\. het kader"),
        ("- los", "\\- los"),
        ("/standpunt <nr> [tekst]", "/standpunt &lt;nr> \\[tekst\\]"),
        ("twee_woorden * 3", "twee\\_woorden \\* 3"),
        ("vraag @secretaris op https://example.org", "vraag @secretaris op https://example.org"),
        ("✔ klaar", "✓ klaar"),
    ],
)
def test_our_own_words_are_shown_as_they_are(words, markdown):
    assert line((words,)) == markdown
    assert shown(markdown) == words.replace("✔", "✓")


def test_a_label_of_ours_is_bold_and_user_text_never_is():
    assert sentence(("Sluit: vrijdag om 17:00",)) == "**Sluit:** vrijdag om 17:00"
    assert sentence(("Kan dit?",)) == "Kan dit?"
    assert sentence((UserText("Sluit: nu"),)) == "Sluit: nu"
    assert fact(("Versie",), (UserText("1.0"),)) == "**Versie:** 1.0"
    assert fact((UserText("Versie"),), ("1.0",)) == "Versie: 1.0"


def test_the_time_of_day_in_user_text_stays_free_of_joiners():
    assert line((UserText("om 17:00 (of 9:30) :17:00:"),)) == f"om 17:00 (of 9:30) :{JOINER}17:{JOINER}00:"


def _visible(markdown: str) -> str:
    """What the client searches: the text after markdown, with its joiners."""
    return "".join(child.content for token in READER.parse(markdown) for child in token.children or ())
