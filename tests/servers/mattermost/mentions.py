"""Whom a text notifies, by the server's own rule."""

from __future__ import annotations

import re

from tests.servers.mattermost.model import Channel, Json, User

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:\A|(?<=\n\n))(?: {4}|\t)[^\n]*(?:\n(?: {4}|\t)[^\n]*)*")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
ADDRESS = re.compile(r"(?<![\w])(?:https?|ftp)://[^\s<>\")]+")
EVERYBODY = ("@channel", "@all")


def words_of(text: str) -> list[str]:
    """The words that are looked up: no code and no web addresses, cut at all that cannot be part of a name."""
    for pattern in (FENCE, INDENTED, CODE, ADDRESS):
        text = pattern.sub("\n", text)
    spaced = "".join(sign if sign in ":.-_@" or sign.isalpha() or sign.isnumeric() else " " for sign in text)
    return spaced.split()


def names_in(word: str) -> list[str]:
    """What a word may stand for: itself, itself without a suffix, its parts."""
    word = word.lstrip(":.-_")
    found = [word]
    while word and word[-1] in ".-:_":
        word = word[:-1]
        found.append(word)
    return found + re.split(r"[.\-:]", found[0])


def keywords_of(user: User) -> set[str]:
    """What names this person, in lower case."""
    own = {f"@{user.name}".lower(), *(key.lower() for key in user.mention_keys)}
    return own | {user.first_name.lower()} if user.first_name_mentions and user.first_name else own


def texts_of(message: str, props: Json) -> list[str]:
    """The places where a mention counts."""
    texts = [message]
    attachments = props.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict):
            texts += [str(one.get("pretext") or ""), str(one.get("text") or "")]
            texts += [str(entry.get("value") or "") for entry in one.get("fields") or ()]
    return texts


def mentioned(message: str, props: Json, people: list[User], channel: Channel, most: int) -> set[str]:
    """The ids of those whom a new post notifies by its text; `@here` reaches nobody, as nobody is looking."""
    named = {
        name.lower() for text in texts_of(message, props) for word in words_of(text) for name in names_in(word) if name
    }
    calls_all = any(word in named for word in EVERYBODY) and len(channel.members) <= most
    return {
        user.id
        for user in people
        if (calls_all and user.channel_mentions and channel.kind != "D") or named & keywords_of(user)
    }
