"""Tables that come in and go out as files: CSV or XLSX, read with distrust and written so that they can be read back.

What a file is about is not known here. Whoever reads one says which columns there are (`columns.Vocabulary`) and how large
it may be (`reading.Limits`); `characters` and `cells` turn cells into values, `writing` makes files.
"""
