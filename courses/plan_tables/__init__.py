"""The plan of a fiscal year as a table, a row for each of its lines. What stands in this package decides and writes nothing."""
