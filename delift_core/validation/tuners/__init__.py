"""Ways to tune a network by a few weights, one file each; `register.py` names them."""
