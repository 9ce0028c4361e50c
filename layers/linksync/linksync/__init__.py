"""linksync keeps the links between Zendesk tickets and Jira issues equal to what people wrote in their fields.

The packages, each importing only those of the floors below it:

    inbound      what a webhook function does: prove the sender, reduce the body to a statement, queue it
    worker       what the link worker does: classify a statement, plan, apply, record
    reconciler   what the reconciler does: find what no sender told, and have it read in its lane

    outbound     the vendors' APIs: Zendesk, its Links API, Jira

    store        our own AWS resources: queue, ledger, secrets

    explanation  why a ticket's links are there, or not, in sentences: no I/O

    core         the rules, as functions of values: no I/O
    references   what people write in the two fields, read: no I/O
"""
