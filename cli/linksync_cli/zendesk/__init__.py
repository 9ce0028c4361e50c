"""Zendesk as set-up, doctor and uninstall meet it."""
