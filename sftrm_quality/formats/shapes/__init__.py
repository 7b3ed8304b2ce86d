"""How the records of declared formats are read, one shape in each module."""
