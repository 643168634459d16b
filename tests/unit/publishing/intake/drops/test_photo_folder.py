"""Folders of dropped photos, as people and their machines fill them."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.aws import clients
from dropcast.publishing.intake.drops import photo_folder
from dropcast.publishing.intake.drops.photo_folder import natural_order
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from tests.unit.publishing.intake.drops.photo_drops import SELF, code, posted, put_pictures, take_photos
from tests.unit.publishing.intake.drops.test_drops import put

NFC, NFD = normalize("NFC", "café 1.jpg"), normalize("NFD", "café 1.jpg")


def names_of(publish: Publish) -> list[str]:
    assert publish.error is not None
    return publish.error.details["pictures"]


@pytest.mark.parametrize(
    "names",
    [
        ["a2.jpg", "a10.jpg", "a100.jpg"],
        ["IMG_2.JPG", "img_10.jpg"],
        ["1.png", "2.jpg", "10.heic"],
        ["IMG_1.jpg", "IMG_1 (2).jpg", "IMG_1 (10).jpg", "IMG_2.jpg"],
        ["a.jpg", "a-1.jpg", "ab.jpg"],
        ["2026-01-02 9.jpg", "2026-01-02 10.jpg", "2026-01-10 1.jpg"],
        ["00.jpg", "01.jpg", "1.jpg", "002.jpg"],
        ["été2.jpg", normalize("NFD", "été10.jpg")],
        ["²1.jpg", "²2.jpg"],
        ["1" * 200 + ".jpg", "2" * 200 + ".jpg"],
    ],
)
def test_without_items_pictures_are_in_natural_order(account, begun, names):
    put_pictures(account, *reversed(names))

    assert posted(take_photos(account)) == names


@given(st.lists(st.text(st.sampled_from("aé01²٣.JPGjpg_ ()-\u0301"), min_size=1), max_size=9), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_names(names, dice):
    mixed = dice.sample(names, len(names))

    assert sorted(names, key=natural_order) == sorted(mixed, key=natural_order)


@pytest.mark.parametrize(
    "system", [".DS_Store", "._a.jpg", "Thumbs.db", "desktop.ini", "@eaDir/a.jpg/M.jpg", "", "sub/"]
)
def test_files_of_operating_systems_are_ignored(account, begun, system):
    put_pictures(account, "a.jpg", system)

    assert posted(take_photos(account)) == ["a.jpg"]


@pytest.mark.parametrize("other", ["notes.txt", "a.mp4", "sub/b.jpg", "a.jpg.partial", "a.json", "noending"])
def test_a_folder_with_other_objects_is_refused_unless_items_name_the_pictures(account, begun, other):
    put_pictures(account, "a.jpg", other)

    refused, named = take_photos(account), take_photos(account, SELF | {"items": ["a.jpg"]})

    assert (refused.state, code(refused), names_of(refused)) == (State.FAILED, "drop_folder_mixed", [other])
    assert posted(named) == ["a.jpg"]


@pytest.mark.parametrize("there", [[], [".DS_Store"], [""]])
def test_a_folder_without_pictures_is_refused(account, begun, there):
    put_pictures(account, *there)

    publish = take_photos(account)

    assert publish.error is not None
    assert (publish.error.code, "upload the sidecar NAME.photos.json again" in publish.error.fix) == (
        "drop_pictures_missing",
        True,
    )
    assert f"drop/{account.account_id}/trip.photos/" in publish.error.message


def test_missing_pictures_are_named(account, begun):
    put_pictures(account, "a.jpg", "B.JPG")

    publish = take_photos(account, SELF | {"items": ["a.jpg", "b.jpg", "c.jpg"]})

    assert (code(publish), names_of(publish)) == ("drop_pictures_missing", ["b.jpg", "c.jpg"])


@pytest.mark.parametrize("items", [{}, {"items": ["a.jpg", "b.jpg"]}])
def test_an_empty_picture_is_named(account, begun, items):
    put_pictures(account, "a.jpg")
    put_pictures(account, "b.jpg", body=b"")

    publish = take_photos(account, SELF | items)

    assert (code(publish), names_of(publish)) == ("drop_pictures_empty", ["b.jpg"])


def test_a_picture_newer_than_the_sidecar_suggests_that_the_folder_may_be_incomplete(account, begun, monkeypatch):
    put_pictures(account, "a.jpg", "b.jpg")
    real = photo_folder._objects

    def later(answer, prefix):
        return [
            photo_folder.FolderObject(one.path, one.size, one.stored_at + 9 * (one.path == "b.jpg"))
            for one in real(answer, prefix)
        ]

    monkeypatch.setattr(photo_folder, "_objects", later)

    late, named = take_photos(account), take_photos(account, SELF | {"items": ["b.jpg"]})

    assert (code(late), names_of(late)) == ("drop_pictures_late", ["b.jpg"])
    assert posted(named) == ["b.jpg"]


def test_35_pictures_are_accepted_and_36_are_not(account, begun):
    put_pictures(account, *[f"{number}.jpg" for number in range(35)])
    whole = take_photos(account)
    put_pictures(account, "35.jpg")
    more = take_photos(account)

    assert more.error is not None
    assert (len(posted(whole)), more.error.code) == (35, "drop_pictures_too_many")
    assert "36 pictures" in more.error.message


def test_only_one_page_of_a_folder_is_read(account, begun, monkeypatch):
    put_pictures(account, *[f"{number}.jpg" for number in range(4)])
    calls, real = [], clients.client("s3").list_objects_v2

    def short(**how):
        calls.append(how["Prefix"])
        return real(**how, MaxKeys=3)

    monkeypatch.setattr(clients.client("s3"), "list_objects_v2", short)

    refused, named = take_photos(account), take_photos(account, SELF | {"items": ["3.jpg", "0.jpg"]})
    missing = take_photos(account, SELF | {"items": ["4.jpg"]})

    assert [code(refused), code(missing)] == ["drop_pictures_too_many", "source_missing"]
    assert posted(named) == ["3.jpg", "0.jpg"]
    assert len(calls) == 3


@pytest.mark.parametrize(("stored_as", "asked_as"), [(NFD, NFC), (NFC, NFD), (NFC, NFC), (NFD, NFD)])
def test_a_name_is_found_in_either_unicode_form(account, begun, stored_as, asked_as):
    put_pictures(account, stored_as)

    assert posted(take_photos(account, SELF | {"items": [asked_as]})) == [stored_as]


def test_two_names_that_differ_only_in_unicode_form_are_both_found(account, begun):
    put_pictures(account, NFC, NFD)

    assert posted(take_photos(account, SELF | {"items": [NFD, NFC]})) == [NFD, NFC]


def test_without_items_a_name_in_both_unicode_forms_is_one_picture(account, begun, monkeypatch):
    """After a synchronisation by a Mac, a file from a Linux machine exists twice: aws/aws-cli#1639."""
    put_pictures(account, "a.jpg", NFD, NFC)
    real = photo_folder._objects

    def aged(answer, prefix):
        for one in real(answer, prefix):
            yield photo_folder.FolderObject(one.path, one.size, one.stored_at - 9 * (one.path == NFC))

    monkeypatch.setattr(photo_folder, "_objects", aged)

    assert posted(take_photos(account)) == ["a.jpg", NFD]


@pytest.mark.parametrize(
    ("folder", "sidecar"),
    [
        (normalize("NFD", "été.photos"), "été.photos.json"),
        ("été.photos", normalize("NFD", "été.photos.json")),
        ("trip.photos", "trip.PHOTOS.JSON"),
        ("trip.PHOTOS", "trip.photos.json"),
        ("trip.Photos", "trip.Photos.json"),
        ("a b+c&d=%25.photos", "a b+c&d=%25.photos.json"),
        ("2026/trip.photos", "2026/trip.photos.json"),
    ],
)
def test_a_folder_is_found_by_its_sidecar(account, begun, folder, sidecar):
    put_pictures(account, "a b+c%2F#?.jpg", folder=folder)

    assert posted(take_photos(account, sidecar=sidecar)) == ["a b+c%2F#?.jpg"]


def test_the_start_of_a_folders_name_does_not_find_it(account, begun):
    put(f"drop/{account.account_id}/trip.photos2/a.jpg")
    put(f"drop/{account.account_id}/trip/a.jpg")

    assert code(take_photos(account)) == "drop_pictures_missing"
