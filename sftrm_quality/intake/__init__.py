"""Raw files taken in one by one and in parallel: read, mapped, checked and fingerprinted, shard by shard."""
