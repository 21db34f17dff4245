"""The console: a chat in the terminal, and the stage for playback."""
