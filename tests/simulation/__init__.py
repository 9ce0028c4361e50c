"""Zendesk, Jira, AWS and a network in one process under a virtual clock, around the real linksync.

Receivers, rules, ledger, worker and the clients of Zendesk, Jira and SQS are the product's own; everything around them
fails in the ways that `fault_kinds` names.  Everything random comes from one seeded generator, so a history is told by
its seed alone.
"""
