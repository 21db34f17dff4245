"""Whom a text notified on the real server, writing by writing, is whom it notifies on the fake one.

The recording names the writings; their texts stand here.
"""

from __future__ import annotations

import pytest

from tests.servers.recordings import Stage, staged
from tests.servers.stub_bot import StubBot

REPLAYED = ["mention_neutralisation"]
INVISIBLE = {
    "zwsp U+200B": "\u200b",
    "word joiner U+2060": "\u2060",
    "zwj U+200D": "\u200d",
    "zwnj U+200C": "\u200c",
    "bom U+FEFF": "\ufeff",
    "soft hyphen U+00AD": "\u00ad",
    "ltr mark U+200E": "\u200e",
    "var selector U+FE0E": "\ufe0e",
    "cgj U+034F": "\u034f",
}


def writings(name: str) -> dict[str, str]:
    """The texts of the recorded writings of a name after an @."""
    half = len(name) // 2
    plain = {
        "raw": f"hoi @{name} daar",
        "word joiner inside": f"@{name[:half]}\u2060{name[half:]}",
        "zwsp inside": f"@{name[:half]}\u200b{name[half:]}",
        "word joiner before @": f"\u2060@{name}",
        "backslash": f"\\@{name}",
        "code span": f"`@{name}`",
        "code block": f"```\n@{name}\n```",
        "indented code": f"    @{name}",
        "blank": f"@ {name}",
        "brackets": f"(@{name})",
        "prefix letter": f"a@{name}",
        "dot after": f"@{name}.",
        "fullwidth at": f"＠{name}",
        "html entity": f"&#64;{name}",
        "link text": f"[@{name}](http://example.test)",
        "image alt": f"![@{name}](http://example.test/a.png)",
        "quote": f"> @{name}",
        "bold": f"**@{name}**",
        "italic": f"*@{name}*",
        "strike": f"~~@{name}~~",
        "emph after at": f"@*{name}*",
        "upper": f"@{name.upper()}",
        "in url": f"http://example.test/@{name}",
        "angle": f"<@{name}>",
        "latex inline": f"$@{name}$",
        "unclosed code": f"`@{name}",
        "table": f"| a |\n|---|\n| @{name} |",
        "html comment": f"<!-- @{name} -->",
        "ref link def": f'[x]: http://example.test "@{name}"',
        "colon after": f"@{name}:",
        "dash after": f"@{name}-",
        "underscore after": f"@{name}_",
    }
    return plain | {f"@+{kind}": f"@{sign}{name}" for kind, sign in INVISIBLE.items()}


def words(word: str) -> dict[str, str]:
    """The texts of the recorded writings of a word that notifies without an @."""
    half = len(word) // 2
    return {
        "raw without @": f"over {word} gaat het",
        "zwsp inside": f"{word[:half]}\u200b{word[half:]}",
        "word joiner inside": f"{word[:half]}\u2060{word[half:]}",
        "soft hyphen inside": f"{word[:half]}\u00ad{word[half:]}",
        "code span": f"`{word}`",
        "backslash": f"\\{word}",
        "word joiner prefix": f"\u2060{word}",
        "zwj inside": f"{word[:half]}\u200d{word[half:]}",
        "html entity first": f"&#{ord(word[0])};{word[1:]}",
    }


def place(where: str, text: str) -> dict[str, object]:
    """An attachment with a text in one place."""
    if where in ("field value", "field title"):
        return {"fields": [{"title": text, "value": "x"} if where == "field title" else {"title": "x", "value": text}]}
    if where == "button name":
        return {"actions": [{"id": "a", "type": "button", "name": text}]}
    if where == "select option":
        return {"actions": [{"id": "a", "type": "select", "name": "x", "options": [{"text": text, "value": "v"}]}]}
    return {where: text}


@pytest.fixture
def attentive(bot: StubBot):
    """A stage on which one person also asks to be told of her first name and of a word."""
    stage = staged(bot)
    stage["fatima"].mention_keys = ("begroting",)
    stage["fatima"].first_name_mentions = True
    with stage.server:
        yield stage


def notified(stage: Stage, message: str, attachments: list[object]) -> dict[str, int]:
    """By how many a message raises the counts of the two."""
    two = ("noor", "fatima")
    before = {name: stage.server.mentions(stage[name]) for name in two}
    stage.post(list(attachments), message)
    return {name: stage.server.mentions(stage[name]) - before[name] for name in two}


def test_a_message_notifies_whom_it_notified_then(attentive: Stage):
    recorded = attentive.case("mention_neutralisation")["effect"]["in_message"]

    for target, table in recorded.items():
        texts = words(target) if target in ("Fatima", "begroting") else writings(target)
        for name, expected in table.items():
            assert (target, name, notified(attentive, texts[name], [])) == (target, name, expected)


def test_a_text_on_a_card_notifies_where_it_notified_then(attentive: Stage):
    recorded = attentive.case("mention_neutralisation")["effect"]["in_attachment_place"]

    for where, table in recorded.items():
        for writing, expected in table.items():
            text = writing.encode().decode("unicode_escape")
            found = notified(attentive, "Kaart", [place(where, text)])
            assert (where, writing, found) == (where, writing, expected)
