"""What we say on a Mattermost server: posts, their replacement, direct messages and files."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import Any, Final, Protocol

from bot.platforms.base import EditRefused, PlatformRefused, PlatformUnavailable, PostGone, PostRef
from bot.platforms.mattermost.api import ID, Api, Json, Settings, failure
from bot.platforms.mattermost.pooled import MattermostError, PooledClient
from bot.views.card import Card
from bot.views.text import neutral

__all__ = ["KEY", "NAME", "MattermostClient", "MattermostError", "PooledClient", "Settings"]

NAME: Final = "mattermost"
KEY: Final = "samenspraak_key"
"""The prop by which we know a post again; anybody can set it, so it says nothing about a post of another account."""

PAGES: Final = 10
ON_A_PAGE: Final = 100
"""How far back a post is looked for: a thousand posts of the conversation."""

_TRIES: Final = 3
_MOST_REMEMBERED: Final = 10_000
_LONGEST_STEM: Final = 100
_LONGEST_SUFFIX: Final = 8
_EDIT_LIMIT: Final = "api.post.update_post.permissions_time_limit.app_error"
_DELETED: Final = "api.post.update_post.permissions_details.app_error"
_NO_ROOT: Final = "api.post.create_post.root_id.app_error"


class Rendered(Protocol):
    """A card as a post: `message` never changes in the life of the post, everything else is in `props`."""

    @property
    def message(self) -> str:
        """The line above the card."""
        ...

    @property
    def props(self) -> Mapping[str, Any]:
        """The card itself."""
        ...


class Renderer(Protocol):
    """What makes a post of a card. `channel` is empty in a direct message."""

    def post(self, card: Card, channel: str, key: str) -> Rendered:
        """The card as a post in this channel, with this key."""
        ...


class MattermostClient(Api):
    """A `Platform` over REST; safe to use from several threads.

    Conversations are channel ids, and `@` with an account id for direct messages. A post is sent once for a key and
    conversation as long as this object lives; `find` knows those of before.
    """

    def __init__(
        self,
        settings: Settings,
        renderer: Renderer,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings, now, sleep)
        self._renderer = renderer
        self._own_id = ""
        self._direct: dict[str, str] = {}
        self._sent: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()
        self._making = Lock()

    @property
    def name(self) -> str:
        """`mattermost`."""
        return NAME

    def post(self, channel: str, card: Card, key: str, root: str = "") -> PostRef:
        """Show a card in a channel; with `root`, in the thread of that post if it has one."""
        rendered = self._renderer.post(card, channel, key)
        return self._show(channel, key, {"message": rendered.message, "props": dict(rendered.props), "root_id": root})

    def tell(self, account: str, card: Card, key: str) -> PostRef:
        """Send a person a direct message, in the conversation `@account`."""
        rendered = self._renderer.post(card, "", key)
        return self._show(f"@{account}", key, {"message": rendered.message, "props": dict(rendered.props)})

    def update(self, ref: PostRef, card: Card, key: str) -> None:
        """Replace the card of a post; the line above it is sent along only when it has become another one.

        Where the server keeps the line for its age, it stays as it was. Raises `PostGone` for a post that is deleted or
        not ours, and `EditRefused` for one that may not be changed any more, by its age or by our rights.
        """
        if not ID.fullmatch(ref.post):
            raise PostGone(f"no post {ref.post}")
        channel = "" if ref.conversation.startswith("@") else ref.conversation
        rendered = self._renderer.post(card, channel, key)
        changed: Json = {"props": {**rendered.props, KEY: key}}
        if self._patch(ref.post, changed).get("message") != rendered.message:
            with suppress(EditRefused):
                self._patch(ref.post, changed | {"message": rendered.message})

    def find(self, conversation: str, key: str) -> PostRef | None:
        """Our own newest post with this key in a channel or in `@account`, among the last thousand posts there."""
        channel, own = self._channel(conversation), self._own()
        for page in range(PAGES):
            found = self._object(
                self._driver.posts.get_posts_for_channel, channel, {"page": page, "per_page": ON_A_PAGE}
            )
            order = found.get("order") or []
            for each in order:
                post = found["posts"][each]
                if post["user_id"] == own and not post["delete_at"] and (post["props"] or {}).get(KEY) == key:
                    return self._remember(conversation, key, each)
            if len(order) < ON_A_PAGE:
                break
        with self._lock:
            self._sent.pop((conversation, key), None)
        return None

    def send_file(self, account: str, name: str, media_type: str, content: bytes, key: str) -> PostRef:
        """Send a person a file in a direct message, which has no other words."""
        conversation = f"@{account}"
        known = self._known(conversation, key)
        if known is not None:
            return known
        files = {"files": (_file_name(name), content, media_type)}
        uploaded = self._object(self._driver.files.upload_file, self._channel(conversation), files)
        ids = [each["id"] for each in uploaded.get("file_infos") or []]
        return self._show(conversation, key, {"message": "", "props": {}, "file_ids": ids})

    # --- sending once --------------------------------------------------------------------------------------

    def _show(self, conversation: str, key: str, post: Json) -> PostRef:
        """Make a post, unless one with this key is known there.

        The server takes two creations with one `pending_post_id` for the same post, whoever sent the first: so that is a
        random value, and what comes back is ours only when it says so.
        """
        known = self._known(conversation, key)
        if known is not None:
            return known
        post = post | {"channel_id": self._channel(conversation), "props": post["props"] | {KEY: key}}
        for _ in range(_TRIES):
            answer = self._create(post | {"pending_post_id": secrets.token_hex(16)})
            if self._is_made(post, answer):
                return self._remember(conversation, key, answer["id"])
        raise PlatformUnavailable("the server answers with the post of somebody else")

    def _create(self, post: Json) -> Json:
        try:
            return self._object(self._driver.posts.create_post, post)
        except PlatformRefused as refused:
            cause = refused.__cause__
            if not (post.get("root_id") and isinstance(cause, MattermostError) and cause.error_id == _NO_ROOT):
                raise
        return self._object(self._driver.posts.create_post, post | {"root_id": ""})

    def _is_made(self, wanted: Json, answer: Json) -> bool:
        """Whether the answer is the post that we wanted; the server may have taken a sign out of the message."""
        if answer.get("user_id") != self._own() or answer.get("channel_id") != wanted["channel_id"]:
            return False
        has_key = (answer.get("props") or {}).get(KEY) == wanted["props"][KEY]
        return bool(has_key or answer.get("message") == wanted["message"])

    def _known(self, conversation: str, key: str) -> PostRef | None:
        with self._lock:
            post = self._sent.get((conversation, key))
        return None if post is None else PostRef(conversation, post)

    def _remember(self, conversation: str, key: str, post: str) -> PostRef:
        with self._lock:
            self._sent[conversation, key] = post
            if len(self._sent) > _MOST_REMEMBERED:
                self._sent.popitem(last=False)
        return PostRef(conversation, post)

    def _forget(self, post: str) -> None:
        with self._lock:
            for each in [each for each, sent in self._sent.items() if sent == post]:
                del self._sent[each]

    def _patch(self, post: str, changed: Json) -> Json:
        try:
            answer = self._driver.posts.patch_post(post, changed)
        except MattermostError as error:
            refusal = self._edit_refusal(post, error)
            if isinstance(refusal, PostGone):
                self._forget(post)
            raise refusal from error
        except ValueError:
            raise PlatformUnavailable("an answer that cannot be read") from None
        return dict(answer)

    # --- where and who -------------------------------------------------------------------------------------

    def _own(self) -> str:
        self._own_id = self._own_id or str(self.me()["id"])
        return self._own_id

    def _channel(self, conversation: str) -> str:
        """The channel of a conversation. That of two people is made where it is not there yet."""
        id = conversation.removeprefix("@")
        if not ID.fullmatch(id):
            raise PlatformRefused(f"no conversation {conversation}")
        if id == conversation:
            return id
        if id not in self._direct:
            with self._making:  # of two who make it at once, one may find it before anybody is in it
                if id not in self._direct:
                    made = self._object(self._driver.channels.create_direct_message_channel, [self._own(), id])
                    self._direct[id] = str(made["id"])
        return self._direct[id]

    def _edit_refusal(self, post: str, error: MattermostError) -> PlatformUnavailable | PlatformRefused:
        """Why a post could not be changed. Without a right the server says the same of what is gone and what stands."""
        if error.error_id == _EDIT_LIMIT:
            return EditRefused(str(error))
        refusal = failure(error)
        if isinstance(refusal, PlatformUnavailable):
            return refusal
        if error.error_id == _DELETED or error.status == 404 or (error.status == 403 and not self._stands(post)):
            return PostGone(str(error))
        return EditRefused(str(error)) if error.status == 403 else refusal

    def _stands(self, post: str) -> bool:
        """Whether a post of ours is still there."""
        try:
            found = self._object(self._driver.posts.get_post, post)
        except PlatformRefused:
            return False
        return bool(found.get("user_id") == self._own() and not found.get("delete_at"))


def _file_name(name: str) -> str:
    """The name of a file that is a name everywhere, and no path."""
    safe = "".join(sign if sign.isalnum() or sign in "._- " else "-" for sign in neutral(name)).lstrip(". ")
    stem, dot, suffix = safe.rpartition(".")
    return f"{(stem or suffix)[:_LONGEST_STEM]}{dot}{suffix[:_LONGEST_SUFFIX] if stem else ''}" or "-"
