"""Our own AWS resources: the event queue, the ledger, the secrets."""
