"""What the built app is made of, as a CycloneDX bill: each package, each library of the system, the models."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
import uuid
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from notices import closure
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
VERSION = SchemaVersion.V1_6
LOCKED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.MULTILINE)


def write_bill(target: Path, collected: Iterable[tuple[str, str]]) -> Bom:
    """Write the bill of an app and return it. Raises ValueError if it is not what the standard asks for.

    collected  name inside the app and path on this machine of everything that goes into it
    """
    files = [(name.replace("\\", "/"), Path(path)) for name, path in collected]
    app = metadata.distribution("musicapp")
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"musicapp {app.version} {platform.machine()}"))
    bom.metadata.component = Component(
        name="Musicapp", version=app.version, type=ComponentType.APPLICATION, bom_ref="musicapp", licenses=_licence(app)
    )
    owned = {path for found in metadata.distributions() for path in _paths_of(found)}
    packages = [_package(found) for name, found in sorted(closure("musicapp").items()) if name != "musicapp"]
    bom.components.update(part for part in packages if part is not None)
    bom.components.add(Component(name="Python", version=platform.python_version(), type=ComponentType.PLATFORM))
    for name, path in files:
        if name.startswith("models/") and name.endswith(".safetensors"):
            bom.components.add(_file(name, path, ComponentType.MACHINE_LEARNING_MODEL))
        elif _is_library(name) and path.resolve() not in owned and Path(sys.prefix) not in path.parents:
            bom.components.add(_file(name, path, ComponentType.LIBRARY))
    bom.register_dependency(bom.metadata.component, bom.components)
    text = make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=1)
    if wrong := JsonStrictValidator(VERSION).validate_str(text):
        raise ValueError(f"the bill of materials is not valid: {wrong}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return bom


def locked_hashes(name: str) -> list[str]:
    """SHA-256 of the files that the lock allows for a package."""
    text = (ROOT / "packaging" / "lock.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text)
    wanted = [block for block in blocks if (found := LOCKED.match(block)) and found[1] == name]
    return [digest for block in wanted for digest in re.findall(r"sha256:([0-9a-f]{64})", block)]


def _package(found: metadata.Distribution) -> Component | None:
    name = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
    url = PackageURL("pypi", name=name, version=found.version)
    return Component(
        name=found.metadata["Name"],
        version=found.version,
        type=ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        licenses=_licence(found),
        properties=[Property(name="musicapp:allowed-sha256", value=digest) for digest in locked_hashes(name)],
    )


def _licence(found: metadata.Distribution) -> list:
    about = found.metadata
    classified = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if "License ::" in text]
    words = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "").split("\n")[0]
    return [LicenseFactory().make_from_string(words)] if words else []


def _file(name: str, path: Path, kind: ComponentType) -> Component:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Component(name=name, type=kind, bom_ref=name, hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)])


def _is_library(name: str) -> bool:
    return ".so" in name or name.endswith((".dll", ".dylib", ".pyd"))


def _paths_of(found: metadata.Distribution) -> list[Path]:
    return [Path(str(file.locate())).resolve() for file in found.files or [] if _is_library(str(file))]
