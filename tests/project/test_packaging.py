"""What the project promises to those who install and deploy it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def locked_versions(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", read(lock), re.MULTILINE
    ):
        versions.setdefault(name, set()).add(version)
    return versions


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in read(lock)
    assert "--index" not in read(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_hashes(lock: str) -> None:
    requirements = re.split(r"\n(?=[a-z])", read(lock).strip())
    assert len(requirements) == sum(map(len, locked_versions(lock).values()))
    assert all("--hash=sha256:" in requirement for requirement in requirements)


def test_the_tools_are_tested_with_the_versions_that_run() -> None:
    tested = locked_versions("requirements-dev.lock")
    assert locked_versions("requirements.lock").items() <= tested.items()


def test_every_direct_dependency_has_a_tested_lower_bound() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    direct = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["embedded"],
        *project["dependency-groups"]["dev"],
    ]
    unbounded = [requirement for requirement in direct if not re.search(r"[>~]=", requirement)]
    assert unbounded == []


def test_no_module_hides_a_missing_name() -> None:
    nameless = {"utils", "helpers", "common", "core", "base", "misc", "manager", "service"}
    modules = [
        path
        for package in ("provenance", "ingestion", "retrieval")
        for path in (PROJECT / package).rglob("*.py")
    ]
    assert [path for path in modules if path.stem in nameless] == []
    assert [path for path in modules if path.name == "__init__.py" and path.read_text()] == [
        PROJECT / "provenance" / "__init__.py"
    ]


def test_imports_point_only_down() -> None:
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_only_what_migrates_is_given_the_owners_password() -> None:
    services = yaml.safe_load(read("docker-compose.yml"))["services"]
    owners = [
        name for name, service in services.items() if "owner" in str(service.get("environment"))
    ]
    assert owners == ["migrate"]
    assert {"web", "worker", "sequencer", "projector", "postgres", "valkey"} <= services.keys()


def test_every_setting_of_the_containers_is_in_the_example() -> None:
    named = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    given = set(re.findall(r"^([A-Z_]+)=", read("deploy/env.example"), re.MULTILINE))
    assert named == given
