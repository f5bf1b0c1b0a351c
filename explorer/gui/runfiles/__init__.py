"""Runs in files, as the window sees them: saved, opened, offered back."""
