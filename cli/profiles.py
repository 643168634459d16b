"""Named profiles: the address and the API key of each deployment, in a file that only its owner can read."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


@dataclass(frozen=True)
class Profile:
    """A deployment that a person uses. region: the region of the deployment's stack, or None if it is not known."""

    name: str
    url: str
    api_key: str = field(repr=False)
    stage: str
    region: str | None = None


@dataclass(frozen=True)
class Profiles:
    """`current`: the name of the default profile, or None. `by_name`: all profiles."""

    current: str | None
    by_name: dict[str, Profile]


def profiles_file() -> Path:
    """The file with the profiles, below XDG_CONFIG_HOME or ~/.config."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "dropcast" / "profiles.json"


def read_profiles() -> Profiles:
    """The saved profiles. ValueError: the file is damaged."""
    try:
        saved = json.loads(profiles_file().read_text())
    except FileNotFoundError:
        return Profiles(None, {})
    try:
        return Profiles(saved["current"], {name: Profile(name, **one) for name, one in saved["profiles"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{profiles_file()} is not a file of profiles ({error})") from None


def save_profile(profile: Profile) -> None:
    """Add or replace a profile, and make it the default."""
    _write(Profiles(profile.name, read_profiles().by_name | {profile.name: profile}))


def choose_profile(name: str | None) -> None:
    """Make this profile the default. None: there is no longer a default."""
    _write(Profiles(name, read_profiles().by_name))


def remove_profile(name: str) -> bool:
    """Delete a profile with its API key. Return whether it existed."""
    saved = read_profiles()
    others = {one: profile for one, profile in saved.by_name.items() if one != name}
    _write(Profiles(None if saved.current == name else saved.current, others))
    return len(others) < len(saved.by_name)


def _write(profiles: Profiles) -> None:
    """Replace the whole file at once, so that an interrupted write leaves the old file."""
    path = profiles_file()
    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    values = {name: _without_name(one) for name, one in profiles.by_name.items()}
    new = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE), "w") as file:
        json.dump({"current": profiles.current, "profiles": values}, file, indent=2)
    new.replace(path)


def _without_name(profile: Profile) -> dict[str, str | None]:
    return {name: value for name, value in asdict(profile).items() if name != "name"}
