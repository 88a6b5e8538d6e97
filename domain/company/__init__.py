"""The company's settings and lists of values that an administrator keeps."""
