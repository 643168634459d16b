import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.errors.problem import CATALOGUE, Next
from dropcast.errors.tiktok import TIKTOK
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.fail_reasons import fail_reason_problem
from dropcast.tiktok.problems import authorize_problem, to_problem

API_CODES = [
    "access_token_invalid",
    "scope_not_authorized",
    "scope_permission_missed",
    "invalid_params",
    "invalid_file_upload",
    "invalid_publish_id",
    "token_not_authorized_for_specified_publish_id",
    "publish_not_cancellable",
    "app_version_check_failed",
    "spam_risk_too_many_posts",
    "spam_risk_too_many_pending_share",
    "spam_risk_user_banned_from_posting",
    "spam_risk",
    "spam_risk_text",
    "reached_active_user_cap",
    "unaudited_client_can_only_post_to_private_accounts",
    "url_ownership_unverified",
    "privacy_level_option_mismatch",
    "rate_limit_exceeded",
]
FAIL_REASONS = [
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
    "spam_risk_too_many_posts",
]
OAUTH_CODES = [
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "non_sandbox_target",
]


def refused(code, message="", http_status=400):
    return Refused(code, message, "log-1", http_status)


@pytest.mark.parametrize("code", API_CODES + OAUTH_CODES)
def test_each_tiktok_code_keeps_its_name_and_its_log_id(code):
    problem = to_problem(refused(code))

    assert (problem.code, problem.log_id) == (code, "log-1")
    assert problem.message
    assert problem.fix


@pytest.mark.parametrize("reason", FAIL_REASONS)
def test_each_reason_of_a_failed_post_keeps_its_name(reason):
    problem = fail_reason_problem(reason, "log-1")

    assert (problem.code, problem.log_id) == (reason, "log-1")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("invalid_param", "invalid_params"),
        ("invalid_request", "oauth_invalid_request"),
        ("server_error", "tiktok_unanswered"),
        ("temporarily_unavailable", "tiktok_unanswered"),
    ],
)
def test_a_code_with_two_names_or_two_meanings_gets_one(theirs, ours):
    assert to_problem(refused(theirs)).code == ours
    assert authorize_problem(theirs).code == ours


def test_an_unknown_code_is_shown_unchanged():
    problem = to_problem(refused("brand_new_code", "words"))

    assert problem.code == "tiktok_refused"
    assert "brand_new_code" in problem.message
    assert problem.details == {"tiktok_code": "brand_new_code", "tiktok_message": "words"}


def test_an_unknown_reason_is_shown_unchanged():
    problem = fail_reason_problem("brand_new_reason", None)

    assert problem.code == "tiktok_failed"
    assert "brand_new_reason" in problem.message


@pytest.mark.parametrize("code", sorted(set(CATALOGUE) - set(TIKTOK)))
def test_a_tiktok_code_is_never_confused_with_one_of_ours(code):
    if code != "invalid_request":
        assert to_problem(refused(code)).code == "tiktok_refused"
    assert fail_reason_problem(code, None).code == "tiktok_failed"


def test_a_missing_answer_can_be_retried():
    problem = to_problem(Unanswered("timeout", True, None, "log-1"))

    assert (problem.code, problem.next, problem.log_id) == ("tiktok_unanswered", Next.RETRY, "log-1")
    assert "timeout" in problem.message


def test_for_an_unaudited_app_the_fix_is_to_make_the_account_private():
    problem = to_problem(refused("unaudited_client_can_only_post_to_private_accounts", http_status=403))

    assert "account itself must be private" in problem.message
    assert "SELF_ONLY" in problem.message
    assert "Set the account to private" in problem.fix


def test_the_apps_cap_is_not_blamed_on_the_user():
    problem = to_problem(refused("reached_active_user_cap", http_status=200))

    assert "Nothing is wrong with this account" in problem.message
    assert problem.next is Next.WAIT


@pytest.mark.parametrize(
    ("code", "next_"),
    [
        ("scope_not_authorized", Next.RECONNECT),
        ("invalid_grant", Next.RECONNECT),
        ("auth_removed", Next.RECONNECT),
        ("rate_limit_exceeded", Next.WAIT),
        ("spam_risk_too_many_posts", Next.WAIT),
        ("spam_risk_too_many_pending_share", Next.WAIT),
        ("internal", Next.RETRY),
        ("spam_risk_user_banned_from_posting", Next.NONE),
        ("privacy_level_option_mismatch", Next.NONE),
    ],
)
def test_each_fix_follows_the_protocol(code, next_):
    assert to_problem(refused(code)).next is next_


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_message_of_tiktok_breaks_our_text(code, message):
    assert to_problem(refused(code, message)).code in CATALOGUE
    assert fail_reason_problem(code, None).code in CATALOGUE
    assert authorize_problem(code).code in CATALOGUE
