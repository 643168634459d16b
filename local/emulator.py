"""MiniStack as it is but for two things, both about the processes that functions run in.

What functions are made of is unpacked once, and not for each process: that would be two thousand files, most of what a
start takes here. In AWS the layers are shared, too, and nobody can write to them. And idle processes end: MiniStack
has no setting for the first process of each function. Run as a script, for no environment variable may name our
folder: functions inherit it.
"""

import sys
import types
import zipfile
from functools import partial
from pathlib import Path

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

sys.path.append(str(Path(__file__).resolve().parent.parent))

from local.idle_functions import end_idle_workers
from local.shared_archive import SharedArchive

shared = {**vars(zipfile), "ZipFile": SharedArchive}
lambda_runtime.zipfile = types.SimpleNamespace(**shared)  # pyright: ignore[reportAttributeAccessIssue]
lambda_svc.reap_idle_workers = partial(end_idle_workers, lambda_runtime)
main()
