"""A process that has imported everything once and is forked for every try, so that a try costs only its run.

Started by `tests.faults.children.Zygote`. A line in is one try, as JSON; a line out is how it ended.
"""

import gc
import json
import os
import sys
import traceback
from pathlib import Path

from sftrm_quality import preload
from sftrm_quality.errors import SftrmError
from sftrm_quality.job import opening
from sftrm_quality.workers.tasks import use_one_thread
from tests.faults import actions, storage
from tests.inline_workers import InlineWorkers

__all__ = ["preload"]
MODULES = {"actions": actions, "storage": storage}


def child(order, told):
    """One try. Its end is an exit code as the command has them, and one line of an error."""
    os.setpgid(0, 0)
    os.dup2(told, 2)
    try:
        module, name = order.pop("do").split(".")
        arguments = {key: Path(v) if str(v).startswith("/") else v for key, v in order.items()}
        result = getattr(MODULES[module], name)(**arguments)
        os.write(told, json.dumps(result).encode())
        code = 0
    except SftrmError as error:
        os.write(told, f"error: {error}".encode())
        code = error.exit_code
    except BaseException:
        os.write(told, traceback.format_exc().encode())
        code = 70
    os._exit(code)


def main():
    use_one_thread()
    opening.workers_for = lambda config: InlineWorkers(config.workers)
    # Once here: templates and kernels are loaded then, and every fork has them.
    actions.run(*sys.argv[1:])
    # Each task of a try looks through what is not frozen: that was a third of a run.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        told = Path(f"/proc/self/fd/{os.memfd_create('told')}")
        descriptor = int(told.name)
        if not (pid := os.fork()):
            child(json.loads(line), descriptor)
        _, status, used = os.wait4(pid, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "told": told.read_text("utf-8", "replace"),
            "cpu_seconds": used.ru_utime + used.ru_stime,
        }
        os.close(descriptor)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
