"""The operator's command line.  It imports linksync; nothing imports it, and it never goes to Lambda."""
