"""What people write in the two fields, read: issue keys and ticket ids.  Pure; imports nothing else of the package."""
