"""The receivers: who sent it, what does it say, into the queue with it.  They import neither pydantic nor requests."""
