"""The exchange's stream: commands, subscriptions, and what is told on which channel."""
