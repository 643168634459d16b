from pydantic import SecretStr

from dropcast.accounts import partners
from dropcast.tiktok.business.oauth import BusinessApp

APP = BusinessApp("7000", SecretStr("canary-business-secret"))


def test_what_the_stack_made_up_is_no_app_and_no_token(cloud):
    assert partners.business_app() is None
    assert partners.ensembledata_token() is None


def test_an_app_that_was_set_is_known_within_five_minutes(cloud, held_clock):
    assert partners.business_app() is None

    partners.store_business_app(APP)
    held_clock.sleep(300)

    assert partners.business_app() == APP


def test_the_secret_is_read_once_in_five_minutes(cloud, aws_calls):
    for _ in range(3):
        partners.business_app()
        partners.ensembledata_token()

    assert aws_calls == ["GetSecretValue"]


def test_setting_one_partner_leaves_the_other(cloud):
    partners.store_business_app(APP)

    partners.store_ensembledata_token(SecretStr("canary-ensemble"))

    assert partners.business_app() == APP
    assert partners.ensembledata_token() == SecretStr("canary-ensemble")


def test_an_app_without_its_secret_is_none(cloud):
    partners.store_business_app(BusinessApp("7000", SecretStr("")))

    assert partners.business_app() is None
