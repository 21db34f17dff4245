"""Mattermost: typed commands, buttons and forms come in by HTTP, posts go out by REST."""
