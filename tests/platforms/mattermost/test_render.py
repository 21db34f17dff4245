"""Cards in Mattermost: the rules by which they are seen whole, in golden texts of both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.i18n import LOCALES
from bot.platforms.mattermost.render import MOST_MESSAGE, MOST_PROPS, RenderedPost, Renderer
from bot.seal import Seal
from bot.views.card import Block, Bullets, Button, Card, Facts, Paragraph, Quote, Table, Tone, UserText
from bot.views.item import item_card
from bot.views.reply import refusal_card
from bot.views.text import plain
from commands.domain.draft import Document
from commands.domain.errors import NotOnRoll
from commands.domain.position import Stance
from tests.factories import NOON, NUMBER, a_position, an_open_item
from tests.platforms.contract import PLACES
from tests.platforms.hostile import HOSTILE
from tests.platforms.mattermost.corpus import CORPUS, JOINER, READER, kinds, mentions, shown, unseen
from tests.views import MANY, a_catalogue, a_happening, every_card, every_post

SEAL = Seal(["a secret of a test that is long enough"])
URL = "https://bot.example.org/mattermost/click"
CHANNEL = "channel-of-the-board"
LIFETIME = timedelta(days=90)
RENDERER = Renderer(SEAL, URL, lambda: NOON, LIFETIME, b"a key of a test")

CARDS = {f"{name}/{locale}": card for locale in LOCALES for name, card in every_card(locale).items()}
EMOJI = re.compile("[✔☑⚠⏳✉✅\ufe0e\ufe0f]")
COLOURS = {Tone.OPEN: "#1C58D9", Tone.CLOSED: "#767676", Tone.ATTENTION: "#CC8F00", Tone.RECEIPT: "#339970"}


def posted(card: Card, channel: str = CHANNEL) -> RenderedPost:
    return RENDERER.post(card, channel, "k-1")


def attachment(post: RenderedPost) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = post.props["attachments"]
    return found


def visible(post: RenderedPost) -> Iterator[str]:
    """Each text of a post that is read as markdown."""
    yield post.message
    for each in post.props.get("attachments", ()):
        yield each.get("title", "")
        yield each.get("text", "")
        yield from (field["value"] for field in each.get("fields", ()))


def everything(post: RenderedPost) -> str:
    """All that people see of a post, without what nobody sees."""
    labels = [
        each
        for found in post.props.get("attachments", ())
        for each in [
            *(field["title"] for field in found.get("fields", ())),
            *(a["name"] for a in found.get("actions", ())),
        ]
    ]
    return "\n".join([*map(shown, visible(post)), *map(unseen, labels)])


def actions(post: RenderedPost) -> list[dict[str, Any]]:
    return list(attachment(post).get("actions", ()))


def fields(post: RenderedPost) -> list[dict[str, Any]]:
    return list(attachment(post).get("fields", ()))


# --- rules for every card ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def posts() -> dict[str, RenderedPost]:
    """Every card of the program in both languages, as it is posted."""
    return {name: posted(card) for name, card in CARDS.items()}


def breaking(posts: dict[str, RenderedPost], rule: Callable[[RenderedPost], bool]) -> list[str]:
    """The cards that do not keep to a rule; there are hundreds of cards."""
    assert len(posts) > 250
    return [name for name, post in posts.items() if not rule(post)]


def test_the_text_of_a_card_is_short_enough_to_be_shown_whole(posts):
    texts = {name: attachment(post).get("text", "") for name, post in posts.items()}

    assert [name for name, text in texts.items() if len(shown(text)) > 350] == []
    assert [name for name, text in texts.items() if len([each for each in text.split("\n") if each]) > 8] == []


def test_a_post_has_no_table_and_no_short_field(posts):
    assert breaking(posts, lambda post: all("table_open" not in kinds(each) for each in visible(post))) == []
    assert breaking(posts, lambda post: not any(each["short"] for each in fields(post))) == []


def test_a_card_has_at_most_three_buttons_with_short_labels(posts):
    assert breaking(posts, lambda post: len(actions(post)) <= 3) == []
    assert breaking(posts, lambda post: all(0 < len(each["name"]) <= 24 for each in actions(post))) == []


def test_no_label_had_to_be_cut(posts):
    assert breaking(posts, lambda post: all("…" not in each["name"] for each in actions(post))) == []


def test_a_card_has_no_sign_that_becomes_a_picture(posts):
    assert breaking(posts, lambda post: not EMOJI.search(everything(post))) == []


def test_no_button_steers_by_its_colour(posts):
    assert breaking(posts, lambda post: {each.get("style", "primary") for each in actions(post)} <= {"primary"}) == []
    assert breaking(posts, lambda post: sum("style" in each for each in actions(post)) <= 1) == []


def test_a_card_has_only_the_parts_that_look_well(posts):
    parts = {"fallback", "color", "title", "text", "fields", "actions"}

    assert breaking(posts, lambda post: attachment(post).keys() <= parts) == []


def test_the_message_is_the_title_alone(posts):
    wrong = [name for name, post in posts.items() if shown(post.message) != unseen(plain(CARDS[name].title))]

    assert (wrong, breaking(posts, lambda post: bool(post.message))) == ([], [])


def test_a_card_is_within_the_limits_of_a_post(posts):
    assert breaking(posts, lambda post: len(post.message) <= 16_383) == []
    assert breaking(posts, lambda post: len(json.dumps(post.props)) <= 250_000) == []


def test_a_card_says_all_that_has_to_be_read(posts):
    left_out = {}
    for name, post in posts.items():
        brief, text = CARDS[name].brief, everything(post)
        if brief is None:
            pieces = [piece for block in CARDS[name].blocks for piece in pieces_of(block)]
        else:
            pieces = [*map(plain, brief.lines), *(plain(value) for _, value in brief.details if len(value) > 1)]
        left_out[name] = [each for each in pieces if unseen(each) not in text]

    assert {name: pieces for name, pieces in left_out.items() if pieces} == {}


def pieces_of(block: Block) -> list[str]:
    match block:
        case Paragraph(text):
            return [plain(text)]
        case Quote(label, text):
            return [plain(label), *(plain((UserText(each),)) for each in text.text.split("\n"))]
        case Facts(rows):
            return [f"{plain(label)}: {plain(value)}" for label, value in rows]
        case Bullets(items):
            return list(map(plain, items))
        case Table(header, rows):
            return [plain(cell) for row in (header, *rows) for cell in row]


# --- golden texts --------------------------------------------------------------------------------------------

GOLDEN = {
    "card-open": "consent/open/open",
    "card-hidden": "consent/open/after-close",
    "card-closed": "consent/closed/open",
    "consultation": "consultation/open/open",
    "card-of-four-hundred": "four hundred",
    "outcome": "round-closed",
    "decision": "decision-established",
    "reminder": "notice/reminder",
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", GOLDEN)
def test_a_card_is_posted_as_in_the_golden_text(golden, name, locale):
    post = posted(CARDS[f"{GOLDEN[name]}/{locale}"])

    for action in actions(post):
        sealed = SEAL.open(action["integration"]["context"]["t"], "click", NOON)
        action["integration"]["context"]["t"] = f"<{sealed.command} {dict(sealed.values)}>"
    text = json.dumps({"message": post.message, "props": post.props}, indent=2, ensure_ascii=False)
    golden(f"mattermost/{name}.{locale}.json", text.replace(JOINER, "\\u2060"))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_whole_card_is_written_as_in_the_golden_text(golden, locale):
    catalogue = a_catalogue(locale)
    card = Card(
        catalogue.say("card.title", {"item": NUMBER, "title": "Kader *cloud*"}),
        (
            Paragraph(catalogue.say("card.no-rule")),
            Facts(((catalogue.words(Stance.AGREE), ("12",)), ((UserText("#tag"),), ("3",)))),
            Bullets((("1. het kader",), (UserText("- VNG @all"),))),
            Quote(catalogue.say("post.reason"), UserText("# Kop\n\n> 1. niet\n=====\nakkoord")),
            Table((("Wie",), ("Wat",)), (((UserText("VNG|IPO"),), ("akkoord",)), ((UserText("UvW"),), ()))),
            Table((("Wie",), ("Wat",), ("Wanneer",)), (((UserText("VNG"),), (), ("nu",)),)),
        ),
    )

    golden(f"mattermost/whole.{locale}.md", RENDERER.text(card).replace(JOINER, "\\u2060"))


# --- the parts of a post -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tone", COLOURS)
def test_the_colour_goes_with_the_tone(tone):
    card = Card(("Stand",), (Paragraph(("Akkoord: 12",)),), tone=tone)

    assert attachment(posted(card))["color"] == COLOURS[tone]


def test_a_plain_card_has_no_colour_and_one_of_a_title_has_no_attachment():
    assert "color" not in attachment(posted(Card(("Stand",), (Paragraph(("Akkoord: 12",)),))))
    assert posted(Card(("Er is niets vastgelegd.",), tone=Tone.CLOSED)).props == {"samenspraak_key": "k-1"}


def test_the_fallback_is_the_title_without_markdown():
    card = Card((UserText("Kader *cloud* @all"),), (Paragraph(("Akkoord: 12",)),))

    assert attachment(posted(card))["fallback"] == f"Kader *cloud* @{JOINER}all"


@pytest.mark.parametrize("lines", [1, 8, 9, 40])
def test_what_would_be_folded_away_stands_in_a_long_field(lines):
    first = Paragraph(("Stand van zaken.",))
    card = Card(("Stand",), (first, Bullets(tuple((f"regel {n}",) for n in range(lines))), Paragraph(("Einde.",))))

    shape = attachment(posted(card))

    if lines == 1:
        assert (shape["text"], shape.get("fields")) == ("Stand van zaken.\n\n- regel 0\n\nEinde.", None)
    else:
        (field,) = shape["fields"]
        assert shape["text"] == "Stand van zaken."
        assert field["value"] == "\n".join(f"- regel {n}" for n in range(lines)) + "\n\nEinde."
        assert field["short"] is False


def test_long_text_stands_in_a_long_field_too():
    card = Card(("Stand",), (Paragraph(("woord " * 70,)),))

    shape = attachment(posted(card))

    assert "text" not in shape
    assert len(shape["fields"][0]["value"]) > 350


def test_an_address_of_a_document_can_be_copied_and_not_clicked():
    (field,) = [
        each for each in attachment(posted(CARDS["consent/open/open/nl"]))["fields"] if each["title"] == "Document"
    ]

    assert field["value"] == f"`https://example.org/kader_v2.pdf` (SHA-256 {'5e' * 32})"


@pytest.mark.parametrize(
    "address", ["https://example.org/`x`", "https://example.org/@all", "javascript:x", "https://a.nl b"]
)
def test_what_only_looks_like_an_address_is_made_harmless(address):
    card = item_card(a_happening(an_open_item(document=Document(address))), a_catalogue())

    value = attachment(posted(card))["fields"][-1]["value"]

    assert kinds(value) == set()
    assert mentions(value) == 0


# --- tables --------------------------------------------------------------------------------------------------


def a_table(columns: int, rows: int) -> Card:
    header = tuple((f"kop {n}",) for n in range(columns))
    return Card(
        ("Stand",),
        (Paragraph(("Tekst.",)), Table(header, tuple(tuple((f"c{r}",) for _ in header) for r in range(rows)))),
    )


@pytest.mark.parametrize(
    "columns, rows, is_table", [(2, 1, True), (2, 15, True), (2, 16, False), (3, 1, False), (2, 0, False)]
)
def test_a_small_table_is_a_table_in_a_message_after_an_empty_line_and_any_other_a_list(columns, rows, is_table):
    text = RENDERER.text(a_table(columns, rows))

    assert ("table_open" in kinds(text)) == is_table
    assert ("bullet_list_open" in kinds(text)) == (not is_table and rows > 0)
    assert ("Tekst.\n\n|" in text) == is_table


def test_a_table_in_a_post_is_a_list():
    value = attachment(posted(a_table(2, 2)))["text"]

    assert value == "Tekst.\n\n- kop 0: c0; kop 1: c0\n- kop 0: c1; kop 1: c1"


# --- buttons -------------------------------------------------------------------------------------------------

AGREE = Button(("Akkoord",), "position", {"item": "BOD-2027-003", "stance": "agree"})
OBJECT = Button(("Bezwaar",), "position", {"item": "BOD-2027-003", "stance": "object"})
FORM = Button(("Standpunt geven",), "position", {"item": "BOD-2027-003"}, asks=True)


def ids(*buttons: Button, renderer: Renderer = RENDERER) -> list[str]:
    return [each["id"] for each in actions(renderer.post(Card(("Stand",), (), buttons), CHANNEL, "k-1"))]


def test_a_button_carries_its_act_sealed_and_nothing_else_that_says_what_it_is():
    (action,) = actions(posted(Card(("Stand",), (), (AGREE,))))

    sealed = SEAL.open(action["integration"]["context"].pop("t"), "click", NOON)
    assert (sealed.command, sealed.values, sealed.channel) == ("position", AGREE.values, CHANNEL)
    assert (sealed.account, sealed.asks, sealed.expires_at) == ("", False, NOON + LIFETIME)
    assert action.pop("name") == "Akkoord"
    assert action == {"id": ids(AGREE)[0], "type": "button", "integration": {"url": URL, "context": {}}}


def test_the_button_of_a_form_is_the_main_one():
    form, agree = actions(posted(Card(("Stand",), (), (FORM, AGREE))))

    assert (form["style"], "style" in agree) == ("primary", False)
    assert SEAL.open(form["integration"]["context"]["t"], "click", NOON).asks is True


def test_an_id_means_one_thing_wherever_the_button_stands():
    assert ids(FORM, AGREE, OBJECT) == [ids(FORM)[0], ids(AGREE)[0], ids(OBJECT)[0]]
    assert ids(OBJECT, FORM) == [ids(OBJECT)[0], ids(FORM)[0]]
    assert len({*ids(FORM, AGREE, OBJECT)}) == 3


def test_an_id_is_letters_and_digits_and_tells_only_who_has_the_key():
    other = Renderer(SEAL, URL, lambda: NOON, LIFETIME, b"another key")

    assert all(re.fullmatch(r"b[a-z0-9]{5,30}", each) for each in ids(FORM, AGREE, OBJECT))
    assert ids(AGREE, renderer=other) != ids(AGREE)


def test_a_label_is_cut_where_it_would_run_off_a_narrow_screen():
    (action,) = actions(posted(Card(("Stand",), (), (Button(("Akkoord namens ", UserText("V" * 40)), "position"),))))

    assert action["name"] == "Akkoord namens VVVVVVVV…"


# --- private answers -----------------------------------------------------------------------------------------


def test_a_private_answer_says_who_speaks_and_keeps_all_text_out_of_attachments():
    card = Card((UserText("@all"), " vraagt: doorgaan?"), (Quote(("Reden",), UserText("<!channel>")),), (AGREE,))

    answer = RENDERER.ephemeral(card, CHANNEL, "account-of-jan")

    (shape,) = answer.pop("attachments")
    assert answer == {
        "response_type": "ephemeral",
        "text": f"Samenspraak: @{JOINER}all vraagt: doorgaan?\n\n**Reden:**\n> &lt;{JOINER}!channel>",
        "skip_slack_parsing": True,
    }
    assert shape.keys() == {"actions"}
    sealed = SEAL.open(shape["actions"][0]["integration"]["context"]["t"], "click", NOON)
    assert (sealed.account, sealed.channel) == ("account-of-jan", CHANNEL)


def test_a_private_answer_about_an_item_begins_with_its_number():
    assert RENDERER.ephemeral(Card(("BOD-2027-003 – stand",)), CHANNEL, "jan")["text"] == "BOD-2027-003 – stand"


def test_a_private_answer_that_fits_is_not_cut():
    text = "Zie de bijlage bij het voorstel. " * 400
    card = Card(("Stand",), (Quote(("Tekst",), UserText(text)),), cut=("Ingekort.",))

    assert RENDERER.ephemeral(card, CHANNEL, "jan")["text"] == f"Samenspraak: Stand\n\n**Tekst:**\n> {text.strip()}"


def test_a_refusal_is_one_text_without_buttons():
    answer = RENDERER.ephemeral(refusal_card(NotOnRoll("VNG", NUMBER), a_catalogue()), CHANNEL, "jan")

    assert answer.keys() == {"response_type", "text", "skip_slack_parsing"}
    assert "Er is niets vastgelegd." in answer["text"]


# --- limits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_result_of_four_hundred_organisations_fits_and_says_what_is_left_out(locale):
    note = a_catalogue(locale).plain("card.cut")

    card = every_post(locale, MANY, text="é👍 @all " * 700)["round-closed"]
    post = posted(card)

    text = everything(post)
    assert len(json.dumps(post.props)) <= MOST_PROPS
    assert [each for each in MANY if each.upper() not in text] == []
    assert note in text
    assert sum(map(mentions, visible(post))) == 0


def test_a_result_that_fits_is_not_cut():
    card = every_post("nl", MANY, text="Geen dekking gevonden. " * 10)["round-closed"]

    text = everything(posted(card))

    assert text.count(("Geen dekking gevonden. " * 10).strip()) == 401
    assert a_catalogue().plain("card.cut") not in text


def test_a_card_that_is_too_long_without_any_user_text_ends_between_two_words():
    card = Card(
        ("Stand",), (Bullets(tuple((f"regel {n} " + "woord " * 20,) for n in range(5_000))),), cut=("Ingekort.",)
    )

    post = posted(card)

    value = attachment(post)["fields"][0]["value"]
    assert len(json.dumps(post.props)) <= MOST_PROPS
    assert re.search(r"(regel \d+|woord)…\n\nIngekort\.$", value)


@pytest.mark.parametrize(
    "card",
    [
        Card(("Stand",), (Quote(("Tekst",), UserText("woord @all 👍\n" * 9_000)),), cut=("Ingekort.",)),
        Card(("Stand",), (Bullets(tuple((f"regel {n}",) for n in range(4_000))),), cut=("Ingekort.",)),
        Card((*(part for n in range(4_000) for part in (UserText(f"naam {n}"), ", ")), "klaar"), cut=("Ingekort.",)),
    ],
    ids=["a long text", "many lines", "a long title"],
)
def test_a_text_is_no_longer_than_a_message_may_be_and_says_that_it_was_cut(card):
    text = RENDERER.text(card)
    answer = RENDERER.ephemeral(card, CHANNEL, "jan")["text"]
    message = posted(card).message

    assert max(map(len, (text, answer, message))) <= MOST_MESSAGE
    assert text.endswith("\n\nIngekort.")
    assert mentions(text) == 0


# --- other people's text -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_user_text_in_a_card_is_only_text_and_alerts_nobody(place):
    allowed = {
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "strong_open",
        "strong_close",
    }
    allowed |= {"blockquote_open", "blockquote_close"}
    found: set[str] = set()
    alerts = 0

    for text in (*CORPUS, *HOSTILE.values()):
        post = posted(PLACES[place](text))
        drawn = [*visible(post), *(each["name"] for each in attachment(post).get("actions", ()))]
        found |= {kind for each in visible(post) for kind in kinds(each)}
        alerts += sum(map(mentions, drawn))

    assert (found - allowed, alerts) == (set(), 0)


def test_what_comes_after_a_quotation_is_not_a_part_of_it():
    text = RENDERER.text(Card(("Stand",), (Quote(("Tekst",), UserText("1. kader\n> x")), Paragraph(("Akkoord: 12",)))))

    closing = [token.type for token in READER.parse(text)].index("blockquote_close")
    assert [token.content for token in READER.parse(text)[closing:] if token.type == "inline"] == ["Akkoord: 12"]


def test_the_position_of_nobody_is_in_an_id_or_an_address():
    post = posted(item_card(a_happening(positions={"vng": a_position()}), a_catalogue()))

    logged = [(each["id"], each["integration"]["url"]) for each in actions(post)]
    assert [each for each in logged if re.search("agree|akkoord|object|stance", "".join(each))] == []
    assert {url for _, url in logged} == {URL}
