"""What can be computed from models alone: costs, and what follows from them."""
