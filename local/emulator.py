"""MiniStack as it is but for one thing: what functions are made of is unpacked once, and not for each process.

Each process of a function would unpack its layers anew, two thousand files: most of what a start takes here. In AWS the
layers are shared, too, and nobody can write to them. Run as a script, for no environment variable may name our folder:
functions inherit it.
"""

import sys
import types
import zipfile
from pathlib import Path

from ministack.app import main
from ministack.core import lambda_runtime

sys.path.append(str(Path(__file__).resolve().parent.parent))

from local.shared_archive import SharedArchive

shared = {**vars(zipfile), "ZipFile": SharedArchive}
lambda_runtime.zipfile = types.SimpleNamespace(**shared)  # pyright: ignore[reportAttributeAccessIssue]
main()
