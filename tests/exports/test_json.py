"""Items as JSON: the shape that a playback gives too."""

from __future__ import annotations

import json
from typing import Any

from commands.domain.position import Kind, Stance
from commands.exports.json import item_as_json
from commands.vocabulary import Format
from tests.exports.factory import Story, a_story, exported, say
from tests.factories import DAY, DEADLINE, HOUR, NOON, an_item


def shape(story: Story) -> Any:
    """The item of a story as a reader of the JSON gets it."""
    return json.loads(json.dumps(item_as_json(story.dossier().items[0], say)))


def test_an_item_has_the_keys_of_the_shape_and_no_others():
    item = shape(a_story())

    keys = {"number", "title", "board", "kind", "state", "dossier", "rounds", "decision"}
    assert item.keys() == keys


def test_a_round_is_complete():
    story = Story()
    story.open()
    story.file("vng", Stance.OBJECT, NOON + HOUR, "Geen dekking.", points=(1, 2))
    story.close()

    item = shape(story)

    (round,) = item["rounds"]
    counts = {"for": 0, "against": 1, "abstain": 0, "silent": 3, "recused": 0, "eligible": 4}
    silent = {"for": 0, "against": 0, "abstain": 0, "silent": 1, "recused": 0, "eligible": 1}
    explanation = round["outcome"].pop("explanation")
    assert "explain.outcome code=no-decision reason=objection" in explanation.splitlines()
    assert round == {
        "number": 1,
        "version": "1.0",
        "opened_at": "2027-01-11T11:00:00Z",
        "closes_at": "2027-01-25T16:00:00Z",
        "closed_at": "2027-01-25T16:00:00Z",
        "rule": "consensus",
        "roll": [
            {"organisation": each, "column": f"column-{each}", "weight": "1"} for each in ("rijk", "vng", "ipo", "uvw")
        ],
        "positions": [
            {
                "organisation": "vng",
                "stance": "object",
                "ballot": "",
                "text": "Geen dekking.",
                "points": [1, 2],
                "basis": "",
                "received_at": "2027-01-11T12:00:00Z",
                "in_time": True,
                "version": "1.0",
            }
        ],
        "silent": ["rijk", "ipo", "uvw"],
        "outcome": {
            "code": "no-decision",
            "reason": "objection",
            "counts": counts,
            "columns": {
                "column-rijk": silent,
                "column-vng": {**counts, "silent": 0, "eligible": 1},
                "column-ipo": silent,
                "column-uvw": silent,
            },
        },
    }


def test_who_has_not_answered_an_open_round_is_silent():
    story = Story()
    story.open()
    story.file("vng", Stance.AGREE, NOON + HOUR)
    story.file("ipo", Stance.AGREE, NOON + HOUR)
    story.file("ipo", Stance.WITHDRAWN, NOON + 2 * HOUR)

    (round,) = shape(story)["rounds"]

    assert (round["silent"], round["outcome"], round["closed_at"]) == (["rijk", "ipo", "uvw"], None, None)


def test_a_round_without_a_rule_has_no_rule_and_no_outcome():
    story = Story(an_item(kind=Kind.CONSULTATION, rule=""))
    story.open(rule=None)
    story.file("vng", Stance.SUPPORT, NOON + HOUR)
    story.close()

    (round,) = shape(story)["rounds"]

    assert (round["rule"], round["outcome"]) == ("", None)


def test_a_late_position_is_not_in_time():
    item = shape(a_story())

    late = item["rounds"][1]["positions"][-1]
    assert (late["organisation"], late["in_time"]) == ("uvw", False)


def test_the_decision_in_force_is_the_newest():
    story = a_story()
    first = story.decisions[0].number
    story.establish("Verbeterd.", DEADLINE + 2 * DAY, corrects=first, reason="Een verschrijving.")

    item = shape(story)

    assert item["decision"] == {
        "number": "BOD-2027-003/B2",
        "at": "2027-01-27T16:00:00Z",
        "text": "Verbeterd.",
        "deviates": False,
    }


def test_the_export_holds_every_version_comment_and_decision_and_the_end_of_the_log():
    story = a_story()
    story.establish("Verbeterd.", DEADLINE + 2 * DAY, corrects=story.decisions[0].number, reason="Fout.")

    document = json.loads(exported(story.dossier(), Format.JSON))

    assert [each["version"] for each in document["versions"]] == ["1.0", "1.1"]
    assert [each["text"] for each in document["comments"]] == ["Zie ook de bijlage."]
    assert [each["number"] for each in document["decisions"]] == ["BOD-2027-003/B1", "BOD-2027-003/B2"]
    assert document["decisions"][1]["corrects"] == "BOD-2027-003/B1"
    assert (document["entries"], document["head"]) == (len(story.entries), story.entries[-1].hash)
