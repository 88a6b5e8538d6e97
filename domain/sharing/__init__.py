"""Who takes part in a record besides its owner: the related team and those it is shared with, for every kind alike."""
