"""The simulated Jira: its site, its issues, its webhooks and automation rules."""
