"""The schemas of GEXF and GraphML, as their makers wrote them: Maven fetches a jar that carries both, once."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from tests.neo4j_server.java import install_tools
from tests.user_cache import fetched

POM = Path(__file__).with_name("pom.xml")
REMEDY = "Install Maven (on Debian: apt-get install maven); it needs its repository once."


class SchemasUnavailableError(Exception):
    """Maven could not get the schemas; says what it said, and what to do."""


def schema_of(written_format: str) -> Any:
    """The schema of ``gexf`` or ``graphml``.

    Raises:
        SchemasUnavailableError: Maven is missing or cannot get them.
    """
    folder = fetched("export-schemas", POM.read_bytes(), _fetch)
    return etree.XMLSchema(etree.parse(folder / f"{written_format}.xsd"))


def _fetch(folder: Path) -> None:
    install_tools()
    maven = shutil.which("mvn")
    if not maven:
        raise SchemasUnavailableError(f"Maven (mvn) is missing. {REMEDY}")
    command = [
        *(maven, "-q", "-B", "--strict-checksums", f"-Dmaven.repo.local={folder / 'maven'}", "-f", str(POM)),
        *("dependency:copy-dependencies", f"-DoutputDirectory={folder / 'jars'}"),
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SchemasUnavailableError(f"Maven could not get the schemas:\n{done.stdout[-2000:]}\n{REMEDY}")
    for jar in (folder / "jars").glob("*.jar"):
        with zipfile.ZipFile(jar) as packed:
            packed.extractall(folder, [name for name in packed.namelist() if name.endswith(".xsd")])
    for left in ("maven", "jars"):
        shutil.rmtree(folder / left)
