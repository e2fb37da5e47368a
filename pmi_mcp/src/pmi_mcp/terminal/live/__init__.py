"""Live data at a terminal: a view, lines, recordings and their replay."""
