"""One HTML file about a choice, which opens without an installation and without a network."""
