"""Checks whether the deployment has the same version as this command."""

from cli.version import releases_after, version
from dropcast.health.finding import Finding


def check_version(deployed: str | None) -> Finding:
    """Compare the stack's output DropcastVersion with this command's version. Makes no call."""
    ours = version()
    if deployed is None:
        return Finding(
            "look", "The stack does not state its version, because an older release deployed it.", "Run make deploy."
        )
    if deployed == ours:
        return Finding("ok", f"The stack has this command's version, {ours}.")
    newer = releases_after(deployed)
    count = f", {len(newer)} {'release' if len(newer) == 1 else 'releases'} behind" if newer else ""
    words = f"The stack has version {deployed}{count}; this command has {ours}."
    return Finding("look", words, "Read CHANGELOG.md, then run make deploy in the checkout of the newer version.")
