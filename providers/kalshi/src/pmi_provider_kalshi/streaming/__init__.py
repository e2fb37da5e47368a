"""Live updates: one connection's subscriptions, their numbers, and what each message means."""
