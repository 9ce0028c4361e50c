"""The remote sides: Zendesk and its Links API, Jira."""
