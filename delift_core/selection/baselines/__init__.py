"""Ways to choose that no objective is maximised for, one file a method."""
