"""`python -m bot`: the same program as `samenspraak`."""

from bot.cli import main

main()
