"""A page that fails with something in its message that nobody should read."""

raise ValueError("the password in /home/anna/secret.toml is swordfish")
