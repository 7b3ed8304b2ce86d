"""Immutable releases: data files, what is set aside, manifest, the one atomic switch, and questions about records."""
