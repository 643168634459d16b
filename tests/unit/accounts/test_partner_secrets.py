from pydantic import SecretStr

from dropcast.accounts import partner_secrets
from dropcast.tiktok.business.oauth import BusinessApp

APP = BusinessApp("7000", SecretStr("canary-business-secret"))


def test_generated_placeholders_count_as_no_app_and_no_token(cloud):
    assert partner_secrets.business_app() is None
    assert partner_secrets.ensembledata_token() is None


def test_a_new_app_is_used_within_five_minutes(cloud, held_clock):
    assert partner_secrets.business_app() is None

    partner_secrets.store_business_app(APP)
    held_clock.sleep(300)

    assert partner_secrets.business_app() == APP


def test_the_secret_is_read_once_in_five_minutes(cloud, aws_calls):
    for _ in range(3):
        partner_secrets.business_app()
        partner_secrets.ensembledata_token()

    assert aws_calls == ["GetSecretValue"]


def test_setting_one_partner_does_not_change_the_other(cloud):
    partner_secrets.store_business_app(APP)

    partner_secrets.store_ensembledata_token(SecretStr("canary-ensemble"))

    assert partner_secrets.business_app() == APP
    assert partner_secrets.ensembledata_token() == SecretStr("canary-ensemble")


def test_an_app_without_its_secret_does_not_count(cloud):
    partner_secrets.store_business_app(BusinessApp("7000", SecretStr("")))

    assert partner_secrets.business_app() is None
