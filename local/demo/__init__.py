"""What `python -m local demo` and `up` show."""
