"""The reader of JSON texts: what surrounds the records is recognised, the text is cut, shards become tables."""

from sftrm_quality.reading.json.opening import open_json
from sftrm_quality.reading.json.shards import JsonShard
from sftrm_quality.reading.json.strict import parse_record

__all__ = ["JsonShard", "open_json", "parse_record"]
