"""Live data for clients of the server: subscriptions that are read by tools, resources that tell of changes."""
