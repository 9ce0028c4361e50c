"""`linksync doctor`: a line a check, each failure with what to do about it.  It changes nothing."""
