"""Accounts are named as people see them, and kept by the id of the server: typed, in a form, and in a mandate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.domain.board import Account
from tests.servers.mattermost import User
from tests.servers.stage import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
def newcomer(stage: Stage) -> User:
    user = stage.server.user("piet.jansen", [stage.team], locale="nl")
    stage.server.join(user, stage.channel)
    return user


def accounts_of(stage: Stage, person: str) -> tuple[Account, ...]:
    found = stage.app.store.read(lambda tx: tx.people.get(person))
    assert found is not None
    return found.accounts


@pytest.mark.parametrize("word", ["@piet.jansen", "piet.jansen", "@Piet.Jansen"])
def test_an_account_is_linked_by_its_name_and_kept_by_its_id(stage, newcomer, word):
    answer = stage.say("beheer", f"/overlegbeheer koppel {word} vng")

    assert accounts_of(stage, "vng")[-1] == Account("mattermost", newcomer.id)
    assert f"met kenmerk {newcomer.id} (mattermost) hoort nu bij vng" in answer
    stage.people["piet"] = newcomer
    assert "niets vastgelegd" not in stage.say("piet", "/standpunt mijn")


def test_an_account_can_be_linked_by_its_id(stage, newcomer):
    stage.say("beheer", f"/overlegbeheer koppel {newcomer.id} vng")

    assert accounts_of(stage, "vng")[-1] == Account("mattermost", newcomer.id)


@pytest.mark.parametrize("word", ["@niemand", "f" * 26, "x" * 101, "../users"])
def test_a_name_that_the_server_does_not_know_is_refused(stage, word):
    before = accounts_of(stage, "vng")

    answer = stage.say("beheer", f"/overlegbeheer koppel {word} vng")

    assert "De chatserver kent geen account" in answer
    assert "Er is niets vastgelegd." in answer
    assert accounts_of(stage, "vng") == before


def test_nothing_is_recorded_while_the_server_does_not_answer(stage, newcomer):
    stage.server.faults.answer(503, path="/users/username/", times=-1)
    before = accounts_of(stage, "vng")

    answer = stage.say("beheer", "/overlegbeheer koppel @piet.jansen vng")

    assert "De chatserver antwoordt nu niet" in answer
    assert accounts_of(stage, "vng") == before


def test_a_form_takes_the_name_too_and_an_unknown_one_is_an_error_of_its_field(stage, newcomer):
    stage.say("beheer", "/overlegbeheer koppel @niemand")
    form = stage.dialog("beheer")

    stage.server.submit(stage.people["beheer"], form, {"account": "@niemand", "person": "vng"})
    assert "niemand" in form.errors["account"]
    stage.server.submit(stage.people["beheer"], form, {"account": "@piet.jansen", "person": "vng"})

    assert accounts_of(stage, "vng")[-1] == Account("mattermost", newcomer.id)


def test_a_person_is_named_by_the_account_in_a_mandate(stage):
    answer = stage.say("secretaris", "/mandaat verleen @ipo vng --rol plaatsvervanger")
    stage.server.world.users[stage.people["uvw"].id].name = "waterman"
    renamed = stage.say("secretaris", "/mandaat verleen @waterman vng --rol plaatsvervanger")

    assert answer.startswith("Samenspraak: Vastgelegd")
    assert renamed.startswith("Samenspraak: Vastgelegd")
    mandates = stage.app.store.read(lambda tx: tx.people.mandates("BOD", "vng"))
    assert [each.person for each in mandates] == ["vng", "ipo", "uvw"]


def test_a_name_in_a_free_text_is_not_looked_up(stage):
    stage.say("secretaris", '/consultatie nieuw "Dank aan @niemand" --tekst "Wij danken @niemand."')

    assert stage.item().title == "Dank aan @niemand"
    assert [each for each in stage.server.requests if "/users/username" in each.path] == []
