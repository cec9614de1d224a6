"""The licences of what the app is made with, and its bill of materials, both read from what is installed.

Run with the Python of the packaging environment: it holds what is shipped and PyInstaller, nothing else.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import sysconfig
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from installer.steps import OUT, ROOT, VERSION, PackagingError, built_at

LGPL = {"PySide6_Essentials", "PySide6_Pdf", "shiboken6", "psycopg", "psycopg-binary", "svglib"}
TEXTS = ("LGPL-3", "GPL-3")
TEXT_FOLDERS = (Path("/usr/share/common-licenses"), OUT / "licence-texts")
"""Where Debian keeps the two texts; on other systems the workflow puts them into the second folder."""

WRITTEN_NOTICE = """\
EvalAssist {version} is distributed under the Apache License 2.0; its text is in LICENSE.txt.

It uses Qt {qt} and PySide6, and the libraries {others}, under the GNU Lesser General Public License, version 3
(LGPL-3.txt, which adds to GPL-3.txt). They are not changed. You may use, copy and pass them on under that license.
They lie as separate files in the folder `_internal` of the installed app: Qt and PySide6 in `_internal/PySide6` and
`_internal/shiboken6`, the others in folders of their names. You may put changed versions with the same interface in
their place, and you may take the app apart as far as finding faults of such changes needs it. A Python file laid
beside one that ends in .pyc comes before it.

Their sources, in exactly these versions:
{sources}
Whoever passes on the installers keeps the archives of these sources beside them, or asks the maintainers for a copy.

What else is inside, each under its own license:
"""

OUR_SOURCES = {
    "PySide6_Essentials": "https://download.qt.io/official_releases/QtForPython/",
    "PySide6_Pdf": "https://download.qt.io/official_releases/qt/ (Qt itself, with its module Qt PDF)",
    "shiboken6": "https://download.qt.io/official_releases/QtForPython/",
}

NOT_IN_THE_APP = {
    *("libimagequant", "FriBiDi", "fribidi-shim", "raqm", "FreeType", "HarfBuzz", "libavif", "libwebp"),
    *("PIL._avif", "PIL._imagingft", "PIL._imagingtk", "PIL._webp"),
}
"""What Pillow's own bill tells although it is not built in, or is left out by `contents`."""
TOLD_IN_ITS_TEXT = {"sqlcipher3": "Zlib"}
"""Packages that say it only in the text they bring."""


@dataclass(frozen=True)
class Part:
    """Something that is inside the app."""

    name: str
    version: str
    licence: str
    inside: str = ""
    """What it came with, where it has no installed package of its own."""
    kind: str = "library"
    address: str = ""
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def purl(self) -> str:
        kind = "generic" if self.inside or self.kind != "library" else "pypi"
        return f"pkg:{kind}/{self.name.lower()}@{self.version}"


def shipped() -> list[metadata.Distribution]:
    """The installed packages that EvalAssist needs, with what each of them needs, by name."""
    found: dict[str, metadata.Distribution] = {}
    wanted = [(Requirement("evalassist[postgres]"), "")]
    while wanted:
        requirement, extra = wanted.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        distribution = metadata.distribution(requirement.name)
        name = distribution.metadata["Name"]
        extras = requirement.extras or {""}
        if name not in found or requirement.extras:
            found[name] = distribution
            needs = [Requirement(each) for each in distribution.requires or []]
            wanted += [(each, one) for each in needs for one in extras]
    found.pop("evalassist")
    return [found[name] for name in sorted(found, key=str.lower)]


def parts() -> list[Part]:
    """Everything inside: the packages, what their files hold of others, Python, and what starts it all."""
    found = [_part(each) for each in shipped()]
    return found + sorted(
        {(p.name, p.version, p.inside): p for p in _within()}.values(), key=lambda p: p.name.lower()
    )


