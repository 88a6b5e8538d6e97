"""What phones recorded without a network: each record is done exactly once by the same action as its form, and what
others changed meanwhile is settled field by field."""
