import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from dropcast.aws.attributes import from_attribute, to_attribute

LEAVES = st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text() | st.binary()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4)
)


@given(value=VALUES)
def test_values_are_read_back_unchanged(value):
    assert from_attribute(to_attribute(value)) == value


@given(value=VALUES)
def test_values_are_written_as_boto3_writes_them(value):
    theirs = TypeSerializer().serialize(value)

    assert to_attribute(value) == theirs
    assert from_attribute(theirs) == from_attribute(to_attribute(value))


def test_a_set_of_texts_is_read():
    assert from_attribute({"SS": ["a", "b"]}) == TypeDeserializer().deserialize({"SS": ["a", "b"]})


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1, 2}, object()])
def test_unsupported_types_are_refused(value):
    with pytest.raises(TypeError):
        to_attribute(value)


def test_a_fraction_is_not_truncated_to_an_int():
    with pytest.raises(ValueError):
        from_attribute({"N": "1.5"})
