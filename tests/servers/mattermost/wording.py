"""The sentences of the server's errors, in the language the caller asks for: the text is never to be relied on."""

from __future__ import annotations

from tests.servers.mattermost.model import Json, Refused

ENGLISH = {
    "api.context.permissions.app_error": "You do not have the appropriate permissions.",
    "api.context.session_expired.app_error": "Invalid or expired session, please login again.",
    "api.context.invalid_body_param.app_error": "Invalid or missing {name} in request body.",
    "api.context.request_body_too_large.app_error": "The request body is too large.",
    "api.command.duplicate_trigger.app_error": "This trigger word is already in use. Please choose another word.",
    "api.command.execute_command.failed.app_error": "Command with a trigger of '{trigger}' failed.",
    "api.command.execute_command.failed_empty.app_error": "Command with a trigger of '{trigger}' returned an empty response.",
    "api.command.execute_command.failed_resp.app_error": "Command with a trigger of '{trigger}' returned response {response}.",
    "api.command.execute_command.not_found.app_error": "Command with a trigger of '{trigger}' not found.",
    "api.command.execute_command.create_post_failed.app_error": "Command '{trigger}' failed to post response.",
    "api.command.execute_command.deleted.error": "Can not run a command in a deleted channel.",
    "api.post.do_action.action_integration.app_error": "Action integration error.",
    "api.post.do_action.action_id.app_error": "Invalid action id.",
    "api.post.update_post.permissions_time_limit.app_error": (
        "Post edit is only allowed for {seconds} seconds. Please ask your System Administrator for details."
    ),
    "api.post.patch_post.can_not_update_post_in_deleted.error": "Can not update a post in a deleted channel.",
    "api.post.update_post.can_not_update_post_in_deleted.error": "Can not update a post in a deleted channel.",
    "api.post.create_post.can_not_post_to_deleted.error": "Can not post to deleted channel.",
    "api.post.create_post.root_id.app_error": "Invalid RootId parameter.",
    "api.post.deduplicate_create_post.pending": "Rejected post since another client is making the same request.",
    "app.post.get.app_error": "Unable to get the post.",
    "app.channel.get_member.missing.app_error": "No channel member found for that user ID and channel ID.",
    "app.channel.get.existing.app_error": "Unable to find the existing channel.",
    "app.submit_interactive_dialog.decode_json_error": (
        "Encountered an error decoding JSON response from interactive dialog submission."
    ),
    "app.submit_interactive_dialog.invalid_response": "Encountered an invalid response from interactive dialog submission.",
    "app.user.missing_account.const": "Unable to find the user.",
    "interactive_message.decode_trigger_id.expired": (
        "Trigger ID for interactive dialog is expired. Trigger IDs live for a maximum of {seconds}s."
    ),
    "interactive_message.decode_trigger_id.verify_signature_failed": (
        "Signature verification failed of trigger ID for interactive dialog."
    ),
    "model.post.is_valid.message_length.app_error": (
        "Post Message property is longer than the maximum permitted length."
    ),
    "web.command_webhook.general.app_error": "Failed to handle command webhook {hook}.",
}

DUTCH = {
    "api.context.permissions.app_error": "Je hebt niet de juiste rechten.",
    "api.context.session_expired.app_error": "Ongeldige of verlopen sessie, meld je opnieuw aan.",
    "api.post.do_action.action_integration.app_error": "Fout in de integratie van de actie.",
    "api.command.execute_command.failed.app_error": "Opdracht met trigger '{trigger}' is mislukt.",
}


def sentence(refused: Refused, language: str) -> str:
    """What the error says; the id itself where the server has no sentence."""
    words = DUTCH if language.lower().startswith("nl") else {}
    template = words.get(refused.error_id) or ENGLISH.get(refused.error_id) or refused.error_id
    return template.format(**refused.words)


def error_body(refused: Refused, language: str, request_id: str) -> Json:
    """The body of a refusal."""
    return {
        "id": refused.error_id,
        "message": sentence(refused, language),
        "detailed_error": "",
        "request_id": request_id,
        "status_code": refused.status,
    }
