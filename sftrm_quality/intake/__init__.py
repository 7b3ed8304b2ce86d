"""File intake, one by one and in parallel: raw files read, mapped, checked and fingerprinted, shard by shard."""
