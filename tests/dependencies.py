"""Checks Dropcast's dependencies: `python -m tests.dependencies audit`, `licences` or `sbom FILE`.

`audit` exits with 1 for a known vulnerability. If it cannot reach the advisories, it says so and exits with 0.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from infra.node import npm_command

ROOT = Path(__file__).resolve().parent.parent
PINS = [ROOT / name / "requirements.txt" for name in (".", "layers/dependencies", "layers/media", "layers/console")]
TOOLS = {"pip_audit": "pip-audit==2.10.1", "cyclonedx_py": "cyclonedx-bom==7.5.0"}
# The packages that browsers load.
_FRONT_END = ROOT / "layers" / "console"
_TOOLS, _NPM = ROOT / ".cache" / "audit", ROOT / ".cache" / "clients" / "npm"
# The name of a known licence contains one of these words. A person reviews any other licence and then adds it here.
FREE = re.compile("MIT|BSD|Apache|ISC|PSF|Python|MPL|Mozilla|Unlicense|Zlib|HPND|CC0|LGPL", re.IGNORECASE)


def audit() -> int:
    """Query the known vulnerabilities of all pinned packages."""
    return max(_audit_python(), _audit_front_end(), _audit_generators())


def _audit_python() -> int:
    # A mirror of the registry may have no advisories. One pinned package is enough to find out.
    probe = ROOT / ".cache" / "audit-probe.txt"
    probe.parent.mkdir(exist_ok=True)
    probe.write_text(next(line for line in PINS[0].read_text().splitlines() if line.startswith("boto3==")))
    packages = _vulnerable([probe])
    if packages is None or any("skip_reason" in one for one in packages):
        return _unreached("Python", "the package index answers without advisories")
    packages = _vulnerable(PINS) or []
    print(f"Python: {len(packages)} packages audited")
    return _told("Python", [(one["name"], hole["id"]) for one in packages for hole in one.get("vulns", [])])


def _vulnerable(pins: list[Path]) -> list[dict[str, Any]] | None:
    requirements = [part for file in pins for part in ("--requirement", str(file))]
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "10", "--format", "json"]
    said = _tool("pip_audit", *options, *requirements)
    try:
        return json.loads(said.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None


def _audit_front_end() -> int:
    said = subprocess.run(
        [*npm_command(), "audit", "--json", "--package-lock-only"],
        cwd=_FRONT_END,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        holes = json.loads(said.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        return _unreached("the front end", said.stderr or said.stdout)
    print(f"the front end: {len(list(_front_end()))} packages audited")
    return _told("the front end", [(name, hole["severity"]) for name, hole in holes.items()])


def _front_end() -> Iterator[tuple[str, str, str]]:
    """The name, version and licence of each npm package that the console's pages load."""
    packages: dict[str, dict[str, Any]] = json.loads((_FRONT_END / "package-lock.json").read_text())["packages"]
    for path, one in packages.items():
        if path:
            yield path.rpartition("node_modules/")[2], one["version"], one.get("license", "")


def _audit_generators() -> int:
    npm = shutil.which("npm")
    if npm is None or not (_NPM / "package.json").exists():
        return _unreached("npm", "npm or its packages are not there; `make clients` installs them")
    run = {"cwd": _NPM, "capture_output": True, "text": True, "check": False}
    subprocess.run([npm, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], **run)
    said = subprocess.run([npm, "audit", "--json"], **run)
    try:
        holes = json.loads(said.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        return _unreached("npm", said.stderr or said.stdout)
    finally:
        (_NPM / "package-lock.json").unlink(missing_ok=True)
    print("npm: the generators of clients are audited; nothing of them is deployed")
    return _told("npm", [(name, hole["severity"]) for name, hole in holes.items() if hole["severity"] == "critical"])


def _told(kind: str, found: list[tuple[str, str]]) -> int:
    for name, what in found:
        print(f"{kind}: {name} has a known vulnerability: {what}", file=sys.stderr)
    return 1 if found else 0


def _unreached(kind: str, why: str) -> int:
    print(f"{kind}: NOT AUDITED, the advisories could not be read: {(why.strip().splitlines() or ['?'])[-1][:200]}")
    return 0


def _tool(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Install the tools into a separate folder, because they are not part of the environment."""
    folder = _TOOLS / module
    if not folder.exists():
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
            str(folder),
            TOOLS[module],
        ]
        subprocess.run([sys.executable, *install, TOOLS[module]], check=True, capture_output=True)
    env = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def licences() -> int:
    """Print each installed package with its licence. Exit with 1 if a licence is not known to be free."""
    distributions = sorted(metadata.distributions(), key=lambda one: one.name.lower())
    installed = [(one.name, one.version, _licence(one)) for one in distributions]
    bad = 0
    for name, version, licence in (*installed, *_front_end()):
        known = bool(FREE.search(licence))
        bad += not known
        print(f"{name} {version}: {licence}{'' if known else '  <- not known as free'}")
    return 1 if bad else 0


def _licence(distribution: metadata.Distribution) -> str:
    told = cast(Message, distribution.metadata)
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    written = (told.get("License") or "").strip().splitlines() or [""]
    return told.get("License-Expression") or ", ".join(filter(None, [written[0][:60], *classified]))


def sbom(file: str) -> int:
    """Write the pinned packages of the Lambdas, the console's pages and the tools here as a CycloneDX document."""
    said = _tool("cyclonedx_py", "requirements", str(PINS[0]), "--output-reproducible", "--output-file", file)
    print(said.stderr, end="", file=sys.stderr)
    if said.returncode == 0:
        document: dict[str, Any] = json.loads(Path(file).read_text())
        document["components"] += [_component(*one) for one in _front_end()]
        Path(file).write_text(json.dumps(document, indent=2) + "\n")
    return said.returncode


def _component(name: str, version: str, licence: str) -> dict[str, Any]:
    address = f"pkg:npm/{name}@{version}"
    licences = [{"license": {"name": licence}}]
    about = {"bom-ref": address, "purl": address, "type": "library"}
    return {**about, "name": name, "version": version, "licenses": licences}


if __name__ == "__main__":
    asked, *rest = sys.argv[1:] or ["audit"]
    sys.exit({"audit": audit, "licences": licences, "sbom": sbom}[asked](*rest))
