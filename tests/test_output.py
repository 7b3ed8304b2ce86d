"""The output folder: names of runs."""


def test_run_ids_sort_by_time_also_within_a_second():
    """The newest run is the one with the greatest id: two that begin in one second must not change places."""
    import re
    import time

    from sftrm_quality.output import new_run_id

    ids = []
    for _ in range(200):
        ids.append(new_run_id())
        time.sleep(0.0001)
    assert ids == sorted(ids) and len(set(ids)) == 200
    assert all(re.fullmatch(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}", run_id) for run_id in ids)
