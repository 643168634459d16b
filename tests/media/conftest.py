import shutil

import pytest

from tests.media import unusual
from tests.media.clips import RECIPES, SHAPED, Clips


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """The real files by their names."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg to make its files")
    folder = tmp_path_factory.mktemp("clips")
    return Clips(folder, RECIPES | unusual.RECIPES, SHAPED | unusual.SHAPED)
