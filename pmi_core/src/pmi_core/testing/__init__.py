"""What a provider's author needs to prove a provider."""
