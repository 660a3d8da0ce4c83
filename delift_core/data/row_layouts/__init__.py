"""The layouts of instruction data: one module a family, listed in `register`."""
