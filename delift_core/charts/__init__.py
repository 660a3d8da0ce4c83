"""Figures of numbers that the engine worked out; Plotly only.

Every figure is a function of its arguments alone and names its template: a chart whose description
changes by itself loses the selection made in it. Arrays travel as typed bytes, never as lists. Text
of the data is escaped, since Plotly reads markup.
"""
