"""The engine ray on a real cluster of two worker nodes: the same bytes as one process, also when workers die."""

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import psutil
import pytest

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.workers import workers_for
from tests.test_determinism import make_records, run, write

ray = pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
from ray.cluster_utils import Cluster  # noqa: E402

# Ray's smallest object store; nothing of ours is large.
NODE = {"object_store_memory": 80 << 20, "include_dashboard": False}
# Many small shards, so that there is a middle to be killed in.
SHARDS = "limits.shard_records=10"


@pytest.fixture(scope="module")
def head():
    """A cluster whose head runs no tasks, and its nodes: none yet."""
    with pytest.MonkeyPatch.context() as patch:
        # With Ray's own 15 its workers, each of which imports everything, wait for the tests of the other processes.
        patch.setenv("RAY_worker_niceness", "0")
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **NODE})
        try:
            yield cluster, []
        finally:
            ray.shutdown()
            cluster.shutdown()


@pytest.fixture
def cluster(head):
    """With two nodes of one core, whatever became of those of the test before."""
    cluster, nodes = head
    while len(nodes) < 2:
        nodes.append(cluster.add_node(num_cpus=1, **NODE))
    cluster.wait_for_nodes()
    yield cluster, nodes
    ray.shutdown()


@pytest.fixture(scope="module")
def one_process(tmp_path_factory):
    base = tmp_path_factory.mktemp("one")
    raw = write(base / "raw", *make_records(120))
    return raw, run(raw, base / "out", "workers=1", SHARDS)


def on_cluster(cluster, raw, out):
    return run(raw, out, "engine=ray", f"ray_address={cluster.address}", SHARDS)


def where_am_i(_):
    time.sleep(0.5)
    return ray.get_runtime_context().get_node_id()


def a_folder(_):
    return str(Path.cwd())


def no_such_file(path):
    return path.read_bytes()


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_two_nodes_share_the_work(cluster, tmp_path):
    with workers_for(RunConfig(engine="ray", ray_address=cluster[0].address)) as workers:
        assert workers.count == 2
        assert len(set(workers.map(where_am_i, range(8)))) == 2
        assert set(workers.map(a_folder, range(2))) == {str(Path.cwd())}
        assert list(workers.map(abs, [-3, 2, -1])) == [3, 2, 1]
        with pytest.raises(StorageError, match=r"nothing: No such file or directory; nothing is published"):
            workers.submit(no_such_file, tmp_path / "nothing").result()


class Killer(threading.Thread):
    """Waits until some shards of a run are spilled, then kills."""

    def __init__(self, out, kill):
        super().__init__(daemon=True)
        self.out, self.kill = out, kill
        self.spilled_before = 0
        self.start()

    def run(self):
        while self.spilled_before < 5:
            self.spilled_before = len(list(self.out.glob(".staging/*/intake-*/*.failing.arrow")))
            time.sleep(0.01)
        self.kill()


def kill_a_worker(_cluster, _nodes):
    """The first worker process that is in the middle of a task of ours."""
    while True:
        for process in psutil.process_iter(["cmdline"]):
            if process.info["cmdline"] and process.info["cmdline"][0].startswith("ray::_run_task"):
                process.kill()
                return
        time.sleep(0.01)


def kill_a_node(cluster, nodes):
    cluster.remove_node(nodes.pop(), allow_graceful=False)


# All but the tasks that are lost are those of a run that nothing disturbs, and a run takes most of a minute: its
# workers import everything. The loss of a node is the loss of all its workers.
@pytest.mark.parametrize("kill", [kill_a_worker, pytest.param(kill_a_node, marks=pytest.mark.soak)])
def test_it_writes_the_same_bytes_and_what_dies_in_the_middle_loses_nothing(cluster, one_process, tmp_path, kill):
    raw, expected = one_process
    killed = []

    def now():
        kill(*cluster)
        killed.append(time.monotonic())

    killer = Killer(tmp_path / "out", now)
    got = on_cluster(cluster[0], raw, tmp_path / "out")
    ended = time.monotonic()
    killer.join(timeout=1)
    shards = sum(-(-file["received"] // 10) for file in expected.report["files"])
    assert killed and killed[0] < ended and killer.spilled_before < shards, "nothing was killed in the middle"
    assert got.report["release_id"] == expected.report["release_id"]
    assert got.data_bytes() == expected.data_bytes()
    assert (got.quarantine, got.duplicates) == (expected.quarantine, expected.duplicates)


def test_a_task_that_kills_every_worker_ends_the_run(cluster):
    config = RunConfig(engine="ray", ray_address=cluster[0].address)
    with workers_for(config) as workers, pytest.raises(BrokenExecutor, match="Ray gave up after 5 more tries"):
        workers.submit(die, 0).result()


def test_an_address_where_nobody_answers_is_said():
    with pytest.raises(ConfigError, match="no Ray cluster answers at"):
        workers_for(RunConfig(engine="ray", ray_address="127.0.0.1:1")).__enter__()
