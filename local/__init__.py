"""Everything on a laptop: a simulated Zendesk and Jira, their webhook senders, and the real stack on an AWS emulator.

`SimulatedVendors` is both vendors and their senders, without AWS.  `Stack` deploys the built template to an emulator
and aims the senders at it.  `python -m local demo` plays the demonstration, `python -m local up` leaves everything
running.
Nothing here is deployed, and every server listens on the loopback alone.
"""
