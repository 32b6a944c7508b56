"""The tree of units: who takes part, under which names, through time; their places and sites.

`data/khanh-hoa-2024.csv` holds the 145 units of the model province in January 2024,
`data/demo-lines.csv` the thin lines that the demo makes up for some of them,
`data/levels.csv` the levels that a new system starts with, and `data/resolution-1196.csv` what
Resolution 1196/NQ-UBTVQH15 changed there from 1 November 2024 on, as a file of changes.
"""
