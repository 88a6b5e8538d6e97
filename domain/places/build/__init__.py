"""Makes the data files of the gazetteer and the offline outline map from public sources; not needed at run time."""
