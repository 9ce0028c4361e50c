"""Jira as set-up, doctor and uninstall meet it."""
