"""The receivers: prove who sent a delivery, parse it, queue it.  They import neither pydantic nor requests."""
