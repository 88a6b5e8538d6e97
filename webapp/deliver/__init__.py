"""What leaves the house: one module a channel (push, mail), each sending one message and saying what became of it."""
