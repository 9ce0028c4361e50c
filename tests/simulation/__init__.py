"""A world in one process for the real rules, ledger and worker: a virtual clock, fake vendors, a fake AWS, and faults.

Everything random comes from one seeded generator, so a history is told by its seed alone.
"""
