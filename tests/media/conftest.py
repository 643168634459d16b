import shutil

import pytest

from tests.media.clips import Clips


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """The real files by their names."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg to make its files")
    return Clips(tmp_path_factory.mktemp("clips"))
