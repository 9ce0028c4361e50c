"""linksync keeps the links between Zendesk tickets and Jira issues equal to what people wrote in their fields.

The packages, each importing only those below it:

    inbound   what a webhook function does: prove the sender, reduce the body to a statement, queue it
    worker    what the link worker does: classify a statement, plan, apply, record
    outbound  the remote sides: Zendesk, its Links API, Jira
    store     our own AWS resources: queue, ledger, secrets
    core      the rules, as functions of values: no I/O
"""
