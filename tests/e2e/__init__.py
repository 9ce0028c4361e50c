"""End to end: the built template, deployed unmodified into the local AWS, between a simulated Zendesk and Jira.

Two stacks, each shared by the tests of one xdist group: `stack` for what must hold on an ordinary day, and `storm` for
what takes long because time itself is under test.  Every test has tickets and issues of its own.
"""
