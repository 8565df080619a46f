"""The schedule of a fiscal year as a table, a row for each meeting: which columns it has, how values are written and read,
and which rows are one session. What stands in this package decides and writes nothing; `courses.reports.schedule` gives
the rows, `courses.operations.schedule_files` takes them in.
"""
