"""Schedules that come in as files: sessions and meetings as they are, what a file changes of them, and carrying it out."""
