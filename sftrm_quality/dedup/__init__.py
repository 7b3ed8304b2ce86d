"""What is the same: fingerprints of the records of a shard, and the steps over the fingerprints of all shards.

A shard of candidates gets its fingerprint once (``fingerprints``), beside its records and in parallel. The steps that
need all shards at once see fingerprints only. They are tasks over files, of bounded memory whatever the number of rows,
which meet by the hash of a key (``exchange``):

- ``copies``          running numbers of identical records
- ``exact``           data_ids used again, exact and folded duplicates
- ``contradictions``  the same two responses ranked both ways
- ``templates``       what many prompts share
- ``near``            near duplicates: MinHash bands propose pairs, the exact Jaccard of their 5-grams decides
- ``prompts``         groups of equal and near-equal prompts over both label kinds, for the splits

Which of several copies stays is said by an order of rows (``preference``).

Their results are numpy arrays over the *global row*: the running number of a candidate over all shards in the order
given, so that "earlier" is a smaller number. None of them depends on where one shard ends and the next begins, nor on
how the work is cut into tasks or where these run.
"""

from sftrm_quality.dedup.contradictions import contradictions
from sftrm_quality.dedup.copies import ReceivedShard, copy_numbers
from sftrm_quality.dedup.encoding import digests
from sftrm_quality.dedup.exact import equal_rows, first_holders
from sftrm_quality.dedup.fingerprints import KEY_VERSION, content_hashes, data_id_keys, fingerprint, prompt_keys
from sftrm_quality.dedup.keys import NONE, ShardKeys
from sftrm_quality.dedup.near import NearDuplicatesFound, near_duplicates
from sftrm_quality.dedup.parts import form_columns
from sftrm_quality.dedup.preference import Preference, rank_rows
from sftrm_quality.dedup.prompts import prompt_groups
from sftrm_quality.dedup.similarity import Apart
from sftrm_quality.dedup.templates import Templates, find_templates

__all__ = [
    "KEY_VERSION",
    "NONE",
    "Apart",
    "NearDuplicatesFound",
    "Preference",
    "ReceivedShard",
    "ShardKeys",
    "Templates",
    "content_hashes",
    "contradictions",
    "copy_numbers",
    "data_id_keys",
    "digests",
    "equal_rows",
    "find_templates",
    "fingerprint",
    "first_holders",
    "form_columns",
    "near_duplicates",
    "prompt_groups",
    "prompt_keys",
    "rank_rows",
]
