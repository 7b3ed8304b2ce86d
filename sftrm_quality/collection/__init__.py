"""The steps that see all records of a run at once, by their keys: identity, duplicates, prompt groups, splits."""
