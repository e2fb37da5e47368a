"""Venues on this machine with a real socket, a network between them and the client, and a judge."""
