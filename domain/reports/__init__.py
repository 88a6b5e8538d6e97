"""Reports: figures over several features, always within what the reader may see, each with the list behind it."""
