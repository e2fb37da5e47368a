"""The pytest plugin; imported by every pytest run that has `pmi-core` installed."""
