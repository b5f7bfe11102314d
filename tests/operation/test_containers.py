"""The files for containers, checked as far as can be without an engine; the image's command is run as it stands."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from graph.store import Store
from graph.write import wipe
from services.settings import PREFIX, Settings

CHECKOUT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
BIN = Path(sys.executable).parent
PATIENCE = 120

# Of the compose specification, what this file may use: a word that an engine would not know is an error here too.
TOP = {"name", "services", "volumes", "secrets", "networks", "configs"}
SERVICE = {
    *("image", "build", "user", "init", "restart", "depends_on", "environment", "secrets", "volumes", "ports"),
    *("expose", "healthcheck", "stop_grace_period", "cap_drop", "security_opt", "read_only", "tmpfs", "logging"),
}  # fmt: skip
HEALTHCHECK = {"test", "interval", "timeout", "retries", "start_period"}
DURATION = re.compile(r"(\d+h)?(\d+m)?(\d+s)?")


def _instructions(name: str) -> list[str]:
    text = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} (.+)$", text, re.M)


def test_the_file_has_the_shape_of_the_compose_specification() -> None:
    assert set(COMPOSE) <= TOP
    assert set(SERVICES) == {"neo4j", "api"}
    for service in SERVICES.values():
        assert set(service) <= SERVICE
        assert set(service["healthcheck"]) <= HEALTHCHECK
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        for name in ("interval", "timeout", "start_period"):
            assert DURATION.fullmatch(service["healthcheck"][name])
        assert all(isinstance(value, str) for value in service["environment"].values())
        for volume in service["volumes"]:
            assert volume.split(":")[0] in COMPOSE["volumes"]
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            assert how == {"condition": "service_healthy"}
    for secret in COMPOSE["secrets"].values():
        assert set(secret) == {"file"}


def test_images_are_pinned_and_run_without_root_or_rights() -> None:
    images = [service["image"] for service in SERVICES.values()]
    images += [text.split()[0] for text in _instructions("FROM")]
    for image in images:
        assert re.fullmatch(r"[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.-]+)?", image), image
    for service in SERVICES.values():
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert SERVICES["api"]["user"] == _instructions("USER")[-1]


def test_only_loopback_is_published_and_secrets_come_by_file() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])
        for name, value in service["environment"].items():
            if "PASSWORD" in name or "AUTH" in name:
                assert name.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert "ports" not in SERVICES["neo4j"]
    ignored = (CHECKOUT / ".gitignore").read_text().split()
    assert {"secrets/", ".env"} <= set(ignored)


def test_every_variable_of_ours_is_a_setting() -> None:
    named = set(re.findall(r"\bKEHUTU_[A-Z_]+", (CHECKOUT / "docker-compose.yml").read_text() + DOCKERFILE))
    named |= set(re.findall(r"\bKEHUTU_[A-Z_]+", (CHECKOUT / ".env.example").read_text()))
    assert named
    assert named <= SETTINGS


def test_the_example_names_every_variable_of_the_file_with_its_default() -> None:
    text = (CHECKOUT / "docker-compose.yml").read_text()
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert len(used) == len(set(re.findall(r"\$\{(\w+)", text))), "each has a default"
    example = dict(re.findall(r"^(\w+)=(.*)$", (CHECKOUT / ".env.example").read_text(), re.M))
    assert example == used


def test_the_image_holds_what_is_needed_and_nothing_else() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    rooms = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    sources = [word for text in _instructions("COPY") if "--from" not in text for word in text.split()[:-1]]
    assert {source.rstrip("/") for source in sources} == rooms | {
        "requirements", "pyproject.toml", "README.md", "LICENSE",
    }  # fmt: skip
    assert all((CHECKOUT / source).exists() for source in sources)
    let_in = {
        line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert let_in == set(sources)
    installs = re.findall(r"pip install (.*?)(?:&&|$)", DOCKERFILE.replace("\\\n", " "), re.M)
    for options in installs:
        assert "--require-hashes" in options or ("--no-deps" in options and options.split()[-1] == ".")


def test_the_package_brings_every_file_that_the_rooms_hold(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(BIN / "python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
            "-w",
            tmp_path,
            ".",
        ],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", *rooms], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    wanted = {name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()}
    assert wanted - packed == set()


@contextmanager
def _running(environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The image's command with an environment; what it says is in ``log``."""
    command = [*json.loads(_instructions("ENTRYPOINT")[-1]), *json.loads(_instructions("CMD")[-1])]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={"PATH": f"{BIN}:{os.environ['PATH']}", **environment}, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_the_images_command_serves_with_the_environment_of_the_file(
    neo4j_store: Store, neo4j_url: str, tmp_path: Path
) -> None:
    wipe(neo4j_store)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = tmp_path / "store_password"
    secret.write_text("any, the tests' server asks for none\n")
    image = dict(re.findall(r"(KEHUTU_\w+)=(\S+)", DOCKERFILE))
    file = {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        for name, value in SERVICES["api"]["environment"].items()
    }
    here = {
        "KEHUTU_HOME": str(tmp_path / "home"),
        "KEHUTU_STORE": neo4j_url,
        "KEHUTU_STORE_PASSWORD_FILE": str(secret),
        "PORT": str(port),
    }
    assert here.keys() <= {**image, **file}.keys()
    with _running({**image, **file, **here}, tmp_path) as process:
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < end
            try:
                ready = httpx.get(f"{url}/readyz", headers={"X-Request-Id": "check-1"})
                break
            except httpx.TransportError:
                time.sleep(0.2)
        assert ready.json() == {"status": "ok"}
        assert ready.headers["X-Request-Id"] == "check-1"
        answer = httpx.post(f"{url}/graphql", json={"query": "{ __typename }"})
        assert answer.json() == {"data": {"__typename": "Query"}}
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
        # Every interface of the container is listened on: the engine forwards what it publishes.
        assert httpx.get(f"http://127.0.0.2:{port}/livez").status_code == 200

        asked = SERVICES["api"]["healthcheck"]["test"]
        assert asked[0] == "CMD"
        command = [BIN / "python", *(word.replace(":8000", f":{port}") for word in asked[2:])]
        assert subprocess.run(command, check=False).returncode == 0
    assert process.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    answered = [line for line in lines if line["event"] == "answered"]
    assert [line["path"] for line in answered] == ["/graphql"]
    assert answered[0]["http_status"] == 200
    assert answered[0]["request_id"] == answer.headers["X-Request-Id"]


def test_the_healthcheck_of_the_store_tells_an_open_port_from_a_closed_one() -> None:
    kind, command = SERVICES["neo4j"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    assert shlex.split(command)[0] == "bash"
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        here = command.replace("/7687", f"/{port}")
        assert subprocess.run(["sh", "-c", here], capture_output=True, check=False).returncode != 0
        listening.listen()
        assert subprocess.run(["sh", "-c", here], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["secrets/neo4j_auth", "secrets/store_password"])
def test_the_page_says_how_the_secrets_are_made(name: str) -> None:
    assert name in (CHECKOUT / "docs" / "operation.md").read_text()
