"""What is kept of a board, as lines for the administrator on the command line."""

from __future__ import annotations

from commands.domain.board import Board
from commands.domain.values import Code, Line, Value
from commands.ports import Transaction


def board_lines(tx: Transaction, board: Board) -> tuple[Line, ...]:
    """Settings, organisations, people with their roles and mandates, and channels, in the order of the file."""
    values: dict[str, Value]
    lines = [
        Line("board.show.head", {"board": board.id, "name": board.name, "revision": board.revision}),
        Line("board.show.time", {"zone": Code(board.timezone), "closing_time": Code(f"{board.closing_time:%H:%M}")}),
        Line("board.show.rule", {"rule": Code(board.rule), "term": Code(board.term)}),
    ]
    for each in board.organisations:
        key = "board.show.organisation" if each.voting else "board.show.adviser"
        values = {"id": each.id, "name": each.name, "column": each.column, "weight": each.weight}
        lines.append(Line(key, values))
    mandates = tx.people.mandates(board.id)
    for person in tx.people.on_board(board.id):
        roles = tuple(each.role for each in board.roles if each.person == person.id)
        own = tuple(each.organisation for each in mandates if each.person == person.id and each.revoked_at is None)
        accounts = tuple(f"{each.platform}: {each.id}" for each in person.accounts)
        values = {"id": person.id, "name": person.name, "roles": roles, "organisations": own, "accounts": accounts}
        lines.append(Line("board.show.person", values))
    for platform, channel in tx.boards.channels(board.id):
        lines.append(Line("board.show.channel", {"platform": Code(platform), "channel": channel}))
    return tuple(lines)
