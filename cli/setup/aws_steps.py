"""The steps of a setup in an AWS account, in order."""

from cli.setup.ability_step import tell_abilities
from cli.setup.account_step import connect_account
from cli.setup.addresses_step import register_addresses
from cli.setup.api_key_step import make_api_key
from cli.setup.aws_account_steps import bootstrap_region, check_account_quotas, check_tools, find_account
from cli.setup.choices_step import choose
from cli.setup.deploy_step import deploy
from cli.setup.found import Step
from cli.setup.sample_step import publish_sample
from cli.setup.tiktok_app_step import set_up_tiktok_app
from cli.setup.verification_step import serve_verification_file

AWS_STEPS = (
    Step("tools", "Tools", check_tools),
    Step("aws_account", "AWS account", find_account),
    Step("bootstrap", "CDK's bootstrap", bootstrap_region),
    Step("quotas", "Quotas", check_account_quotas),
    Step("choices", "Choices", choose),
    Step("stack", "Stack", deploy),
    Step("tiktok_app", "TikTok app", set_up_tiktok_app),
    Step("addresses", "Addresses", register_addresses),
    Step("verification", "Verification file", serve_verification_file),
    Step("api_key", "API key", make_api_key),
    Step("account", "Account", connect_account),
    Step("sample", "Sample video", publish_sample),
    Step("abilities", "What you can do", tell_abilities),
)
