"""A Mattermost account in a board file is kept by its id: a name is looked up once, and one that cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.boardaccounts import Find, with_ids
from bot.boardfile import BoardFile, read_board
from bot.platforms.base import PlatformUnavailable
from bot.problems import FileProblem
from commands.domain.board import Account
from commands.domain.values import Code

ID = "kq1o5mkqi7d7xx8jfdpsmjfmzr"
OTHER = "ybndrfg8ejkmcpqxot1uwisza3"
BOARD = """
[board]
id = "BOD"
name = "BO Digitalisering"

[[organisation]]
id = "vng"
name = "Vereniging van Nederlandse Gemeenten"

[[person]]
id = "anna"
name = "Anna"
console = "anna"

[[person]]
id = "jan"
name = "Jan"
"""


def resolved(folder: Path, accounts: str, find: Find | None) -> tuple[BoardFile, list[dict[str, object]]]:
    path = folder / "board.toml"
    path.write_text(BOARD + accounts, "utf-8")
    file, lines = with_ids(read_board(path), path, find)
    return file, [dict(each.values) for each in lines]


def problem(folder: Path, accounts: str, find: Find | None) -> FileProblem:
    with pytest.raises(FileProblem) as found:
        resolved(folder, accounts, find)
    return found.value


def test_a_name_becomes_the_id_of_the_server_and_is_shown(tmp_path):
    file, shown = resolved(tmp_path, 'mattermost = "@jan"\n', lambda name: {"jan": ID}[name])

    assert [each.accounts for each in file.people] == [(Account("console", "anna"),), (Account("mattermost", ID),)]
    assert shown == [{"person": "Jan", "account": "jan", "id": Code(ID)}]


def test_an_id_is_kept_as_it_is_and_needs_no_server(tmp_path):
    file, shown = resolved(tmp_path, f'mattermost = "{ID}"\n', None)

    assert file.people[1].accounts == (Account("mattermost", ID),)
    assert shown == []


@pytest.mark.parametrize(
    ("find", "remedy"), [(None, "file.account-needs-server"), (lambda _: "", "file.unknown-account")]
)
def test_a_name_that_cannot_be_an_id_is_refused_with_its_line_and_the_remedy(tmp_path, find, remedy):
    wrong = problem(tmp_path, 'mattermost = "jan"\n', find)

    assert (wrong.line, wrong.key, wrong.value, wrong.remedy.key) == (18, "person.mattermost", "jan", remedy)


def test_a_server_that_does_not_answer_is_named(tmp_path):
    def away(name: str) -> str:
        raise PlatformUnavailable("away")

    assert problem(tmp_path, 'mattermost = "jan"\n', away).remedy.key == "file.account-server-away"


def test_two_persons_with_one_account_are_refused_also_by_name(tmp_path):
    both = f'mattermost = "jan"\n[[person]]\nid = "kees"\nname = "Kees"\nmattermost = "{ID}"\n'

    wrong = problem(tmp_path, both, lambda _: ID)

    assert (wrong.line, wrong.value, wrong.remedy.key) == (22, ID, "file.taken")
