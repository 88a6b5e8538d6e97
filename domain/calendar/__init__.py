"""Calendar: a person's own entries with reminders; follow-ups put their next contact here."""
