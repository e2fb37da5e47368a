"""The way to a venue over the network: limits, signing, sending, and errors in neutral words.

Nothing is imported here, so that a program pays only for the parts it uses.
"""
