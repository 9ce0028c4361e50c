"""The simulated Zendesk: its site, its tickets, its links, its webhooks."""
