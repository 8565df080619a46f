"""名簿: files of who serves where. Read (`reading`), understood (`values`), compared with what holds, applied.

What stands in this package decides and writes nothing.
"""
