"""End to end: the built template, deployed unmodified into the local AWS, between a simulated Zendesk and Jira.

Three stacks, each shared by the tests of one xdist group: `stack` for what must hold on an ordinary day, `storm` for
what takes long because time itself is under test, and one in `v1` that speaks version 1 of the Links API.  Every test
has tickets and issues of its own.
"""
