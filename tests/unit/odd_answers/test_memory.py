"""An answer that is designed to need much memory stays far below the 512 MB of the trends worker.

`python -m bench.trend_memory` measures whole processes with more such answers.
"""

import tracemalloc

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok.business import discovery
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape
from tests.unit.odd_answers.mutations import Answer

pytestmark = pytest.mark.long

PEAK_MAX = 250_000_000


@pytest.mark.parametrize("row", ['{"a":{"b":{}}}', "[]", '{"hashtag_id":"1","hashtag_name":"a","rank_position":1}'])
def test_an_answer_of_many_small_values_needs_limited_memory(row):
    count = 4_000_000 // len(row)
    body = ('{"code":0,"data":{"list":[' + ",".join([row] * count) + "]}}").encode()
    answer = Answer(200, {}, body)
    http = httpx.Client(transport=httpx.MockTransport(lambda request: answer.response()))
    business = Business("https://business.example", http)
    tracemalloc.start()

    told = discovery.trending_hashtags(business, SecretStr("t"), "7", country="US", period_days=7, category=None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert not isinstance(told, UnexpectedShape) or told.where
    assert peak < PEAK_MAX
