"""The AWS resources of Dropcast, one construct per concern.

CDK starts Node.js when aws_cdk is first imported, so this package first chooses the Node.js binary. It also puts the
library on sys.path, because the library declares the settings.
"""

import sys
from pathlib import Path

from infra.node import choose_node

sys.path.append(str(Path(__file__).parent.parent / "layers" / "dropcast" / "python"))
choose_node()
