"""Telling people that a run was held, failed, or is well again.

No names are exported here: `sftrm serve` checks the addresses of channels (`telling`) before anybody may import
Prefect, which `news` needs.
"""
