"""Workbooks in the form of Office Open XML (.xlsx, .xlsm), read as a stream: what lies in memory is one row.

Parts: the package and its list of sheets, texts that cells share, number formats, dates, and the cells of a sheet.
"""
