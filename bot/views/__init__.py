"""Views: what is said, as platform-neutral cards."""
