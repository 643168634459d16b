"""Requests to draw: such as fit their kind, and faults to put into them, one at a time."""

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
    """Texts of exactly this many UTF-16 units, plain or of emoji."""
    plain = st.sampled_from("aé#@ \n字").map(lambda one: one * units)
    emoji = st.just("😀" * (units // 2) + "x" * (units % 2))
    return plain | emoji


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts that fit: short ones, and ones just at the limit."""
    return st.text(max_size=40) | st.integers(max(0, limit - 2), limit).flatmap(text_of)


def hashtags(most: int) -> st.SearchStrategy[list[str]]:
    """Words that no drawn text holds."""
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
    """A source that fits `kind`, with a way that fits the source."""
    if kind == "photo":
        items = draw(st.lists(keys().map(lambda key: {"bucket": BUCKET, "key": key}), min_size=1, max_size=35))
        return {"source": {"type": "photos", "items": items}, "via": draw(st.sampled_from(["auto", "pull"]))}
    if draw(st.booleans()):
        url = f"{PREFIX}{draw(keys())}?Signature={draw(st.integers(0))}"
        return {"source": {"type": "url", "url": url}, "via": draw(st.sampled_from(["auto", "pull"]))}
    source = {"type": "s3", "bucket": BUCKET, "key": draw(keys())}
    return {"source": source, "via": draw(st.sampled_from(["auto", "pull", "upload"]))}


@st.composite
def fitting(draw: st.DrawFn) -> Asked:
    """A request in which nothing is wrong, whoever its creator is."""
    kind, mode = draw(st.sampled_from(sorted(OPTIONS)))
    names = draw(
        st.sets(st.sampled_from(sorted(OPTIONS[kind, mode] or {"is_aigc"}))) if OPTIONS[kind, mode] else st.just(set())
    )
    asked: Asked = {"account_id": "acc_1", "kind": kind, "mode": mode, **draw(sources(kind))}
    asked |= {name: draw(values(name, kind)) for name in sorted(names)}
    if mode == "direct":
        asked["privacy_level"] = draw(st.sampled_from(LEVELS))
    if asked.get("privacy_level") == "SELF_ONLY":
        asked.pop("brand_content", None)
    if kind == "photo":
        asked["cover_index"] = min(asked.get("cover_index", 0), len(asked["source"]["items"]) - 1)
    return _with_room(asked, kind)


def _with_room(asked: Asked, kind: str) -> Asked:
    """Hashtags take room from the text that they stand behind."""
    name = "title" if kind == "video" else "description"
    if asked.get("hashtags"):
        asked[name] = asked.get(name, "")[:1000]
    return asked


def with_fault(asked: Asked) -> st.SearchStrategy[Asked]:
    """`asked` with one thing wrong in its body."""
    kind, mode = asked["kind"], asked["mode"]
    faults = [_too_long(asked, name) for name in ("title", "description") if name in OPTIONS[kind, mode]]
    faults += [_ignored(asked, name) for name in sorted(set().union(*OPTIONS.values()) - OPTIONS[kind, mode])]
    faults += [
        st.just(asked | {name: "half \ud83d"}) for name in ("title", "description") if name in OPTIONS[kind, mode]
    ]
    if mode == "direct":
        without = {name: value for name, value in asked.items() if name != "privacy_level"}
        faults += [st.just(without), st.just(asked | {"privacy_level": "EVERYBODY"})]
        branded = {"brand_content": True, "privacy_level": "SELF_ONLY"}
        faults.append(st.just(asked | branded))
    if kind == "photo":
        items = asked["source"]["items"]
        faults.append(st.just(asked | {"source": {"type": "photos", "items": []}, "cover_index": 0}))
        faults.append(st.just(asked | {"source": {"type": "photos", "items": (items * 36)[:36]}}))
        faults.append(
            st.integers(len(items), 34).map(lambda at: asked | {"cover_index": at})
            if len(items) < 35
            else st.just(asked | {"cover_index": 35})
        )
        faults.append(st.just(asked | {"via": "upload"}))
    elif asked["source"]["type"] == "url":
        bad = [
            "http://media.example.com/a",
            "ftp://media.example.com/a",
            "https:///a",
            "media.example.com",
            "https://[",
        ]
        faults.append(st.sampled_from(bad).map(lambda url: asked | {"source": {"type": "url", "url": url}}))
        faults.append(st.just(asked | {"via": "upload"}))
    faults.append(st.just(_of_other_kind(asked)))
    if "cover_timestamp_ms" in OPTIONS[kind, mode]:
        faults.append(st.just(asked | {"cover_timestamp_ms": 2**31}))
    return st.one_of(faults)


def _too_long(asked: Asked, name: str) -> st.SearchStrategy[Asked]:
    limit = LIMITS[asked["kind"], name]
    return st.integers(limit + 1, limit + 3).flatmap(text_of).map(lambda text: asked | {name: text})


def _ignored(asked: Asked, name: str) -> st.SearchStrategy[Asked]:
    """A setting that this kind does not take, with a value that says something."""
    return values(name, "photo" if name == "description" else "video").filter(bool).map(lambda one: asked | {name: one})


def _of_other_kind(asked: Asked) -> Asked:
    if asked["kind"] == "photo":
        source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
        return asked | {"source": source, "via": "auto", "cover_index": 0}
    source = {"type": "photos", "items": [{"bucket": BUCKET, "key": "1.jpg"}]}
    return asked | {"source": source, "via": "auto"}


def anything() -> st.SearchStrategy[Asked]:
    """A request with any number of faults."""
    options = {name: values(name, "photo") | values(name, "video") for name in sorted(set().union(*OPTIONS.values()))}
    long = {"title": text_of(91) | text_of(2201), "description": text_of(4001)}
    options |= {name: options[name] | long[name] for name in long}
    fixed = {"account_id": st.just("acc_1"), "kind": st.sampled_from(["video", "photo"])}
    fixed |= {"mode": st.sampled_from(["direct", "draft"]), "on_too_long": st.sampled_from(["refuse", "clamp"])}
    placed = st.sampled_from(["video", "photo"]).flatmap(sources)
    return st.builds(lambda a, b: a | b, st.fixed_dictionaries(fixed, optional=options), placed)
