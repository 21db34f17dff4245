"""The pages of each command's form, as data: which arguments are asked, in which order, and what one can choose from.

What belongs to an argument whatever the form (its type, whether it is required) comes from its declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.i18n import Catalogue
from bot.tryout import WEIGHT
from bot.views.card import Text, UserText
from bot.views.form import FieldKind, Option
from commands import filing
from commands.command import Call, Command, Parameter
from commands.domain.board import Organisation, Role
from commands.domain.item import Item
from commands.domain.mandate import MandateRole
from commands.domain.number import ItemNumber
from commands.domain.position import TEXT_REQUIRED, Kind, Position, Stance, latest
from commands.domain.rules import RULES
from commands.domain.rules.describe import title
from commands.domain.values import Value
from commands.draft import BUILT
from commands.ports import Transaction
from commands.vocabulary import VOCABULARY, Format

MOST_OPTIONS: Final = 100
"""Items offered to choose from; of more than these nobody finds one, and the number is typed."""

LONGEST_LINE: Final = 150
LONGEST_ADDRESS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Asking:
    """What is filled in so far, by whom, and where its answers can be found.

    `joined`: there is one page only. `fixed` are the arguments with one possible value, which are not asked.
    """

    tx: Transaction
    call: Call
    catalogue: Catalogue
    command: Command
    values: Mapping[str, str]
    joined: bool = False
    fixed: frozenset[str] = frozenset()

    @property
    def item(self) -> Item | None:
        """The item that it is about."""
        number = ItemNumber.parse(self.values.get("item", ""))
        return self.tx.items.get(number) if number is not None else None

    @property
    def own(self) -> tuple[Organisation, ...]:
        """The organisations of the board for which the person may speak now."""
        call = self.call
        found = (call.board.organisation(each.organisation) for each in call.actor.mandates_at(call.received_at))
        return tuple(each for each in found if each is not None)

    @property
    def speaker(self) -> Organisation | None:
        """The organisation for which the person speaks; None while there are several to choose from."""
        given = self.values.get("for", "")
        if given:
            return self.call.board.organisation(given)
        own = self.own
        return own[0] if len(own) == 1 else None

    @property
    def stance(self) -> Stance | None:
        """The stance given."""
        return next((each for each in Stance if each.value == self.values.get("stance")), None)

    @property
    def position(self) -> Position | None:
        """What the organisation holds now, where it is known which one."""
        item, speaker = self.item, self.speaker
        if item is None or item.round is None or speaker is None:
            return None
        return filing.standing(self.tx, item, speaker.id, self.call.received_at)

    def options_of(self, parameter: Parameter) -> tuple[Option, ...]:
        """The words of a closed set of values that make sense here."""
        return tuple(Option(self.label(each), words.en) for each, words in parameter.offered().items())

    def label(self, value: Value) -> Text:
        """A word of the program, to choose: it begins with a capital."""
        first, *others = self.catalogue.words(value)
        return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *others)


Options: TypeAlias = Callable[[Asking], tuple[Option, ...]]


def _always(_: Asking) -> bool:
    return True


def _nothing(_: Asking) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One argument on a page: whether it is asked now, whether it must be given, what is offered and filled in.

    Without `kind`, `required` or `options` they follow from the declaration of the argument.
    """

    name: str
    kind: FieldKind | None = None
    asked: Callable[[Asking], bool] = _always
    required: Callable[[Asking], bool] | None = None
    options: Options | None = None
    value: Callable[[Asking], str] = _nothing
    longest: int = 0


Page: TypeAlias = tuple[Ask, ...]


# --- options --------------------------------------------------------------------------------------------------


def _named(organisations: Iterable[Organisation]) -> tuple[Option, ...]:
    return tuple(Option((UserText(each.short),), each.id) for each in organisations)


def _own(asking: Asking) -> tuple[Option, ...]:
    return _named(asking.own)


def _every(asking: Asking) -> tuple[Option, ...]:
    return _named(asking.call.board.organisations)


