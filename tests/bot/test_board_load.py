"""Loading a board file: what changes is known first, kept in one transaction, and written in the board's own log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.boardfile import read_board
from bot.boardload import Plan, apply, plan
from bot.problems import FileProblem
from commands.domain.events import hash_in
from commands.domain.number import ItemNumber
from tests.faults.world import CHAIR, DAY, DEPUTY, RIJK, SECRETARY, START, VNG, World, board_text

TEXT = board_text()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, f"sqlite:///{tmp_path}/register.db").up()
    yield world
    world.down()


def planned(world: World, text: str) -> Plan:
    path = world.folder / "board.toml"
    path.write_text(text, "utf-8")
    return world.read(lambda tx: plan(tx, read_board(path), str(path), world.clock.now()))


def load(world: World, text: str) -> Plan:
    change = planned(world, text)
    world.app.store.write(lambda tx: apply(tx, change, world.clock.now(), "tester")).result()
    return change


def lines(change: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(line.key, dict(line.values)) for line in change.difference.lines]


def became(key: str, before: str, after: str) -> dict[str, object]:
    return {"key": key, "before": before, "after": after}


# --- what is shown -----------------------------------------------------------------------------------------------


def test_a_new_board_is_shown_as_new_with_its_channel_on_the_console(world):
    change = planned(world, TEXT)

    assert [key for key, _ in lines(change)] == ["board.diff.new", "board.diff.channel.added"]
    assert lines(change)[0][1] == {"board": "BOD", "organisations": 4, "people": 8}
    assert change.difference.codes == ("new", "channel")


def test_what_is_planned_is_not_kept(world):
    planned(world, TEXT)

    assert world.read(lambda tx: tx.boards.all()) == ()


def test_a_board_without_accounts_on_the_console_gets_no_channel_there(world):
    text = "\n".join(line for line in TEXT.splitlines() if not line.startswith("console"))

    load(world, text)

    assert world.read(lambda tx: tx.boards.channels("BOD")) == ()


def test_each_change_is_shown_with_what_was_and_what_becomes(world):
    load(world, TEXT)
    text = TEXT.replace('outage = "close"', 'outage = "ask-chair"').replace('"Organisatie vng"', '"De VNG"')
    text = text.replace('name = "Persoon beheerder"', 'name = "De beheerder"').replace(
        'role = "deputy"', 'role = "representative"'
    )

    change = planned(world, text)

    assert lines(change) == [
        ("board.diff.key", {"key": "outage", "before": "close", "after": "ask-chair"}),
        ("board.diff.organisation.changed", {"id": "vng", **became("name", "Organisatie vng", "De VNG")}),
        ("board.diff.person.changed", {"id": "beheerder", **became("name", "Persoon beheerder", "De beheerder")}),
        (
            "board.diff.mandate.changed",
            {"id": f"{DEPUTY} vng 2026-01-01", **became("role", "deputy", "representative")},
        ),
    ]
    assert change.difference.codes == ("board.outage", "organisation.vng", "person", "mandate")


def test_what_comes_and_what_goes_is_shown(world):
    load(world, board_text(organisations=("rijk", "vng", "ipo")))

    change = planned(world, board_text(organisations=("rijk", "vng", "uvw")))

    assert sorted((key, str(values["id"])) for key, values in lines(change)) == [
        ("board.diff.mandate.added", "uvw-vertegenwoordiger uvw 2026-01-01"),
        ("board.diff.mandate.removed", "ipo-vertegenwoordiger ipo 2026-01-01"),
        ("board.diff.organisation.added", "uvw"),
        ("board.diff.organisation.removed", "ipo"),
        ("board.diff.person.added", "uvw-vertegenwoordiger"),
        ("board.diff.person.removed", "ipo-vertegenwoordiger"),
    ]


# --- what is kept ------------------------------------------------------------------------------------------------


def test_loading_is_logged_in_the_dossier_of_the_board_with_its_mandates(world):
    load(world, TEXT)

    first, second = world.entries("BOD")
    assert (first.kind, second.kind) == ("board-loaded", "channel-linked")
    assert first.body["changes"] == ["new", "channel"]
    assert len(first.body["mandates"]) == 5
    assert first.body["platform"] == "command-line"
    operator = hash_in(first.body["operator"])
    assert operator is not None
    assert world.read(lambda tx: tx.log.text("BOD", operator)) == "tester"


def test_the_log_names_no_person(world):
    load(world, TEXT)

    written = str([dict(each.body) for each in world.entries("BOD")])
    assert "Persoon" not in written
    assert "vertegenwoordiger" not in written
    assert "tester" not in written


def test_a_position_names_the_entry_of_the_mandate_in_the_log_of_the_board(world):
    load(world, TEXT)

    mandates = world.read(lambda tx: tx.people.mandates("BOD"))
    assert {each.sequence for each in mandates} == {world.entries("BOD")[0].sequence}


def test_loading_the_same_file_again_changes_nothing(world):
    load(world, TEXT)
    before = world.entries("BOD")

    again = load(world, TEXT)

    assert (again.difference.lines, again.difference.codes) == ((), ())
    assert world.entries("BOD") == before
    assert world.read(lambda tx: tx.boards.get("BOD").revision) == 1


def test_a_changed_file_is_the_next_revision(world):
    load(world, TEXT)

    load(world, TEXT.replace('outage = "close"', 'outage = "ask-chair"'))

    board = world.read(lambda tx: tx.boards.get("BOD"))
    assert (board.revision, board.outage.value) == (2, "ask-chair")
    assert world.kinds("BOD") == ["board-loaded", "channel-linked", "board-loaded"]


def test_a_person_keeps_the_code_by_which_the_log_knows_him(world):
    load(world, TEXT)
    code = world.read(lambda tx: tx.people.get(VNG).code)

    load(world, TEXT.replace('name = "Persoon vng-vertegenwoordiger"', 'name = "Anders"'))

    person = world.read(lambda tx: tx.people.get(VNG))
    assert (person.name, person.code) == ("Anders", code)
    assert code


def test_a_plan_that_cannot_be_kept_keeps_nothing_of_it(world):
    load(world, TEXT)
    change = planned(world, board_text(organisations=("rijk", "vng", "ipo")))
    stale = replace(change, file=replace(change.file, board=replace(change.file.board, revision=1)))

    with pytest.raises(ValueError):
        world.app.store.write(lambda tx: apply(tx, stale, world.clock.now(), "tester")).result()

    assert len(world.read(lambda tx: tx.boards.get("BOD")).organisations) == 4
    assert world.kinds("BOD") == ["board-loaded", "channel-linked"]


# --- rounds and mandates -------------------------------------------------------------------------------------------


def test_a_running_round_keeps_the_roll_with_which_it_was_opened(world):
    world.load(TEXT)
    world.open_item()

    world.load(board_text(organisations=("rijk", "vng")))

    roll = world.read(lambda tx: tx.rolls.of(tx.items.get(ItemNumber("BOD", 2027, 1))))
    assert [seat.organisation for seat in roll.seats] == ["rijk", "vng", "ipo", "uvw"]


def test_a_mandate_that_the_file_drops_ends_now(world):
    world.load(TEXT)
    world.open_item()
    dropped = f'[[mandate]]\nperson = "{DEPUTY}"\norganisation = "vng"\nrole = "deputy"\nfrom = 2026-01-01\n'
    assert dropped in TEXT

    world.load(TEXT.replace(dropped, ""))

    assert world.say(DEPUTY, "/standpunt 1 akkoord").refusal == "mandate-expired"
    assert world.say(VNG, "/standpunt 1 akkoord").refusal == ""


def test_a_mandate_that_was_granted_in_chat_stays(world):
    world.load(TEXT)
    world.open_item()
    world.must(SECRETARY, f"/mandaat verleen @{RIJK} vng --rol plaatsvervanger")

    world.load(TEXT.replace('outage = "close"', 'outage = "ask-chair"'))

    assert world.say(RIJK, "/standpunt 1 akkoord --namens vng").refusal == ""


def test_a_mandate_that_comes_back_after_it_was_dropped_is_a_new_one(world):
    world.load(TEXT)
    first = {each.id for each in world.read(lambda tx: tx.people.mandates("BOD"))}
    dropped = f'[[mandate]]\nperson = "{DEPUTY}"\norganisation = "vng"\nrole = "deputy"\nfrom = 2026-01-01\n'
    world.load(TEXT.replace(dropped, ""))
    world.clock.set(START + DAY)

    world.load(TEXT)

    kept = world.read(lambda tx: tx.people.mandates("BOD"))
    own = [each for each in kept if each.person == DEPUTY]
    assert [each.revoked_at for each in own] == [START, None]
    assert own[1].id not in first


# --- people of several boards -----------------------------------------------------------------------------------------


def test_a_person_may_be_on_two_boards_with_the_same_name_and_accounts(world):
    load(world, TEXT)

    load(world, board_text("DIG"))

    assert world.read(lambda tx: tx.people.boards_of(VNG)) == ("BOD", "DIG")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Persoon vng-vertegenwoordiger"', 'name = "Iemand anders"'),
        ('console = "vng-vertegenwoordiger"', 'console = "gekaapt"'),
        ('console = "vng-vertegenwoordiger"', 'console = "vng-vertegenwoordiger"\nmattermost = "erbij"'),
        ('console = "vng-vertegenwoordiger"', 'console = "vng-vertegenwoordiger"\nlocale = "en"'),
        ('console = "vng-vertegenwoordiger"', 'console = "vng-vertegenwoordiger"\nprefers = "teams"'),
    ],
)
def test_a_second_board_file_may_not_change_a_person_of_another_board(world, old, new):
    load(world, TEXT)

    with pytest.raises(FileProblem) as found:
        planned(world, board_text("DIG").replace(old, new))

    assert (found.value.key, found.value.value) == ("person", VNG)
    assert found.value.remedy.key == "file.person-of-other-board"


def test_a_second_board_file_may_not_take_an_account_of_another_board(world):
    load(world, TEXT)
    text = (
        board_text("DIG").replace("vng-vertegenwoordiger", "nieuw").replace('console = "nieuw"', f'console = "{CHAIR}"')
    )
    text = text.replace('id = "voorzitter"', 'id = "baas"').replace('person = "voorzitter"', 'person = "baas"')
    text = text.replace('name = "Persoon voorzitter"\nconsole = "voorzitter"', 'name = "Baas"\nconsole = "baas"')

    with pytest.raises(FileProblem) as found:
        planned(world, text)

    assert (found.value.key, found.value.value) == ("person.console", CHAIR)
    assert found.value.remedy.key == "file.account-of-other-board"


def test_a_board_may_change_its_own_people(world):
    load(world, TEXT)

    load(world, TEXT.replace('console = "vng-vertegenwoordiger"', 'console = "vng-nieuw"'))

    assert world.read(lambda tx: tx.people.by_account("console", "vng-nieuw").id) == VNG
    assert world.read(lambda tx: tx.people.by_account("console", VNG)) is None


def test_the_files_are_named_in_the_problem(world):
    load(world, TEXT)

    with pytest.raises(FileProblem) as found:
        planned(world, board_text("DIG").replace("Persoon vng-vert", "X"))

    assert found.value.file == str(Path(world.folder) / "board.toml")
