"""The AWS resources of Dropcast, one construct per concern.

CDK starts node when aws_cdk is first imported, so this package selects the node first. It also puts the library on
sys.path, because the settings are declared there.
"""

import sys
from pathlib import Path

from infra.node import choose_node

sys.path.append(str(Path(__file__).parent.parent / "layers" / "dropcast" / "python"))
choose_node()
