"""Files of a record: photos, signatures, attachments.

They come in pieces and may come before or after their record; the row says what is there, the bytes lie in the data
folder.
"""
