"""`overlegbeheer`: participants, links, exports and the check of the logs, for the administrator of a board.

    /overlegbeheer deelnemers
    /overlegbeheer koppel                    this channel belongs to the board from now on
    /overlegbeheer koppel @account persoon   this account belongs to a person of the board from now on
    /overlegbeheer exporteer [--formaat csv|json|md|dossier]
    /overlegbeheer log

Nobody links an account to himself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from commands import lookup
from commands.command import AccountWord, Call, Command, Grid, Listing, Part, PersonWord, Reply, bare, flag, word
from commands.domain import events
from commands.domain.board import Account, Board, Person, Role
from commands.domain.errors import AccountTaken, ChannelTaken, MissingArgument, NoBoard, NoSuchAccount, OwnGrant
from commands.domain.rights import require_role
from commands.domain.values import Code, Line, Reference, Value
from commands.export import bundle, dossiers_of, files, hidden_in, left_out, say
from commands.ports import Transaction
from commands.vocabulary import Format, Words

TRIGGER: Final = Words("overlegbeheer", "boardadmin")


# --- participants -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParticipantsArgs:
    """Nothing, or one board in a direct message."""

    board: Annotated[str, flag("overleg")] = ""


def participants(tx: Transaction, call: Call, args: ParticipantsArgs) -> Reply:
    """The organisations with their mandate holders, and the persons with their roles and accounts."""
    board = call.board
    require_role(call.actor, Role.ADMIN)
    people = tx.people.on_board(board.id)
    parts = (Grid(*_organisations(tx, call, people)), Grid(*_persons(call, people)))
    return Reply("reply.admin.participants", {"board": board.name, "channels": _channels(tx, board)}, parts)


def _organisations(
    tx: Transaction, call: Call, people: tuple[Person, ...]
) -> tuple[tuple[Value, ...], tuple[tuple[Value, ...], ...]]:
    names = {each.id: each.name for each in people}
    rows: list[tuple[Value, ...]] = []
    for each in call.board.organisations:
        holders = lookup.holders(tx, call.board, each.id, call.received_at)
        rows.append(
            (
                Code(each.id),
                each.short,
                each.name,
                each.column,
                each.weight,
                Line("admin.voting" if each.voting else "admin.adviser", {}),
                tuple(names.get(person, person) for person in holders),
            )
        )
    columns = ("id", "short", "name", "column", "weight", "vote", "holders")
    return tuple(Line(f"admin.column.{each}", {}) for each in columns), tuple(rows)


def _persons(call: Call, people: tuple[Person, ...]) -> tuple[tuple[Value, ...], tuple[tuple[Value, ...], ...]]:
    board = call.board
    rows: list[tuple[Value, ...]] = [
        (
            Code(each.id),
            each.name,
            tuple(role for role in Role if each.id in board.holders(role, call.received_at)),
            tuple(f"{account.platform}: {account.id}" for account in each.accounts),
        )
        for each in people
    ]
    columns = ("id", "person", "roles", "accounts")
    return tuple(Line(f"admin.column.{each}", {}) for each in columns), tuple(rows)


def _channels(tx: Transaction, board: Board) -> tuple[Value, ...]:
    return tuple(f"{platform}: {channel}" for platform, channel in tx.boards.channels(board.id))


PARTICIPANTS: Final = Command(
    "boardadmin participants",
    TRIGGER,
    ParticipantsArgs,
    participants,
    verb=Words("deelnemers", "participants"),
    reads=True,
)


# --- links --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkArgs:
    """An account with the person it belongs to; without them this channel is meant."""

    account: Annotated[AccountWord, word("account")] = AccountWord("")
    person: Annotated[PersonWord | None, word("persoon")] = None
    board: Annotated[str, flag("overleg")] = ""


def link(tx: Transaction, call: Call, args: LinkArgs) -> Reply:
    """Link this channel to the board, or an account to a person of the board."""
    board = call.board
    require_role(call.actor, Role.ADMIN)
    return _link_account(tx, call, board, args) if args.account else _link_channel(tx, call, board)


def _link_channel(tx: Transaction, call: Call, board: Board) -> Reply:
    if not call.channel:
        raise NoBoard()
    owner = tx.boards.of_channel(call.platform, call.channel)
    values: dict[str, Value] = {"board": board.name, "channel": call.channel}
    if owner is not None:
        if owner.id != board.id:
            raise ChannelTaken(owner.name)
        return Reply("reply.admin.channel-linked-before", values)
    event = events.channel_linked(board.id, call.platform, call.channel, call.act())
    entry = tx.boards.link(board, call.platform, call.channel, event)
    values |= {"reference": Reference(entry.hash)}
    return Reply("reply.admin.channel-linked", values, (Line("admin.who-reads", {}),))


def _link_account(tx: Transaction, call: Call, board: Board, args: LinkArgs) -> Reply:
    name = bare(lookup.title(args.account))
    if args.person is None:
        raise MissingArgument(lookup.example(call, "persoon", "person"), LINK.line(call.language))
    person = lookup.person(tx, call, board, args.person)
    if person.id == call.actor.person:
        raise OwnGrant()
    account = call.accounts.get(bare(args.account), name)
    if not account:
        raise NoSuchAccount(name)
    id = Code(account if account != name else "")
    values: dict[str, Value] = {"person": person.name, "account": name, "id": id, "platform": Code(call.platform)}
    owner = tx.people.by_account(call.platform, account)
    if owner is not None:
        if owner.id != person.id:
            raise AccountTaken(name)
        return Reply("reply.admin.account-linked-before", values)
    event = events.account_linked(board.id, person.code, call.platform, call.act())
    entry = tx.people.link(person, Account(call.platform, account), board, event)
    return Reply("reply.admin.account-linked", {**values, "reference": Reference(entry.hash)})


LINK: Final = Command(
    "boardadmin link",
    TRIGGER,
    LinkArgs,
    link,
    verb=Words("koppel", "link"),
    example=Words("@account vng-vertegenwoordiger", "@account vng-vertegenwoordiger"),
    anywhere=True,
)


# --- export -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """In which form."""

    format: Annotated[Format, flag("formaat")] = Format.DOSSIER
    board: Annotated[str, flag("overleg")] = ""


def export(tx: Transaction, call: Call, args: ExportArgs) -> Reply:
    """Every dossier of the board; one in which positions are hidden is left out and named."""
    board = call.board
    require_role(call.actor, Role.ADMIN)
    dossiers = dossiers_of(tx, board, args.format)
    hidden = [refusal for each in dossiers if (refusal := hidden_in(each, call.received_at))]
    shown = [each for each in dossiers if not hidden_in(each, call.received_at)]
    attachments = tuple(files(shown, args.format, say(call, board)))
    if len(attachments) > 1:
        attachments = (bundle(f"{board.id}-{args.format.value}", attachments),)
    parts: list[Part] = [left_out(each) for each in hidden]
    values: dict[str, Value] = {"board": board.name, "format": Code(args.format.value), "count": len(shown)}
    return Reply("reply.export.board", values, tuple(parts), attachments=attachments)


EXPORT: Final = Command(
    "boardadmin export",
    TRIGGER,
    ExportArgs,
    export,
    verb=Words("exporteer", "export"),
    example=Words("--formaat dossier", "--format dossier"),
    reads=True,
)


# --- log ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogArgs:
    """Nothing, or one board in a direct message."""

    board: Annotated[str, flag("overleg")] = ""


def log(tx: Transaction, call: Call, args: LogArgs) -> Reply:
    """Whether every chain of the board holds, with its length and its last entry."""
    board = call.board
    require_role(call.actor, Role.ADMIN)
    hidden = {item.dossier for item in tx.items.of_board(board.id) if lookup.hidden(item, call.received_at)}
    lines = tuple(_checked(tx, each, hidden) for each in tx.log.logs(board.id))
    faults = sum(line.key == "log.fault" for line in lines)
    key = "reply.admin.log.faults" if faults else "reply.admin.log"
    return Reply(key, {"board": board.name, "count": faults}, (Listing(lines),))


def _checked(tx: Transaction, log: str, hidden: set[str]) -> Line:
    """The check of one chain. While positions in it are hidden, so is how many entries it has."""
    fault = tx.log.first_fault(log)
    head = tx.log.head(log)
    if fault is not None or head is None:
        return Line("log.fault", {"log": log, "sequence": fault or 1})
    if log in hidden:
        return Line("log.hidden", {"log": log})
    return Line("log.whole", {"log": log, "entries": head.sequence, "at": head.at, "reference": Reference(head.hash)})


LOG: Final = Command("boardadmin log", TRIGGER, LogArgs, log, verb=Words("log", "log"), reads=True)


COMMANDS: Final = (PARTICIPANTS, LINK, EXPORT, LOG)
