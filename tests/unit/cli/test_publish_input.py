"""The files and the options of `dropcast publish`: what is sent, and what is refused before an upload."""

import pytest

from tests.unit.support.publish_deployment import FILE, run
from tests.unit.support.publish_deployment import deployment as deployment
from tests.unit.support.publish_deployment import video as video


def test_further_fields_come_from_a_file(deployment, video, tmp_path):
    (tmp_path / "options.json").write_text('{"allow_comment": true, "title": "overruled"}')

    run(str(video), "--account", "acc_1", "--draft", "--title", "hi", "--options", str(tmp_path / "options.json"))

    [(body, _)] = deployment.published
    assert (body["allow_comment"], body["title"], body["mode"]) == (True, "hi", "draft")


def test_reference_and_metadata_are_published_with_it(deployment, video):
    words = ["--reference", "order-42", "--metadata", "shop=berlin", "--metadata", "formula=a=b", "--metadata", "note="]

    run(str(video), "--account", "acc_1", "--draft", *words)

    [(body, _)] = deployment.published
    assert (body["reference"], body["metadata"]) == ("order-42", {"shop": "berlin", "formula": "a=b", "note": ""})


@pytest.mark.parametrize("pair", ["shop", "=berlin", ""])
def test_an_invalid_metadata_pair_is_refused_before_the_upload(deployment, video, pair):
    code, _, err = run(str(video), "--account", "acc_1", "--draft", "--metadata", pair)

    assert (code, deployment.begun) == (2, [])
    assert "name=value" in err


@pytest.mark.parametrize("text", ["{", "[]", '{"privacy_level": "EVERYONE"}', '{"colour": "red"}'])
def test_a_wrong_options_file_is_refused_before_the_upload(deployment, video, tmp_path, text):
    (tmp_path / "options.json").write_text(text)

    code, _, err = run(str(video), "--account", "acc_1", "--options", str(tmp_path / "options.json"))

    assert (code, deployment.parts, deployment.published) == (2, {}, [])
    assert "Traceback" not in err


def test_a_directory_as_options_file_is_one_line(deployment, video, tmp_path):
    code, _, err = run(str(video), "--account", "acc_1", "--options", str(tmp_path))

    assert (code, deployment.begun) == (2, [])
    assert len(err.splitlines()) == 2
    assert "cannot be read" in err


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"clip.mp4": b"\x89PNG\r\n\x1a\n...."}, "is a PNG picture, not a video"),
        ({"clip.jpg": b"\0\0\0\x20ftypisom"}, "is an MP4 or MOV video, not a picture"),
        ({"notes.txt": b"hello"}, "neither a video nor a picture"),
        ({"clip.mp4": b""}, "is empty"),
        ({"clip.mp4": b"video", "photo.png": b"picture"}, "one video, or only pictures"),
        ({f"{number}.jpg": b"picture" for number in range(36)}, "at most 35"),
        ({"missing.mp4": None}, "cannot be read: No such file"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_is_sent(deployment, tmp_path, files, words):
    for name, content in files.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)

    code, _, err = run(*(str(tmp_path / name) for name in files), "--account", "acc_1", "--draft")

    assert (code, deployment.begun, len(err.splitlines())) == (2, [], 2)
    assert words in err


@pytest.fixture
def pictures(tmp_path) -> list[str]:
    paths = [tmp_path / "beach.jpg", tmp_path / "menu.png"]
    for path in paths:
        path.write_bytes(FILE)
    return list(map(str, paths))


def test_several_pictures_become_one_photo_post_in_their_order(deployment, pictures):
    code, _, _ = run(*pictures, "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--description", "More")

    assert code == 0
    assert [one["filename"] for one in deployment.begun] == ["beach.jpg", "menu.png"]
    [(body, key)] = deployment.published
    assert (body["kind"], body["description"], key) == ("photo", "More", "upl_1")
    place = {"bucket": "b", "key": "k", "version_id": None}
    assert body["source"] == {"type": "photos", "items": [place, place]}


def test_each_picture_needs_its_upload_to_be_resumed(deployment, pictures):
    code, _, err = run(*pictures, "--account", "acc_1", "--draft", "--resume", "upl_1")

    assert (code, deployment.published) == (2, [])
    assert "1 uploads for 2 files" in err


@pytest.mark.parametrize("at", ["2027-02-01T18:00:00+01:00", "2027-02-01T17:00:00Z"])
def test_a_publish_for_later_is_sent_with_its_time(deployment, video, at):
    deployment.states = [{"state": "held", "not_before": "2027-02-01T17:00:00Z"}]

    code, _, _ = run(str(video), "--account", "acc_1", "--draft", "--at", at)

    [(body, _)] = deployment.published
    assert (code, body["publish_at"]) == (0, at)


@pytest.mark.parametrize("at", ["tomorrow", "2027-02-01T18:00:00", "2027-02-01"])
def test_a_time_without_a_zone_is_refused(deployment, video, at):
    code, _, err = run(str(video), "--account", "acc_1", "--draft", "--at", at)

    assert (code, deployment.begun) == (2, [])
    assert "2027-01-31T18:00:00Z" in err


def test_detach_and_wait_exclude_each_other(deployment, video):
    assert run(str(video), "--account", "acc_1", "--draft", "--detach", "--wait")[0] == 2
    assert deployment.begun == []
