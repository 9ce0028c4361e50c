"""Pages that something between caller and vendor answers: a proxy, a firewall, a maintenance notice."""

FORBIDDEN = "<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body><h1>Access denied</h1></body></html>"
NOT_FOUND = "<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Lost</h1></body></html>"
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
