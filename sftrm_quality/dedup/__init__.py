"""What is the same: fingerprints of the records of a shard, and the steps over the fingerprints of all shards.

A shard of candidates gets its fingerprint once (``fingerprints``), beside its records and in parallel. The steps that
need all shards at once see fingerprints only, one column at a time:

- ``exact``           running numbers of identical records, data_ids used again, exact duplicates
- ``contradictions``  the same two responses ranked both ways
- ``near``            near duplicates: MinHash bands propose pairs, the exact Jaccard of their 5-grams decides
- ``prompts``         groups of equal and near-equal prompts over both label kinds, for the splits

Their results are numpy arrays over the *global row*: the running number of a candidate over all shards in the order
given, so that "earlier" is a smaller number. None of them depends on where one shard ends and the next begins.
"""
