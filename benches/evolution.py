"""Fetches published versions of packages that carry JSON Schemas, and pairs the versions of each schema.

usage: evolution.py PACKAGES.json FOLDER

Packages come from npm and PyPI through their clients, one archive a version, and are kept as the schemas they contain. A
schema is paired with the version before, where that differs, and the first with the last. Writes FOLDER/pairs.json.
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile


def main():
    packages = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[2])
    pairs = {}
    for registry, names in packages.items():
        for name, versions in names.items():
            kept = [(version, fetch(folder, registry, name, version)) for version in versions]
            for old, new in pairs_of(kept):
                pairs.setdefault((old.read_bytes(), new.read_bytes()), [str(old), str(new)])
    (folder / "pairs.json").write_text(json.dumps(list(pairs.values()), indent=0))


def fetch(folder, registry, name, version):
    """The folder with the schemas of one version; fetched unless it is there."""
    kept = folder / "schemas" / f"{name}@{version}".replace("/", "__")
    if kept.is_dir():
        return kept
    print(f"fetching {name} {version}", file=sys.stderr, flush=True)
    unfinished = kept.with_name(kept.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as download:
        if registry == "npm":
            command = ["npm", "pack", f"{name}@{version}", "--pack-destination", download, "--loglevel=error"]
        else:
            options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", download]
            command = [sys.executable, "-m", "pip", "download", *options, f"{name}=={version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=600)
        (archive,) = pathlib.Path(download).iterdir()
        for path, content in files(archive):
            if is_schema(path, content):
                (unfinished / path.replace("/", "__")).write_bytes(content)
    unfinished.rename(kept)
    return kept


def files(archive):
    """The JSON files of an archive: path and content."""
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(".json") and "/" in member.name:
                    yield member.name.split("/", 1)[1], tar.extractfile(member).read()
    else:
        with zipfile.ZipFile(archive) as wheel:
            for path in wheel.namelist():
                if path.endswith(".json"):
                    yield path, wheel.read(path)


def is_schema(path, content):
    if "node_modules" in path or "test" in path:
        return False
    try:
        schema = json.loads(content)
    except ValueError:
        return False
    dialect = schema.get("$schema") if isinstance(schema, dict) else None
    return isinstance(dialect, str) and "json-schema.org" in dialect and "hyper-schema" not in dialect


def pairs_of(kept):
    """Old and new file of each change of each schema, the first against the last as well."""
    histories = collections.defaultdict(list)
    for _, folder in kept:
        for file in sorted(folder.iterdir()):
            content = json.loads(file.read_bytes())
            history = histories[file.name]
            if not history or history[-1][1] != content:
                history.append((file, content))
    for name in sorted(histories):
        history = [file for file, _ in histories[name]]
        yield from zip(history, history[1:])
        if len(history) > 2:
            yield history[0], history[-1]


main()
