"""The bench: a large company, measured through HTTP beside a floor in the same run. `make bench`."""
