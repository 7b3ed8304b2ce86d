"""Sheets that people mend: failing records with a cell to fill beside each field, and their way back as corrections."""
