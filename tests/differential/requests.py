"""Hypothesis strategies for requests: valid requests of each kind, and single faults in them."""

from typing import Any

from hypothesis import strategies as st

from tests.differential.conftest import PREFIX

LEVELS = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]
BUCKET = "videos-of-ours"
LIMITS = {("video", "title"): 2200, ("photo", "title"): 90, ("photo", "description"): 4000}
OPTIONS = {
    ("video", "direct"): {"title", "hashtags", "privacy_level", "cover_timestamp_ms"}
    | {"allow_comment", "allow_duet", "allow_stitch", "brand_content", "brand_organic", "is_aigc"},
    ("video", "draft"): set[str](),
    ("photo", "direct"): {"title", "description", "hashtags", "privacy_level", "cover_index", "auto_add_music"}
    | {"allow_comment", "brand_content", "brand_organic", "is_aigc"},
    ("photo", "draft"): {"title", "description", "hashtags", "cover_index", "is_aigc"},
}

Asked = dict[str, Any]


def text_of(units: int) -> st.SearchStrategy[str]:
    """Texts of exactly `units` UTF-16 units, plain or of emoji."""
    plain = st.sampled_from("aé#@ \n字").map(lambda one: one * units)
    emoji = st.just("😀" * (units // 2) + "x" * (units % 2))
    return plain | emoji


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts within the limit: short texts, and texts at the limit."""
    return st.text(max_size=40) | text_of(limit) | text_of(limit - 1)


def hashtags(most: int) -> st.SearchStrategy[list[str]]:
    """Words that no generated text contains."""
    return st.lists(st.integers(0, 99).map("qz{}q".format), unique=True, max_size=most)


def values(name: str, kind: str) -> st.SearchStrategy[Any]:
    match name:
        case "title" | "description":
            return texts(LIMITS.get((kind, name), 90))
        case "hashtags":
            return hashtags(6)
        case "privacy_level":
            return st.sampled_from(LEVELS)
        case "cover_timestamp_ms":
            return st.integers(0, 2**31 - 1)
        case "cover_index":
            return st.integers(0, 34)
        case _:
            return st.booleans()


def keys() -> st.SearchStrategy[str]:
    return st.integers(0, 10**6).map("k{}.jpg".format)


@st.composite
def sources(draw: st.DrawFn, kind: str) -> Asked:
    """A source that is valid for `kind`, with a transfer mode that is valid for the source."""
    if kind == "photo":
        items = draw(st.lists(keys().map(lambda key: {"bucket": BUCKET, "key": key}), min_size=1, max_size=35))
        return {"source": {"type": "photos", "items": items}, "via": draw(st.sampled_from(["auto", "pull"]))}
    if draw(st.booleans()):
        url = f"{PREFIX}{draw(keys())}?Signature={draw(st.integers(0))}"
        return {"source": {"type": "url", "url": url}, "via": draw(st.sampled_from(["auto", "pull"]))}
    source = {"type": "s3", "bucket": BUCKET, "key": draw(keys())}
    return {"source": source, "via": draw(st.sampled_from(["auto", "pull", "upload"]))}


@st.composite
def fitting(draw: st.DrawFn, kind: str, mode: str) -> Asked:
    """A valid request for any creator."""
    taken = sorted(OPTIONS[kind, mode])
    asked: Asked = {"account_id": "acc_1", "kind": kind, "mode": mode, **draw(sources(kind))}
    for name in taken:
        if draw(st.booleans()):
            asked[name] = draw(values(name, kind))
    if mode == "direct":
        asked["privacy_level"] = draw(st.sampled_from([*LEVELS, "SELF_ONLY"]))
    if asked.get("privacy_level") == "SELF_ONLY":
        asked.pop("brand_content", None)
    if kind == "photo":
        asked["cover_index"] = min(asked.get("cover_index", 0), _count(asked) - 1)
    return _with_room(asked, kind)


def _with_room(asked: Asked, kind: str) -> Asked:
    """Shorten the text, so that the hashtags behind it fit within the limit."""
    name = "title" if kind == "video" else "description"
    if asked.get("hashtags"):
        asked[name] = asked.get(name, "")[:1000]
    return asked


def fault_names(kind: str, mode: str) -> list[str]:
    """The names of the single faults that are possible in the body of such a request."""
    taken = OPTIONS[kind, mode]
    names = [f"{name} too long" for name in ("title", "description") if name in taken]
    names += [f"{name} with half a character" for name in ("title", "description") if name in taken]
    names += [f"{name} in vain" for name in sorted(set().union(*OPTIONS.values()) - taken)]
    names += ["source of the other kind", "uploaded url" if kind == "video" else "uploaded photos"]
    if mode == "direct":
        names += ["no privacy level", "unknown privacy level", "branded for only me"]
    if kind == "photo":
        return [*names, "no photos", "too many photos", "cover behind the photos"]
    return [*names, "malformed url", *(["cover beyond int32"] if mode == "direct" else [])]


def with_fault(asked: Asked, fault: str) -> st.SearchStrategy[Asked]:
    """`asked` with this one fault."""
    name, _, what = fault.partition(" ")
    match what:
        case "too long":
            return _too_long(asked, name)
        case "with half a character":
            return st.sampled_from(["half \ud83d", "\udc00"]).map(lambda text: asked | {name: text})
        case "in vain":
            said = values(name, "photo" if name == "description" else "video").filter(bool)
            return said.map(lambda value: asked | {name: value})
        case _:
            return _with_other_fault(asked, fault)


def _with_other_fault(asked: Asked, fault: str) -> st.SearchStrategy[Asked]:
    by_url = {"type": "url", "url": f"{PREFIX}a.mp4"}
    bad = ["http://media.example.com/a", "ftp://media.example.com/a", "https:///a", "media.example.com", "https://["]
    changes: dict[str, st.SearchStrategy[Asked]] = {
        "source of the other kind": st.just(_of_other_kind(asked)),
        "uploaded url": st.just({"source": by_url, "via": "upload"}),
        "uploaded photos": st.just({"via": "upload"}),
        "no privacy level": st.just({"privacy_level": None}),
        "unknown privacy level": st.sampled_from(["EVERYBODY", "self_only"]).map(lambda one: {"privacy_level": one}),
        "branded for only me": st.just({"brand_content": True, "privacy_level": "SELF_ONLY"}),
        "no photos": st.just({"source": {"type": "photos", "items": []}, "cover_index": 0}),
        "too many photos": st.integers(36, 40).map(_photos),
        "cover behind the photos": st.integers(0, 40).map(lambda more: {"cover_index": _count(asked) + more}),
        "malformed url": st.sampled_from(bad).map(lambda url: {"source": {"type": "url", "url": url}, "via": "auto"}),
        "cover beyond int32": st.integers(2**31, 2**40).map(lambda at: {"cover_timestamp_ms": at}),
    }
    return changes[fault].map(lambda change: {k: v for k, v in (asked | change).items() if v is not None})


def _photos(count: int) -> Asked:
    return {"source": {"type": "photos", "items": [{"bucket": BUCKET, "key": f"{n}.jpg"} for n in range(count)]}}


def _count(asked: Asked) -> int:
    return len(asked["source"].get("items", []))


def _too_long(asked: Asked, name: str) -> st.SearchStrategy[Asked]:
    limit = LIMITS[asked["kind"], name]
    return st.integers(limit + 1, limit + 3).flatmap(text_of).map(lambda text: asked | {name: text})


def _of_other_kind(asked: Asked) -> Asked:
    if asked["kind"] == "photo":
        return {"source": {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}, "via": "auto", "cover_index": 0}
    return {**_photos(1), "via": "auto"}


def anything() -> st.SearchStrategy[Asked]:
    """A request with any number of faults."""
    options = {name: values(name, "photo") | values(name, "video") for name in sorted(set().union(*OPTIONS.values()))}
    long = {"title": text_of(91) | text_of(2201), "description": text_of(4001)}
    options |= {name: options[name] | long[name] for name in long}
    fixed = {"account_id": st.just("acc_1"), "kind": st.sampled_from(["video", "photo"])}
    fixed |= {"mode": st.sampled_from(["direct", "draft"]), "on_too_long": st.sampled_from(["refuse", "clamp"])}
    placed = st.sampled_from(["video", "photo"]).flatmap(sources)
    return st.builds(lambda a, b: a | b, st.fixed_dictionaries(fixed, optional=options), placed)
