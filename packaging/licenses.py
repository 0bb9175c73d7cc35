#!/usr/bin/env python3
"""Writes the licences of the libraries compiled into the hub, and of those in its page.

    packaging/licenses.py TARGET > FILE

Each text stands once, under the names of all the libraries that come with it.
"""

import json
import pathlib
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent
TEXTS = ("licen", "copying", "copyright", "notice", "unlicense")


def compiled_in(target):
    """The packages that end up in the program, in the order of their names."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", target]
    tree = json.loads(subprocess.run(command, cwd=HOME, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in tree["packages"]}
    nodes = {node["id"]: node for node in tree["resolve"]["nodes"]}
    found, waiting = set(), [tree["resolve"]["root"]]
    while waiting:
        for dep in nodes[waiting.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in dep["dep_kinds"])
            if normal and not is_macro(packages[dep["pkg"]]) and dep["pkg"] not in found:
                found.add(dep["pkg"])
                waiting.append(dep["pkg"])
    return sorted((packages[found_id] for found_id in found), key=lambda package: (package["name"], package["version"]))


def is_macro(package):
    return any("proc-macro" in target["kind"] for target in package["targets"])


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    files = (path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(TEXTS))
    return [path.read_text(errors="replace").strip() for path in sorted(files)]


def main(target):
    packages = compiled_in(target)
    print("Cola Hub contains these libraries. SQLite, which is among them, is in the public domain.\n")
    by_text = {}
    for package in packages:
        print(f"  {package['name']} {package['version']}: {package['license']}")
        for text in texts(package):
            by_text.setdefault(text, []).append(package["name"])
    for text, names in by_text.items():
        print(f"\n{'=' * 80}\n{', '.join(names)}\n{'=' * 80}\n\n{text}")
    page = HOME / "web/dist/licenses.txt"
    if page.exists():
        print(f"\n{'=' * 80}\nThe page\n{'=' * 80}\n\n{page.read_text().strip()}")


if __name__ == "__main__":
    main(sys.argv[1])
