"""What the fake Mattermost enforces beside its recordings: posts, rights, and the settings of an administrator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers.mattermost import NotShown, Post, Seen
from tests.servers.recordings import Stage
from tests.servers.stub_bot import Reply

LIMIT = "api.post.update_post.permissions_time_limit.app_error"
FORBIDDEN = "api.context.permissions.app_error"


def patch(stage: Stage, post: Post, body: object, who: str = "stem") -> Seen:
    """A patch by somebody, the bot unless said otherwise."""
    return stage.server.call(stage[who], "PUT", f"/posts/{post.id}/patch", body)


def pend(stage: Stage, pending: str, message: str = "kaart") -> Seen:
    """A post of the bot with a pending id."""
    body = {"channel_id": stage.council.id, "message": message, "pending_post_id": pending}
    return stage.server.call(stage["stem"], "POST", "/posts", body)


def card(stage: Stage, **button: object) -> Post:
    """A card with one button."""
    return stage.post([{"text": "kies", "actions": [stage.button() | button]}], "Kaart")


def test_the_older_edit_limit_refuses_a_message_alone(stage: Stage):
    post = card(stage)
    stage.server.settings.version, stage.server.settings.edit_limit = "11.6.0", 60
    stage.move(seconds=61)

    assert patch(stage, post, {"props": {"a": 1}}).ok
    assert patch(stage, post, {"message": "Kaart", "props": {}}).error_id == LIMIT
    assert stage.server.call(stage["stem"], "POST", f"/posts/{post.id}/pin").ok


def test_the_newer_edit_limit_refuses_pinning_too_and_lets_an_update_pass(stage: Stage):
    post = card(stage)
    stage.server.settings.edit_limit = 60
    stage.move(seconds=60)
    assert patch(stage, post, {"props": post.props}).ok
    stage.move(seconds=1)
    stage.bot.reply = Reply({"update": {"message": "Gesloten", "props": {}}})

    pinned = stage.server.call(stage["jan"], "POST", f"/posts/{post.id}/pin")
    clicked = stage.server.click(stage["jan"], post.id, "ja")

    assert pinned.error_id == LIMIT
    assert clicked.ok
    assert (post.message, post.props) == ("Gesloten", {})


def test_a_limit_of_zero_refuses_every_edit_at_once(stage: Stage):
    post = card(stage)
    stage.server.settings.edit_limit = 0

    assert patch(stage, post, {"props": {}}).error_id == LIMIT


def test_a_put_on_an_older_server_loses_the_props(stage: Stage):
    post = card(stage)
    stage.server.settings.version = "11.6.0"

    assert stage.server.call(stage["stem"], "PUT", f"/posts/{post.id}", {"id": post.id, "message": "x"}).ok
    assert post.props == {}


def test_every_write_leaves_a_row_that_the_author_alone_reads(stage: Stage):
    post = card(stage)
    for text in ("een", "een"):
        patch(stage, post, {"props": {"attachments": [{"text": text}]}})
    stage.server.call(stage["jan"], "POST", f"/posts/{post.id}/pin")

    rows = stage.server.call(stage["stem"], "GET", f"/posts/{post.id}/edit_history")
    others = stage.server.call(stage["jan"], "GET", f"/posts/{post.id}/edit_history")

    assert [row["props"].get("attachments", [{}])[0]["text"] for row in rows.body] == ["een", "een", "kies"]
    assert others.error_id == FORBIDDEN


def test_a_pending_id_is_forgotten_after_half_a_minute_and_by_a_restart(stage: Stage):
    first = pend(stage, "p1").body["id"]
    stage.move(seconds=30)
    assert pend(stage, "p1").body["id"] == first
    stage.move(seconds=31)
    second = pend(stage, "p1").body["id"]
    assert second != first
    stage.server.restart()

    third = pend(stage, "p1").body["id"]

    assert third not in (first, second)


def test_a_pending_id_of_a_post_that_the_bot_may_not_read_makes_a_new_one(stage: Stage):
    secret = stage.channels["bestuur"]
    hidden = stage.server.say(stage["jan"], secret, "geheim", pending_post_id="p1")

    seen = pend(stage, "p1")

    assert (seen.status, seen.body["message"]) == (201, "kaart")
    assert seen.body["id"] != hidden.id


def test_a_pending_id_in_use_at_the_same_time_is_refused(stage: Stage):
    stage.server.settings.create_seconds = 0.1
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: pend(stage, "p1"), range(2)))

    assert sorted(seen.status for seen in both) == [201, 500]
    refused = next(seen for seen in both if not seen.ok)
    assert refused.error_id == "api.post.deduplicate_create_post.pending"
    assert len(stage.server.posts(stage.council)) == 1


def test_a_reply_needs_a_root_of_the_same_channel(stage: Stage):
    root = stage.server.say(stage["jan"], stage.council, "draad")
    reply = stage.server.say(stage["jan"], stage.council, "antwoord", root.id)
    elsewhere = stage.server.say(stage["jan"], stage.channels["plein"], "ander kanaal")

    for wrong in (reply.id, elsewhere.id, "onzin"):
        body = {"channel_id": stage.council.id, "message": "x", "root_id": wrong}
        seen = stage.server.call(stage["stem"], "POST", "/posts", body)
        assert (seen.status, seen.error_id) == (400, "api.post.create_post.root_id.app_error")


def test_a_team_administrator_deletes_a_card_and_then_nothing_works_on_it(stage: Stage):
    post = card(stage)
    assert stage.server.call(stage["jan"], "DELETE", f"/posts/{post.id}").error_id == FORBIDDEN
    stage.server.promote(stage["jan"], stage.team)

    stage.server.delete(stage["jan"], post)

    assert stage.server.posts(stage.council) == []
    assert patch(stage, post, {"props": {}}).error_id == FORBIDDEN
    assert stage.server.click(stage["jan"], post.id, "ja").error_id == "app.post.get.app_error"
    since = stage.server.call(stage["stem"], "GET", f"/channels/{stage.council.id}/posts?since=1")
    assert since.body["posts"][post.id]["delete_at"] > 0


def test_the_first_of_two_buttons_with_one_id_answers_and_a_missing_id_is_new_at_each_edit(stage: Stage):
    first, second = stage.button({"t": "1"}), stage.button({"t": "2"})
    nameless = stage.button({"t": "3"}) | {"id": ""}
    attachments = [{"text": "kies", "actions": [first, second, nameless]}]
    post = stage.post(attachments)
    before = post.actions[2]["id"]

    stage.server.click(stage["jan"], post.id, "ja")
    patch(stage, post, {"props": {"attachments": attachments}})

    assert stage.bot.received[0].body["context"] == {"t": "1"}
    assert stage.server.click(stage["jan"], post.id, before).error_id == "api.post.do_action.action_id.app_error"
    assert stage.server.click(stage["jan"], post.id, post.actions[2]["id"]).ok


def test_a_click_meets_the_post_as_it_stands_when_the_click_arrives(stage: Stage):
    post = stage.post([{"text": "oud", "actions": [stage.button({"t": "oud"})]}])
    patch(
        stage, post, {"props": {"attachments": [{"text": "nieuw", "actions": [stage.button({"t": "nieuw", "n": 1})]}]}}
    )

    stage.server.click(stage["jan"], post.id, "ja")

    assert stage.bot.received[0].body["context"] == {"n": 1.0, "t": "nieuw"}
    assert '"n":1.0' in stage.bot.received[0].raw


def test_a_disabled_button_cannot_be_pressed_yet_the_server_takes_the_click(stage: Stage):
    post = card(stage, disabled=True)

    with pytest.raises(NotShown):
        stage.server.click_label(stage["jan"], post.id, "Ja")

    assert stage.server.click(stage["jan"], post.id, "ja").ok


def test_a_choice_is_made_by_its_words(stage: Stage):
    options = [{"text": "Gemeente", "value": "o1"}, {"text": "Provincie", "value": "o2"}]
    post = card(stage, type="select", name="Namens", options=options)

    stage.server.click_label(stage["jan"], post.id, "Namens", "Provincie")

    assert stage.bot.received[0].body["context"]["selected_option"] == "o2"
    with pytest.raises(NotShown):
        stage.server.click_label(stage["jan"], post.id, "Namens", "Waterschap")


def test_a_guest_clicks_only_where_he_was_put(stage: Stage):
    guest = stage.server.user("bezoek", [stage.team], guest=True)
    post = card(stage)
    assert stage.server.click(guest, post.id, "ja").error_id == FORBIDDEN
    joins = stage.server.call(guest, "POST", f"/channels/{stage.council.id}/members", {"user_id": guest.id})
    assert joins.error_id == FORBIDDEN

    stage.server.join(guest, stage.council)

    assert stage.server.click(guest, post.id, "ja").ok


def test_a_plain_bot_neither_reads_nor_writes_in_a_channel_it_was_taken_out_of(stage: Stage):
    stage.server.demote(stage["stem"], stage.team)
    post = card(stage)
    stage.server.leave(stage["stem"], stage.council)
    secret = stage.channels["bestuur"]

    assert patch(stage, post, {"props": {}}).error_id == FORBIDDEN
    assert pend(stage, "").error_id == FORBIDDEN
    assert stage.server.call(stage["stem"], "GET", f"/channels/{secret.id}").error_id == FORBIDDEN
    joins = {"user_id": stage["stem"].id}
    assert stage.server.call(stage["stem"], "POST", f"/channels/{secret.id}/members", joins).error_id == FORBIDDEN
    assert stage.server.call(stage["stem"], "POST", f"/channels/{stage.council.id}/members", joins).status == 201


def test_a_bot_without_its_owner_is_called_and_cannot_post(stage: Stage):
    post = card(stage)
    stage.server.deactivate(stage["eigenaar"])
    stage.server.reactivate(stage["eigenaar"])

    assert pend(stage, "").status == 401
    assert stage.server.execute(stage["jan"], stage.council, "/stem hoi").ok
    assert stage.server.click(stage["jan"], post.id, "ja").ok
    assert len(stage.bot.received) == 2

    stage.server.reactivate(stage["stem"])
    assert pend(stage, "").ok


def test_a_direct_message_can_be_kept_to_the_team(stage: Stage):
    pair = [stage["stem"].id, stage["gast"].id]
    assert stage.server.call(stage["stem"], "POST", "/channels/direct", pair).status == 201
    stage.server.settings.restrict_direct = True

    assert stage.server.call(stage["stem"], "POST", "/channels/direct", pair).status == 403


def test_edits_and_whispers_notify_nobody(stage: Stage):
    post = card(stage)
    stage.bot.reply = Reply({"ephemeral_text": "@jan"})

    patch(stage, post, {"message": "@jan @channel"})
    stage.server.click(stage["jan"], post.id, "ja")

    assert stage.server.mentions(stage["jan"]) == 0
    stage.post([], "@jan")
    assert stage.server.mentions(stage["jan"]) == 1


def test_a_call_to_all_in_a_large_channel_and_a_name_in_a_code_block_notify_nobody(stage: Stage):
    stage.post([], "~~~\n@jan\n~~~")
    stage.server.settings.max_notifications = len(stage.council.members) - 1
    stage.post([], "@channel")
    assert stage.server.mentions(stage["jan"]) == 0
    stage.server.settings.max_notifications += 1

    stage.post([], "@channel")

    assert stage.server.mentions(stage["jan"]) == 1


def test_a_file_is_read_by_whoever_reads_its_post(stage: Stage):
    channel = stage.server.direct_channel(stage["jan"], stage["stem"])
    head = b'--x\r\nContent-Disposition: form-data; name="channel_id"\r\n\r\n' + channel.id.encode()
    part = (
        b'\r\n--x\r\nContent-Disposition: form-data; name="files"; filename="b.csv"\r\nContent-Type: text/csv\r\n\r\n'
    )
    body, kind = head + part + b"\r\na;\x00b\r\n\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
    file = stage.server.call(stage["stem"], "POST", "/files", body, kind).body["file_infos"][0]
    stolen = stage.server.say(stage["jan"], stage.council, "niet van mij", file_ids=[file["id"]])
    post = stage.server.say(stage["stem"], channel, "uw bestand", file_ids=[file["id"]])

    assert stolen.file_ids == []
    (stored,) = stage.server.files(post)
    assert (stored.name, stored.media_type, stored.content) == ("b.csv", "text/csv", b"\r\na;\x00b\r\n")
    assert stage.server.call(stage["jan"], "GET", f"/files/{file['id']}").body == stored.content
    assert stage.server.call(stage["piet"], "GET", f"/files/{file['id']}").status == 403
    assert stage.server.call(stage["piet"], "POST", "/files", body, kind).status == 403
    assert [one.message for one in stage.server.direct(stage["jan"])] == ["uw bestand"]


def test_the_configuration_says_less_without_login_and_older_servers_ask_for_a_format(stage: Stage):
    stage.server.settings.edit_limit = 300
    bare = stage.server.call(None, "GET", "/config/client").body
    full = stage.server.call(stage["stem"], "GET", "/config/client").body

    assert bare["AsymmetricSigningPublicKey"] == full["AsymmetricSigningPublicKey"] == stage.server.public_key
    assert "PostEditTimeLimit" not in bare
    assert (full["PostEditTimeLimit"], full["SiteURL"], full["MaxPostSize"]) == ("300", stage.server.url, "16383")
    stage.server.settings.version = "10.11.0"
    assert stage.server.call(None, "GET", "/config/client").status == 501
    assert stage.server.call(None, "GET", "/config/client?format=old").ok


def test_an_error_speaks_the_language_that_was_asked_for(stage: Stage):
    seen = stage.server.call(None, "GET", "/users/me", headers={"Accept-Language": "nl"})

    assert seen.error_id == "api.context.session_expired.app_error"
    assert seen.body["message"] == "Ongeldige of verlopen sessie, meld je opnieuw aan."


def test_a_request_that_is_too_large_is_refused(stage: Stage):
    seen = pend(stage, "", "x" * 300_000)

    assert (seen.status, seen.error_id) == (413, "api.context.request_body_too_large.app_error")


def test_the_rate_limit_lets_ten_through_for_each_second(stage: Stage):
    stage.server.settings.rate_limit = True
    for _ in range(101):
        assert stage.server.call(stage["stem"], "GET", "/users/me").ok
    stage.move(seconds=0.2)

    statuses = [stage.server.call(stage["stem"], "GET", "/users/me").status for _ in range(3)]

    assert statuses == [200, 200, 429]