def _granted(asking: Asking) -> tuple[Option, ...]:
    """The organisations whose mandates the person may change: all for the secretary, the own for a representative."""
    board, actor = asking.call.board, asking.call.actor
    if actor.has(Role.SECRETARY):
        return _named(board.organisations)
    held = actor.mandates_at(asking.call.received_at)
    own = {each.organisation for each in held if each.role is MandateRole.REPRESENTATIVE}
    return _named(each for each in board.organisations if each.id in own)


def holding(stance: Stance) -> Options:
    """The organisations with a stance. While positions are hidden the command refuses before anybody sees a page."""

    def found(asking: Asking) -> tuple[Option, ...]:
        item, board = asking.item, asking.call.board
        if item is None or item.round is None:
            return _named(board.organisations)
        held = latest(asking.tx.positions.all(item))
        return _named(each for each in board.organisations if each.id in held and held[each.id].stance is stance)

    return found


def _rules(asking: Asking) -> tuple[Option, ...]:
    own = asking.call.board.rules
    every = [*own.values(), *(each for name, each in RULES.items() if name not in own)]
    fitting = [each for each in every if any(each.fits(kind) for kind in BUILT)]
    return tuple(Option(asking.label(title(each)), each.id) for each in fitting)


def _kinds(asking: Asking) -> tuple[Option, ...]:
    return tuple(Option(asking.label(each), VOCABULARY[Kind][each].en) for each in BUILT)


def _weights(asking: Asking) -> tuple[Option, ...]:
    say = asking.catalogue.say
    return Option(say("form.weight.substantive"), "substantive"), Option(say("form.weight.editorial"), "editorial")


def _formats(asking: Asking) -> tuple[Option, ...]:
    words = VOCABULARY[Format].values()
    return tuple(Option(asking.catalogue.say(f"form.format.{each.en}"), each.en) for each in words)


def boards(asking: Asking) -> tuple[Option, ...]:
    """The boards that the call can concern."""
    return tuple(Option((UserText(each.name),), each.id) for each in asking.call.boards)


def items(asking: Asking) -> tuple[Option, ...]:
    """The items of these boards, newest first; finished ones too where they can still be meant. None when too many."""
    found: list[Item] = []
    for board in asking.call.boards:
        every = asking.tx.items.of_board if asking.command.name in _FINISHED else asking.tx.items.open_of_board
        found += every(board.id)
    if len(found) > MOST_OPTIONS:
        return ()
    return tuple(Option((f"{each.number} ", UserText(each.title)), str(each.number)) for each in reversed(found))


_FINISHED: Final = frozenset({"consult rectify", "consult matrix", "position lift", "decision show", "decision export"})


# --- when something is asked ------------------------------------------------------------------------------------


def _has_several(asking: Asking) -> bool:
    return len(asking.own) > 1


def _has_points(asking: Asking) -> bool:
    return asking.item is not None and len(asking.item.version.points) > 1


def _is_reservation(asking: Asking) -> bool:
    return asking.stance is Stance.RESERVATION or (asking.joined and asking.stance is None)


def _kind_is_needed(asking: Asking) -> bool:
    return asking.stance is Stance.RESERVATION


def _needs_text(asking: Asking) -> bool:
    return asking.stance in TEXT_REQUIRED


def _reacts(asking: Asking) -> bool:
    """Whether the person may react for an organisation with a vote; an adviser only comments."""
    item = asking.item
    return item is not None and item.kind is Kind.CONSULTATION and any(each.voting for each in asking.own)


def _only_reacts(asking: Asking) -> bool:
    return all(each.voting for each in asking.own)


def _advises(asking: Asking) -> bool:
    return not _reacts(asking) or _needs_text(asking)


# --- what is filled in already ------------------------------------------------------------------------------------


def _said(asking: Asking) -> str:
    """The text that the organisation has filed, to go on from; not where another stance was chosen before."""
    held = asking.position
    return held.text if held is not None and asking.stance in (None, held.stance) else ""


def _points(asking: Asking) -> str:
    held = asking.position
    return ", ".join(map(str, held.points)) if held is not None else ""


