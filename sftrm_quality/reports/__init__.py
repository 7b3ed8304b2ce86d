"""What people look at after a run: figures, samples, the page, the index over all runs."""
