"""What both simulated vendors share: a web server with faults and a call log, credentials, and webhook deliveries."""
