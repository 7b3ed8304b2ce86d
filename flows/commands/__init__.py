"""The commands of ``sftrm``. Nothing heavy is imported before it is needed."""

from flows.commands.acting import act, findings
from flows.commands.correcting import corrections
from flows.commands.deciding import decide
from flows.commands.exporting import export
from flows.commands.failing_rows import rows
from flows.commands.formats import formats
from flows.commands.inspecting import inspect
from flows.commands.looking import diff, releases, report, why
from flows.commands.preflighting import preflight
from flows.commands.pruning import prune
from flows.commands.rollback import rollback
from flows.commands.running import check, run
from flows.commands.serving import serve
from flows.commands.settings import config
from flows.commands.splitting import splits

# In the order in which --help lists them.
COMMANDS = (
    run,
    check,
    inspect,
    formats,
    serve,
    config,
    why,
    rows,
    releases,
    export,
    preflight,
    report,
    findings,
    act,
    diff,
    decide,
    rollback,
    prune,
)

# Groups of commands, by the word that comes in front of theirs.
GROUPS = {"splits": splits, "corrections": corrections}

__all__ = ["COMMANDS", "GROUPS"]
