"""What holds for workers of every kind: order, how many tasks are on the way, and when the first ones begin."""

from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.workers import Workers, base


class Task(Future):
    """Ends when somebody ends it, or asks for its result."""

    def __init__(self, function, arguments):
        super().__init__()
        self._do = function, arguments

    def end(self):
        function, arguments = self._do
        self.set_result(function(*arguments))

    def result(self, timeout=None):
        if not self.done():
            self.end()
        return super().result(timeout)


class Counting(Workers):
    """most: tasks that were on the way at once."""

    def __init__(self, count):
        self.count, self.tasks, self.most = count, [], 0

    def submit(self, function, *arguments):
        self.tasks.append(Task(function, arguments))
        self.most = max(self.most, sum(not one.done() for one in self.tasks))
        return self.tasks[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@given(st.integers(1, 4), st.integers(0, 12), st.data())
def test_results_come_in_order_and_the_first_tasks_begin_before_anybody_asks(count, items, data):
    def one_ends(waited_for, return_when):
        waited_for[data.draw(st.integers(0, len(waited_for) - 1))].end()

    workers = Counting(count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "wait", one_ends)
        results = workers.map(lambda item: item * item, range(items))
        assert len(workers.tasks) == min(items, count + 1)
        assert list(results) == [item * item for item in range(items)]
    assert len(workers.tasks) == items and workers.most <= count + 1
