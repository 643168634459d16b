"""Creates an API key, unless the profile already has a working one, and saves it."""

import os

from cli.chosen_deployment import LOCAL
from cli.profiles import Profile, choose_profile, profiles_file, read_profiles, save_profile
from cli.setup.found import Done, Failed, Found, Setup
from dropcast.access.keys import create_key
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from dropcast_client import Dropcast, DropcastError

_SCOPES = frozenset({"admin"})


def use_local_key(setup: Setup) -> Found:
    """Use the key that was created at the start of the local stack. If no profile is the default, make this stack the
    default.
    """
    url, key = os.environ["DROPCAST_URL"], os.environ["DROPCAST_API_KEY"]
    if not _works(url, key):
        return Failed(f"{url} does not accept the stack's own API key.", "Run make down, then this command again.")
    if read_profiles().current is None:
        choose_profile(LOCAL)
    setup.facts["profile"] = LOCAL
    return Done("The stack's own API key works. Commands use the local stack without options.")


def make_api_key(setup: Setup) -> Found:
    """Create a key for this machine, and save it as the profile with the stage's name."""
    url, name = settings().public_url, setup.stage
    setup.facts |= {"profile": name, "url": url}
    saved = read_profiles().by_name.get(name)
    if saved is not None and saved.url == url and _works(url, saved.api_key):
        key = saved.api_key
        words = f"The profile {name} has an API key that works."
    else:
        made = create_key(f"dropcast setup ({name})", _SCOPES)
        if isinstance(made, Problem):
            return Failed(made.message, made.fix)
        key = made[1]
        save_profile(Profile(name, url, key, setup.stage, setup.facts.get("region")))
        words = f"Made the API key {made[0].key_id}. It is in {profiles_file()}, which only you can read."
    os.environ.update({"DROPCAST_URL": url, "DROPCAST_API_KEY": key})
    return Done(words)


def _works(url: str, key: str) -> bool:
    with Dropcast(url, key) as api:
        try:
            api.list_accounts(limit=1)
        except DropcastError:
            return False
    return True
