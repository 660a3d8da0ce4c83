"""Looking at a run: positions on a map, blocks of a kernel, and the figures the dashboard and the report draw of them."""
