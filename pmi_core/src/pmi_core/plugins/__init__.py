"""Finding, loading and asking plugins; nothing is loaded by importing this."""
