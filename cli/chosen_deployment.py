"""Chooses the deployment that a command calls, and sets the variables for its address and key.

The command uses the first of these that exists: the option --profile or DROPCAST_PROFILE; DROPCAST_URL and
DROPCAST_API_KEY; the profile that setup saved last or `dropcast profiles use` chose; the local stack, if it runs and
the environment has no AWS credentials.
"""

import os
from dataclasses import dataclass, field

from cli.local_stack import local_name, local_variables
from cli.profiles import Profile, profiles_file, read_profiles

LOCAL = "local"
"""The profile of the local stack. It is not saved, because the stack gets a new address and a new key at each start."""

_URL, _KEY, _STAGE = "DROPCAST_URL", "DROPCAST_API_KEY", "DROPCAST_STAGE"
_DECIDES_ALONE = (_URL, _KEY, "AWS_ENDPOINT_URL")
_AWS_CREDENTIALS = ("AWS_PROFILE", "AWS_ACCESS_KEY_ID")
_UNSET_FOR_LOCAL = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION")


class ProfileMissingError(Exception):
    """There is no profile with this name. `fix` says what the person can do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


@dataclass
class _Applied:
    """The stage of the profile in use, and the variables as they were before this profile set them."""

    stage: str | None = None
    before: dict[str, str | None] = field(default_factory=dict[str, str | None])


_applied = _Applied()


def choose_deployment(name: str | None) -> None:
    """Set the variables of the profile `name`, or of the default profile. Raises ProfileMissingError."""
    if name is None and any(os.environ.get(variable) for variable in _DECIDES_ALONE):
        return
    try:
        saved = read_profiles()
    except ValueError as error:
        raise ProfileMissingError(f"The profiles cannot be read: {error}.", f"Delete {profiles_file()}.") from None
    wanted = name or saved.current
    if wanted == LOCAL:
        use_local_stack(_local_or_error())
    elif wanted in saved.by_name:
        _use(saved.by_name[wanted])
    elif name is not None:
        raise ProfileMissingError(f"There is no profile {name}.", "dropcast profiles list shows all profiles.")
    elif not any(map(os.environ.get, _AWS_CREDENTIALS)) and (variables := local_variables(local_name())):
        use_local_stack(variables)


def choose_stage(stage: str) -> str:
    """Return the stage that a person named.

    If the profile in use has another stage, switch to the profile of this stage.
    """
    if _applied.stage not in (None, stage):
        _restore()
        if profile := next((one for one in read_profiles().by_name.values() if one.stage == stage), None):
            _use(profile)
    return stage


def forget_deployment() -> None:
    """Undo what `choose_deployment` set."""
    _restore()


def use_local_stack(variables: dict[str, str]) -> None:
    """Set the variables of a local stack. `variables` comes from `local_variables`."""
    _apply(variables[_STAGE], variables, unset=_UNSET_FOR_LOCAL)


def _local_or_error() -> dict[str, str]:
    variables = local_variables(local_name())
    if variables is None:
        raise ProfileMissingError(
            f"The local stack {local_name()} does not run.", "Start it (make up), or choose another --profile."
        )
    return variables


def _use(profile: Profile) -> None:
    region = {"AWS_REGION": profile.region} if profile.region and not os.environ.get("AWS_REGION") else {}
    _apply(profile.stage, {_URL: profile.url, _KEY: profile.api_key, **region}, unset=())


def _apply(stage: str, variables: dict[str, str], *, unset: tuple[str, ...]) -> None:
    _restore()
    if not os.environ.get(_STAGE):
        variables = variables | {_STAGE: stage}
    else:  # DROPCAST_STAGE already names a stage, which stays
        variables = {name: value for name, value in variables.items() if name != _STAGE}
    _applied.stage = stage
    _applied.before = {name: os.environ.get(name) for name in (*variables, *unset)}
    for name in unset:
        os.environ.pop(name, None)
    os.environ.update(variables)


def _restore() -> None:
    for name, value in _applied.before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _applied.stage, _applied.before = None, {}
