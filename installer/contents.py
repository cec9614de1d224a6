"""What belongs into the frozen app and what must never be in it: the lists, and the functions that hold to them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

EXCLUDED_MODULES = [
    *["sqlite3", "_sqlite3"],  # nobody writes records that can be read by mistake
    *["ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc"],
    *["PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtTest"],
    *["tkinter", "unittest", "pydoc", "pydoc_data", "doctest", "pdb", "lib2to3", "curses", "readline"],
    *["setuptools", "pkg_resources", "pip", "distutils", "_distutils_hack"],
    *["PIL.ImageQt", "PIL.ImageTk", "PIL.ImageGrab", "PIL.AvifImagePlugin", "PIL.FpxImagePlugin"],
    *[
        "PIL.MicImagePlugin",
        "numpy",
        "shapely",
        "pytest",
        "hypothesis",
        "mypy",
        "IPython",
        "cairo",
        "rlPyCairo",
    ],
    *["qtawesome", "qtpy"],  # only its icon font is used, as data
    *["lxml.objectify", "lxml.isoschematron", "lxml.sax", "lxml.html"],
    *["sqlalchemy.dialects.mssql", "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.oracle"],
    *["sqlalchemy.testing", "evalassist.drawing", "ui.gallery", "ui.measuring", "ui.screenshots"],
]

NO_MODULE_OF_OURS = ("evalassist.drawing", "ui.gallery", "ui.measuring", "ui.screenshots", "ui.__main__")
"""What draws pictures for the project, and what only a checkout starts."""

LEFT_OUT = (
    "PySide6/Qt/translations/*",
    "PySide6/translations/*",
    "PySide6/Qt/qml/*",
    *(
        "*Qt6Qml*",
        "*Qt6Quick*",
        "*Qt6VirtualKeyboard*",
        "*Qt6OpenGL*",
        "*Qt6Sql*",
        "*Qt6Test*",
        "*Qt6Pdf[QW]*",
    ),
    *("*Qt6EglF*", "*Qt6EGLF*", "*Qt6Wlshell*", "*Qt6WaylandEgl*", "*opengl32sw*", "*QtOpenGL*"),
    *(
        f"*/plugins/{kind}/*"
        for kind in (
            *("egldeviceintegrations", "generic", "networkinformation", "tls", "qmltooling", "sqldrivers"),
            *("vectorimageformats", "wayland-graphics-integration-client", "xcbglintegrations", "designer"),
        )
    ),
    *(
        f"*/plugins/platforms/*q{name}.*"
        for name in ("eglfs", "linuxfb", "minimal", "minimalegl", "vkkhrdisplay", "vnc", "direct2d")
    ),
    *(f"*/plugins/imageformats/*q{name}.*" for name in ("gif", "icns", "pdf", "tga", "tiff", "wbmp", "webp")),
    "*/plugins/platformthemes/*gtk3*",
    "*/plugins/platforminputcontexts/*virtualkeyboard*",
    *(
        f"*/plugins/wayland-shell-integration/*{name}*"
        for name in ("fullscreen", "ivi", "qt-shell", "wl-shell")
    ),
    "PIL/_avif*",
    "PIL/_webp*",
    "PIL/_imagingtk*",
    "pillow.libs/*avif*",
    "pillow.libs/*webp*",
    "reportlab/fonts/*[!l].pfb",
    *(
        f"*.dist-info/{name}"
        for name in ("RECORD", "INSTALLER", "WHEEL", "*.txt", "sboms/*", "licenses/*", "direct_url.json")
    ),
    "*.pyx",
    "*.pxi",
    "*.pxd",
    "*/tests/*",
    "*/testing/*",
)
"""What PyInstaller would bring and nobody needs; `*` goes across folders."""

USED_FILES = {
    ("qtawesome", "fonts"): ("materialdesignicons6-webfont-*",),
    ("font_source_sans_pro", "files"): (
        "LICENSE.txt",
        *(f"SourceSansPro-{face}.ttf" for face in ("Regular", "Semibold", "Bold")),
    ),
}
"""The files that are used of packages which bring many."""
REPLACEABLE = dict.fromkeys(("svglib", "psycopg", "psycopg_binary", "PySide6", "shiboken6"), "pyc")
"""Python packages under the LGPL: they lie as files of their own, so that they can be replaced."""

NEEDED = (
    "resources/content/release.toml",
    "resources/content/references.toml",
    "resources/cases/ex1.toml",
    "resources/pictures/HA01-start.svg",
    "resources/poses/hip.toml",
    "ui/style.qss",
    "font_source_sans_pro/files/SourceSansPro-Regular.ttf",
    "qtawesome/fonts/materialdesignicons6-webfont-*.ttf",
    "PySide6/QtPdf.*",
    "PySide6/*platforms/*q*",
    "PySide6/*plugins/imageformats/*qsvg.*",
    "sqlcipher3/*",
    "psycopg_binary/*",
    *(f"{package}/__init__.pyc" for package in ("svglib", "psycopg", "PySide6", "shiboken6")),
    *(f"licences/{name}" for name in ("LGPL-3.txt", "GPL-3.txt", "LICENSE.txt", "THIRD-PARTY-NOTICES.txt")),
    "licences/evalassist.cdx.json",
)

FORBIDDEN = (
    *("*PySide6/QtNetwork*", "*PySide6/QtQml*", "*PySide6/QtQuick*", "*PySide6/QtTest*", "*QtWebEngine*"),
    *(
        "*/plugins/tls/*",
        "*/plugins/networkinformation/*",
        "*dynload/_sqlite3.*",
        "numpy*",
        "shapely*",
    ),
    *("*.py", "*direct_url.json", "pytest*", "hypothesis*", "*drawing*"),
)

SYSTEM_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


def is_wanted(name: str, source: str = "") -> bool:
    """Whether a file belongs into the app: its name there, and where it comes from.

    A library of the Linux system is left to the system, which mends its faults; the package depends on it.
    """
    name = name.replace("\\", "/")
    if source.startswith(SYSTEM_FOLDERS) and ".so" in name and "/" not in name:
        return name.startswith("libpython")
    is_link = source and not Path(source).is_absolute()
    return not any(
        fnmatch(each, pattern) for pattern in LEFT_OUT for each in (name, source if is_link else name)
    )


FORBIDDEN_MODULES = (
    *(
        "sqlite3",
        "ftplib",
        "smtplib",
        "tkinter",
        "unittest*",
        "pytest*",
        "numpy*",
        "shapely*",
        "pip*",
        "setuptools*",
    ),
    *(
        "evalassist.drawing*",
        "ui.gallery",
        "ui.measuring",
        "ui.screenshots",
        "PySide6*",
        "shiboken6*",
        "svglib*",
        "psycopg*",
    ),
)
"""What must not be in the archive of modules: what is not used, and what must be replaceable."""


def module_complaints(modules: Iterable[str]) -> list[str]:
    """What is wrong with the modules in the archive of a frozen app."""
    return [
        f"must not be in the archive: {name}"
        for name in modules
        if any(fnmatch(name, one) for one in FORBIDDEN_MODULES)
    ]


def complaints(names: Iterable[str]) -> list[str]:
    """What is wrong with the files of a frozen app, named from its `_internal` folder; nothing when all is well."""
    found = [name.replace("\\", "/") for name in names]
    lacking = [one for one in NEEDED if not any(fnmatch(name, one) for name in found)]
    too_many = [name for name in found if any(fnmatch(name, one) for one in FORBIDDEN)]
    return [f"missing: {one}" for one in lacking] + [f"must not be there: {name}" for name in too_many]


def package_files() -> list[tuple[str, str]]:
    """The used files of packages that bring many, as PyInstaller wants them told: from where, to where."""
    found = []
    for (package, folder), patterns in USED_FILES.items():
        spec = find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        for file in sorted(Path(spec.submodule_search_locations[0], folder).iterdir()):
            if any(fnmatch(file.name, pattern) for pattern in patterns):
                found.append((str(file), f"{package}/{folder}"))
    return found
