"""The edge: the Prefect flow and the command line. Everything that they do is in the library."""
