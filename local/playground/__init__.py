"""The playground: one local page that shows the deployed stack at work, and lets people play with its world.

It fakes nothing: what the page shows is read from the vendors' call logs, the deployed functions' log lines, the queues
and the ledger.  Zendesk, Jira and AWS are local stand-ins, and the page says so.
"""