def _part(distribution: metadata.Distribution) -> Part:
    about = distribution.metadata
    texts = {
        file.name: Path(str(distribution.locate_file(file))).read_text("utf-8", "replace")
        for file in distribution.files or []
        if re.match(r"(licen[sc]e|copying|notice|authors)", file.name, re.I) and ".py" not in file.name
    }
    if (
        not texts and about["Name"] not in OUR_SOURCES
    ):  # Qt for Python brings none; its texts lie beside the notices
        raise PackagingError(f"{about['Name']} does not bring the text of its license")
    listed = dict(one.split(", ", 1) for one in about.get_all("Project-URL") or [] if ", " in one)
    address = next((listed[k] for k in listed if re.match("source|code|repository|github", k, re.I)), "")
    return Part(
        about["Name"],
        distribution.version,
        _licence(about),
        address=OUR_SOURCES.get(about["Name"])
        or address
        or _told(about, "Home-page")
        or next(iter(listed.values()), ""),
        texts=texts,
    )


def _told(about: Any, key: str) -> str:
    return str(about[key]) if key in about else ""


def _licence(about: Any) -> str:
    told = _told(about, "License-Expression") or re.split(r"\n| \(see", _told(about, "License"))[0]
    classes = [
        one.rsplit(" :: ", 1)[-1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    told = told or " or ".join(classes) or TOLD_IN_ITS_TEXT.get(about["Name"], "")
    if not told:
        raise PackagingError(f"{about['Name']} does not say under which license it is")
    return str(told)


def _within() -> Iterator[Part]:
    """What lies inside the packages' own binary files; each library is asked for its version."""
    from cryptography.hazmat.backends.openssl.backend import backend
    from lxml import etree
    from PySide6.QtCore import qVersion
    from sqlcipher3 import dbapi2

    yield Part(
        "Python",
        platform.python_version(),
        "PSF-2.0",
        "the build",
        "framework",
        "https://www.python.org/",
        {"LICENSE.txt": _python_licence()},
    )
    yield Part("Qt", qVersion(), "LGPL-3.0-only", "PySide6_Essentials", "framework", "https://www.qt.io/")
    yield Part("PDFium", f"as in Qt {qVersion()}", "BSD-3-Clause AND Apache-2.0", "PySide6_Pdf")
    icu = sorted(Path(_folder("PySide6")).rglob("libicudata.so.*"))
    if icu:
        yield Part("ICU", icu[0].name.rsplit(".", 1)[-1], "Unicode-3.0", "PySide6_Essentials")
    connection = dbapi2.connect(":memory:")
    connection.execute("PRAGMA key='no key, no answer'")
    cipher, provider = (
        connection.execute(f"PRAGMA {word}").fetchone()[0]
        for word in ("cipher_version", "cipher_provider_version")
    )
    connection.close()
    yield Part(
        "SQLCipher",
        cipher.split()[0],
        "BSD-3-Clause",
        "sqlcipher3",
        address="https://www.zetetic.net/sqlcipher/",
    )
    yield Part("SQLite", dbapi2.sqlite_version, "blessing", "sqlcipher3", address="https://www.sqlite.org/")
    yield Part("OpenSSL", provider.split()[1], "Apache-2.0", "sqlcipher3", address="https://www.openssl.org/")
    yield Part(
        "OpenSSL",
        backend.openssl_version_text().split()[1],
        "Apache-2.0",
        "cryptography",
        address="https://www.openssl.org/",
    )
    for name, version in (("libxml2", etree.LIBXML_VERSION), ("libxslt", etree.LIBXSLT_VERSION)):
        yield Part(name, ".".join(map(str, version)), "MIT", "lxml")
    font = next(Path(_folder("qtawesome"), "fonts").glob("materialdesignicons6-webfont-*.ttf"))
    yield Part("Material-Design-Icons", font.stem.rsplit("-", 1)[-1], "Apache-2.0", "QtAwesome", "file")
    for distribution in shipped():
        yield from _told_by(distribution)


def bootloader() -> Part:
    """What starts the app: a part of PyInstaller, whose exception lets it go with any program."""
    version = metadata.version("pyinstaller")
    return Part("PyInstaller-bootloader", version, "GPL-2.0-or-later WITH Bootloader-exception", "the build")


def _told_by(distribution: metadata.Distribution) -> Iterator[Part]:
    """What a package's own bill of materials tells."""
    from PIL import features

    if features.check("libimagequant"):
        raise PackagingError("Pillow was built with libimagequant, which is GPL and must not be in the app")
    for file in distribution.files or []:
        if "/sboms/" in file.as_posix() and file.name.endswith(".json"):
            told = json.loads(file.read_text(encoding="utf-8"))
            for one in told.get("components", []):
                if one["name"] in {*NOT_IN_THE_APP, distribution.metadata["Name"]}:
                    continue
                licences = [
                    each.get("expression") or (each.get("license") or {}).get("id", "")
                    for each in one.get("licenses", [])
                ]
                yield Part(
                    one["name"],
                    str(one.get("version", "")),
                    " AND ".join(filter(None, licences)),
                    distribution.metadata["Name"],
                )


def _folder(package: str) -> str:
    from importlib.util import find_spec

    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return spec.submodule_search_locations[0]


def _python_licence() -> str:
    places = [
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc/python3/copyright"),
    ]
    for place in places:
        if place.is_file():
            return place.read_text("utf-8", "replace")
    raise PackagingError("Python's own license was not found")


def licence_text(name: str) -> str:
    """The text of one of the two GNU licenses; they are not in this repository."""
    for folder in TEXT_FOLDERS:
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise PackagingError(f"the text of {name} was not found in {' or '.join(map(str, TEXT_FOLDERS))}")


def write_notices(folder: Path) -> list[Part]:
    """Write the notices, the license texts and the bill of materials into a folder."""
    found = [*parts(), bootloader()]
    texts: dict[str, str] = {f"{name}.txt": licence_text(name) for name in TEXTS}
    texts["LICENSE.txt"] = (ROOT / "LICENSE").read_text(encoding="utf-8")
    texts["THIRD-PARTY-NOTICES.txt"] = notices(found)
    texts["evalassist.cdx.json"] = json.dumps(bill(found), indent=1, sort_keys=True) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return found


def notices(found: list[Part]) -> str:
    """The written notice, a line for everything inside, and each package's own license text."""
    by_name = {part.name: part for part in found}
    missing = {name for name in LGPL if name not in by_name or not by_name[name].address}
    if missing:
        raise PackagingError(f"the notices lack {', '.join(sorted(missing))}, or where its source is")
    others = ", ".join(sorted(LGPL - set(OUR_SOURCES)))
    sources = "".join(f"  {name} {by_name[name].version}: {by_name[name].address}\n" for name in sorted(LGPL))
    lines = [WRITTEN_NOTICE.format(version=VERSION, qt=by_name["Qt"].version, others=others, sources=sources)]
    lines += [
        f"  {p.name} {p.version}: {p.licence or 'see what it came with'}{f' (in {p.inside})' if p.inside else ''}"
        for p in found
    ]
    for part in found:
        for name, text in sorted(part.texts.items()):
            lines += ["", "=" * 100, f"{part.name} {part.version}: {name}", "=" * 100, text.strip()]
    return "\n".join(lines) + "\n"


def bill(found: list[Part]) -> dict[str, Any]:
    """The bill of materials as CycloneDX 1.6; the same for the same versions."""
    app = {
        "type": "application",
        "name": "EvalAssist",
        "version": VERSION,
        "bom-ref": f"evalassist@{VERSION}",
        "licenses": [{"expression": "Apache-2.0"}],
    }
    components = []
    for part in found:
        one: dict[str, Any] = {
            "type": part.kind,
            "name": part.name,
            "version": part.version,
            "purl": part.purl.replace(" ", "-"),
        }
        one["bom-ref"] = f"{part.inside or 'package'}/{part.name}@{part.version}"
        if part.licence:
            one["licenses"] = [{"license": {"name": part.licence}}]
        if part.inside:
            one["properties"] = [{"name": "evalassist:inside", "value": part.inside}]
        components.append(one)
    refs = [one["bom-ref"] for one in components]
    body = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(built_at(), UTC).isoformat(), "component": app},
        "components": components,
        "dependencies": [{"ref": app["bom-ref"], "dependsOn": sorted(set(refs))}],
    }
    body["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))}"
    return body