def _text(asking: Asking) -> str:
    return asking.item.version.text if asking.item is not None else ""


# --- the pages --------------------------------------------------------------------------------------------------

_LINE: Final = FieldKind.LINE
_CHOICE: Final = FieldKind.CHOICE
_SELECT: Final = FieldKind.SELECT
_FOR: Final = Ask("for", _SELECT, _has_several, required=_always, options=_own)
_REASON: Final = Ask("reason")
_PERSON: Final = Ask("person")
_GRANTED: Final = Ask("organisation", _SELECT, options=_granted)

PAGES: Final[Mapping[str, tuple[Page, ...]]] = {
    "consult new": (
        (
            Ask("title", _LINE, longest=LONGEST_LINE),
            Ask("kind", _SELECT, options=_kinds),
            Ask("rule", _SELECT, options=_rules),
            Ask("term"),
        ),
        (Ask("meeting"), Ask("document", longest=LONGEST_ADDRESS), Ask("sha256", longest=64), Ask("text")),
    ),
    "consult version": (
        (
            Ask("version"),
            Ask(WEIGHT, _CHOICE, required=_always, options=_weights),
            Ask("note"),
            Ask("text", value=_text),
        ),
    ),
    "consult open": ((Ask("term"), Ask("closes")),),
    "consult extend": ((Ask("until"), _REASON),),
    "consult remind": (),
    "consult close": ((_REASON,),),
    "consult establish": ((Ask("deviating"), Ask("conclusion")),),
    "consult rectify": ((_REASON, Ask("text")),),
    "consult adjourn": ((_REASON,),),
    "consult withdraw": ((_REASON,),),
    "consult condition": (
        (Ask("organisation", _SELECT, options=holding(Stance.AGREE_IF)),),
        (Ask("status", _CHOICE), Ask("answer")),
    ),
    "consult objection": (
        (Ask("organisation", _SELECT, options=holding(Stance.OBJECT)),),
        (Ask("status", _CHOICE), Ask("answer")),
    ),
    "consult matrix": (),
    "position": (
        (
            Ask("stance", _CHOICE),
            _FOR,
            Ask("point", asked=_has_points, value=_points),
            Ask("text", required=_needs_text, value=_said),
        ),
        (
            Ask("kind", _SELECT, _is_reservation, required=_kind_is_needed),
            Ask("suspensive", asked=_is_reservation),
            Ask("until", asked=_is_reservation),
            Ask("basis", _SELECT, _is_reservation),
        ),
    ),
    "position withdraw": ((_FOR,),),
    "position lift": ((_FOR, Ask("text")),),
    "position contest": ((_FOR, _REASON),),
    "position to-meeting": ((_FOR, Ask("text")),),
    "comment": (
        (
            Ask("stance", _CHOICE, _reacts, required=_only_reacts),
            _FOR,
            Ask("point", asked=_has_points, value=_points),
            Ask("text", required=_advises, value=_said),
        ),
    ),
    "mandate grant": (
        (_PERSON, _GRANTED, Ask("role", _SELECT)),
        (Ask("from"), Ask("until")),
    ),
    "mandate replace": ((Ask("old"), Ask("new"), _GRANTED),),
    "mandate revoke": ((_PERSON, _GRANTED),),
    "decision show": (),
    "decision search": ((Ask("query", _LINE, longest=LONGEST_LINE),),),
    "decision export": ((Ask("format", _SELECT, options=_formats),),),
    "boardadmin link": ((Ask("account", required=_always), Ask("person", required=_always)),),
    "boardadmin export": ((Ask("format", _SELECT, options=_formats),),),
}
"""Every command with a form. Before its first page come the item and the board, where they are not known yet.

At most four arguments on a page, a long text last. A page on which nothing is asked is passed by.
"""

CONFIRMS: Final = frozenset(
    {
        "consult open",
        "consult extend",
        "consult close",
        "consult establish",
        "consult rectify",
        "consult withdraw",
        "position contest",
        "position to-meeting",
    }
)
"""The commands that always ask before they act."""
