"""The steps of a setup on this machine, in order."""

from cli.setup.ability_step import tell_abilities
from cli.setup.account_step import connect_account
from cli.setup.addresses_step import register_addresses
from cli.setup.api_key_step import use_local_key
from cli.setup.found import Step
from cli.setup.local_stack_step import start_local_stack
from cli.setup.sample_step import publish_sample
from cli.setup.tiktok_app_step import set_up_tiktok_app

LOCAL_STEPS = (
    Step("stack", "Stack", start_local_stack),
    Step("tiktok_app", "TikTok app", set_up_tiktok_app),
    Step("addresses", "Addresses", register_addresses),
    Step("api_key", "API key", use_local_key),
    Step("account", "Account", connect_account),
    Step("sample", "Sample video", publish_sample),
    Step("abilities", "What you can do", tell_abilities),
)
