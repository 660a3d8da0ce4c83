"""What is measured of a set of chosen examples, one file a measure or a family."""
