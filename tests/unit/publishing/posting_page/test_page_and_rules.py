"""The posting page's button and the rules of /v1 agree for every form, creator and audit state."""

from dataclasses import replace
from typing import Any, get_args

from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.creator_rules import creator_problems
from dropcast.publishing.model.options import PrivacyLevel
from dropcast.publishing.model.post_rules import accepted_options
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.posting_page.choices import FORM_FIELDS, PostChoices, choices_from_fields
from dropcast.publishing.posting_page.form_request import request_from_choices
from dropcast.publishing.posting_page.page import posting_page
from dropcast.publishing.sources.source_from_request import stored_source
from dropcast.tiktok.models import CreatorInfo
from tests.unit.publishing.posting_page.forms import page_of

ONLY_OF_THE_PAGE = {"disclosure_undecided"}
LEVELS = [*get_args(PrivacyLevel)]
POSSIBLE = PostChoices(source=("a.mp4",), privacy_level="SELF_ONLY")

creators = st.builds(
    CreatorInfo,
    privacy_level_options=st.lists(st.sampled_from([*LEVELS, "NEW_LEVEL"])).map(tuple),
    comment_disabled=st.booleans(),
    duet_disabled=st.booleans(),
    stitch_disabled=st.booleans(),
    max_video_post_duration_sec=st.sampled_from([60, 300, 600, 3600]),
)
forms = st.builds(
    PostChoices,
    kind=st.sampled_from(["video", "photo"]),
    mode=st.sampled_from(["direct", "direct", "draft"]),
    source=st.lists(st.sampled_from(["a.mp4", "b.jpg", "\x00"]), max_size=3).map(tuple),
    duration_ms=st.sampled_from(["", "60000", "60001", "299999", "600000", "600001", "3600001", "x"]),
    title=st.sampled_from(["", "hello #cat", "😀" * 45, "😀" * 46, "a" * 2200, "a" * 2201, "a" * 10_001]),
    description=st.sampled_from(["", "hello", "a" * 4001]),
    privacy_level=st.sampled_from(["", *LEVELS, "NEW_LEVEL"]),
    cover_timestamp_ms=st.sampled_from(["", "", "0", "1500", "-1", "x"]),
    cover_index=st.sampled_from(["", "", "0", "2", "x"]),
    **{
        name: st.booleans()
        for name in (
            *("allow_comment", "allow_duet", "allow_stitch", "disclosure", "brand_organic", "brand_content"),
            *("is_aigc", "auto_add_music"),
        )
    },
)


def body_of(form: PostChoices) -> dict[str, Any]:
    """The body of POST /v1/publishes that corresponds to the browser's form."""
    objects = [{"bucket": "videos-of-ours", "key": key} for key in form.source]
    is_photo = form.kind == "photo"
    source = {"type": "photos", "items": objects} if is_photo else {"type": "s3", **dict(*objects[:1])}
    body: dict[str, Any] = {"account_id": "acc_1", "kind": form.kind, "mode": form.mode, "source": source}
    for name in accepted_options(form.kind, form.mode) & {*FORM_FIELDS}:
        value = getattr(form, name)
        if name.startswith("brand_"):
            value = value and form.disclosure
        if value not in ("", False):
            body[name] = value
    return body


def is_refused(form: PostChoices, creator: CreatorInfo, audited: bool) -> bool:
    if form.kind == "video" and len(form.source) != 1:
        return True
    try:
        request = PublishRequest.model_validate(body_of(form))
    except ValidationError:
        return True
    source = stored_source(request.source)
    if isinstance(source, Source) and form.duration_ms.isdecimal():
        source = source.model_copy(update={"duration_ms": int(form.duration_ms)})
    publish = new_publish("acc_1", source, "api", request.options(), kind=request.kind, mode=request.mode)
    return bool(creator_problems(publish, creator, audited=audited))


@given(form=forms, creator=creators, audited=st.booleans())
def test_the_button_is_enabled_exactly_if_the_rules_accept_the_post(form, creator, audited):
    page = posting_page(form, "acc_1", creator, None, audited=audited)

    by_rules = [one for one in page.button.reasons if one.problem.code not in ONLY_OF_THE_PAGE]
    assert is_refused(page.choices, creator, audited) == bool(by_rules)


@given(form=forms, creator=creators, audited=st.booleans())
def test_an_enabled_button_sends_the_same_options(form, creator, audited):
    page = posting_page(form, "acc_1", creator, None, audited=audited)

    request = request_from_choices(page.choices, "acc_1")

    assert isinstance(request, PublishRequest) or not page.button.is_on
    if isinstance(request, PublishRequest):
        assert request == PublishRequest.model_validate(body_of(page.choices))


@given(form=forms, creator=creators)
def test_a_box_is_disabled_exactly_if_the_rules_refuse_it(form, creator):
    page = posting_page(form, "acc_1", creator, None, audited=True)

    fit = creator.model_copy(update={"privacy_level_options": ("SELF_ONLY",)})
    for box in page.interactions:
        picked = replace(POSSIBLE, **{box.value: True})
        assert (box.off is not None) == is_refused(picked, fit, True)
        assert not (box.off and box.chosen)


@given(form=forms, creator=creators, audited=st.booleans())
def test_a_level_is_disabled_exactly_if_the_rules_refuse_it(form, creator, audited):
    # An unaudited app cannot post to a public account with any level.
    assume(audited or creator.private)
    page = posting_page(form, "acc_1", creator, None, audited=audited)

    for level in page.privacy:
        branded = {"disclosure": page.choices.disclosure, "brand_content": page.choices.brand_content}
        picked = replace(POSSIBLE, privacy_level=level.value, **branded)
        assert level.chosen or (level.off is not None) == is_refused(picked, creator, audited)
        assert not (level.off and level.chosen)


@given(form=forms, creator=creators)
def test_branded_content_is_disabled_exactly_if_the_rules_refuse_it(form, creator):
    page = posting_page(form, "acc_1", creator, None, audited=True)
    level = page.choices.privacy_level or "PUBLIC_TO_EVERYONE"

    fit = creator.model_copy(update={"privacy_level_options": (*LEVELS,)})
    picked = replace(POSSIBLE, privacy_level=level, disclosure=True, brand_content=True)
    if page.disclosure and not page.choices.brand_content:
        assert (page.disclosure.branded_content.off is not None) == is_refused(picked, fit, True)


@given(form=forms, creator=creators, audited=st.booleans())
def test_normalising_a_form_twice_changes_nothing(form, creator, audited):
    once = posting_page(form, "acc_1", creator, None, audited=audited)
    twice = posting_page(once.choices, "acc_1", creator, None, audited=audited)

    assert once == twice


@given(st.dictionaries(st.sampled_from([*FORM_FIELDS, "csrf"]), st.lists(st.text(max_size=5), max_size=3)))
def test_any_fields_can_be_parsed_as_a_form(sent):
    page = page_of(choices_from_fields(sent))

    assert page.button.is_on == (page.button.hover is None)
