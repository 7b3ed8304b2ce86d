"""Faults made by hand: processes that die, disks that fill up, files that change under a run. Linux only."""
