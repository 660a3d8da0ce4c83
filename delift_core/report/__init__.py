"""One HTML file about a choice, for people who have nothing installed: it opens with a double click
and asks nobody for anything.
"""
