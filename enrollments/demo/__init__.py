"""The demonstration: the academy's real first quarter of fiscal year 2022, played by invented people.

Programmes, dates and organisations are those of the sources named in the data files; people, figures and everything that
a person did are invented, and equal on every machine.
"""
