"""Coin tosses as prediction markets."""
