"""Imports: files of rows, staged, checked, tried dry and then carried out with an outcome for each row."""
