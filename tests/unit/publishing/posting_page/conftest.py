import pytest

from dropcast.settings import settings


@pytest.fixture(autouse=True, scope="module")
def deployment():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDIA_BUCKET", "videos-of-ours")
        patch.setenv("MEDIA_URL", "https://media.example")
        settings.cache_clear()
        yield
    settings.cache_clear()
