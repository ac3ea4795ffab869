"""Secrets are planted wherever somebody or a server can put one, and looked for wherever the program says something."""
