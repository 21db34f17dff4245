"""Messages for one person that are stored nowhere: they exist in an event, their buttons in cookies."""

from __future__ import annotations

from tests.servers.mattermost.attachments import sealed_props, stored_props
from tests.servers.mattermost.model import Json
from tests.servers.mattermost.world import World


def send(world: World, user_id: str, given: Json, author_id: str) -> Json:
    """Show a message to one user's client alone; `given` has channel_id, root_id, message and props."""
    post_id, channel_id = world.new_id(), given.get("channel_id") or ""

    def seal(action: Json) -> str:
        return world.keys.cookie(
            {
                "post_id": post_id,
                "channel_id": channel_id,
                "root_id": given.get("root_id") or post_id,
                "type": action.get("type", ""),
                "data_source": action.get("data_source", ""),
                "integration": action["integration"],
            }
        )

    props = sealed_props(stored_props(given.get("props"), world.new_id), seal)
    shown: Json = {
        "id": post_id,
        "create_at": world.milliseconds(),
        "update_at": 0,
        "edit_at": 0,
        "delete_at": 0,
        "is_pinned": False,
        "user_id": author_id,
        "channel_id": channel_id,
        "root_id": given.get("root_id") or "",
        "original_id": "",
        "message": given.get("message") or "",
        "type": "system_ephemeral",
        "props": props,
        "hashtags": "",
        "file_ids": None,
        "pending_post_id": "",
        "reply_count": 0,
        "last_reply_at": 0,
        "participants": None,
        "metadata": {"embeds": [{"type": "message_attachment"}]} if props.get("attachments") else {},
    }
    world.publish([user_id], "ephemeral_message", {"post": shown})
    return shown
