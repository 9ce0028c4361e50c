"""The vendors' APIs: Zendesk and its links, Jira."""
