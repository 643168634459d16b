"""Runs MiniStack with two changes to the processes of functions. It can also record the AWS calls of functions.

First, code and layers are unpacked once, not once per process, because unpacking two thousand files takes most of a
cold start. In AWS layers are shared and read-only too. Second, idle processes end. MiniStack has no setting that ends
the first process of a function. This module runs as a script, because functions would inherit a PYTHONPATH.
"""

import sys
import types
import zipfile
from functools import partial
from pathlib import Path

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

sys.path.append(str(Path(__file__).resolve().parent.parent))

from local.idle_functions import end_idle_workers
from local.recorded_calls import CallRecorder
from local.shared_archive import SharedArchive

shared = {**vars(zipfile), "ZipFile": SharedArchive}
lambda_runtime.zipfile = types.SimpleNamespace(**shared)  # pyright: ignore[reportAttributeAccessIssue]
lambda_svc.reap_idle_workers = partial(end_idle_workers, lambda_runtime)
if record := sys._xoptions.get("record"):
    app.app = CallRecorder(app.app, str(record))
app.main()
