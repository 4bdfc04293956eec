"""## What was left behind

Each run begins with a look at `current/`: what a run that was stopped has left half done is completed or put back, by the manifest
(contract/RULES.md, Publication). Nothing here fails because a run before was stopped at some place.
"""

import shutil

from failure import RunFailed
from lakehouse import KPIS, METADATA, Workplace, is_as_listed, is_folder_of_parts, is_run_id, parsed_object, parts_in, parts_of, read_bytes, read_metadata, remove, status_of
from manifest import MANIFEST, Manifest, listed_files, manifest_of, parsed_manifest, settled_content
from reporttable import ReportTable, catch_up


def look_at_current(place: Workplace, table: ReportTable | None = None) -> bytes | None:
    """Puts right what earlier runs have left, and returns the manifest that stands then (what is no whole manifest is told apart
    by its bytes, too). A table is brought to what is published; raises RunFailed where it can't be."""
    content = settled_content(place.lakehouse)
    published = parsed_manifest(content)
    if content is not None and published is None:
        published = completed(place, content)
    if published is None:
        published = adopted(place)
    if published is not None and put_back(place, published):
        # What it names is nowhere: it was mangled, or the run's folder was removed. A whole run in current/ is better than none.
        instead = adopted(place)
        if instead is not None:
            published = instead
            put_back(place, published)
    shown, refusal = None, None
    if table is not None:
        try:
            shown = catch_up(place, table, published)
        except RunFailed as error:  # what was published gets its "succeeded" nevertheless
            refusal = error
    if published is not None:
        content = published.content
        finish(place, published, table.entry(shown, None) if table is not None and refusal is None else None)
    if refusal is not None:
        raise refusal
    for part, _, run_id in parts_in(place.lakehouse.current):
        if run_id and run_id != place.run_id and status_of(place.lakehouse.run_folder(run_id)) != "started":
            remove(part)
    return content


def completed(place: Workplace, cut: bytes) -> Manifest | None:
    """Puts a manifest in place whose copy was cut, as can happen where the mount can't rename: its part is still whole."""
    current = place.lakehouse.current
    whole = [parsed_manifest(read_bytes(part)) for part, _ in parts_of(current, MANIFEST)]
    candidates = [found for found in whole if found is not None and status_of(place.lakehouse.run_folder(found.run_id)) != "failed"]
    if not candidates:
        return None
    found = max(candidates, key=lambda manifest: (manifest.content.startswith(cut), manifest.published_at))
    place.put_bytes(found.content, current / MANIFEST)
    print(f"Completed {MANIFEST}: run {found.run_id} was stopped as it published")
    return found


def adopted(place: Workplace) -> Manifest | None:
    """Writes the manifest of a lakehouse that has none: of the run that kpis.json names, if its folder has its four files."""
    current = place.lakehouse.current
    run_id = (parsed_object(read_bytes(current / KPIS)) or {}).get("run_id")
    if not isinstance(run_id, str) or not is_run_id(run_id):
        return None
    home = place.lakehouse.run_folder(run_id)
    metadata = readable_metadata(place, run_id) or {}
    files = listed_files(metadata.get("outputs"))
    status, moment = metadata.get("status"), metadata.get("finished_at") or metadata.get("started_at")
    if files is None or status not in ("succeeded", "started") or not isinstance(moment, str):
        return None
    folders = [home] if status == "succeeded" else [home, current]
    if not all(is_as_listed(folder / name, listed) for folder in folders for name, listed in files.items() if folder == home or not is_folder_of_parts(listed)):
        return None
    found = manifest_of(run_id, None, moment, list(files.values()))
    place.put_bytes(found.content, current / MANIFEST)
    print(f"Files/results/current has a {MANIFEST} now: run {run_id}")
    return found


def put_back(place: Workplace, published: Manifest) -> list[str]:
    """Puts back the files of current/ that are not as the manifest says, from its run's folder. Returns those that are not to be had."""
    current, home = place.lakehouse.current, published.home(place.lakehouse)
    lost = []
    for name, listed in published.files.items():
        if is_folder_of_parts(listed):  # who reads goes to the run's folder: what has its name here is an earlier run's
            if not is_as_listed(home / name, listed):
                lost.append(name)
            elif (current / name).exists():
                remove(current / name)
            continue
        if is_as_listed(current / name, listed):
            continue
        local = place.aside(name)
        try:
            shutil.copyfile(home / name, local)
        except FileNotFoundError:
            pass
        if is_as_listed(local, listed):
            place.put(local, current / name)
            print(f"Put back {name} of run {published.run_id} in Files/results/current")
        else:
            lost.append(name)
            print(f"{name} in Files/results/current is not that of run {published.run_id}, which is published, and its own is not to be had")
        remove(local)
    return lost


def finish(place: Workplace, published: Manifest, table: dict | None = None) -> None:
    """Writes "succeeded" into the metadata of the published run, if it was stopped before it could. table is what there is to say of
    its table, where that shows the run now."""
    folder = place.lakehouse.run_folder(published.run_id)
    metadata = readable_metadata(place, published.run_id)
    cut = parsed_object(read_bytes(folder / METADATA)) is None
    if metadata is None or (metadata.get("status") != "started" and not cut):
        return
    metadata.update(succeeded(published))
    if table is not None and (metadata.get("delta_table") or {}).get("name") == table["name"]:
        metadata["delta_table"] = table
    place.put_document(metadata, folder / METADATA)
    for part, _, _ in parts_in(folder):
        remove(part)
    print(f"Run {published.run_id} was published and now says so")


def succeeded(published: Manifest) -> dict:
    """What run_metadata.json says of a run from the moment on that it is published."""
    return {"status": "succeeded", "finished_at": published.published_at, "outputs": list(published.files.values()), "error": None}


def readable_metadata(place: Workplace, run_id: str) -> dict | None:
    """A run's metadata, None also where it can't be read."""
    try:
        return read_metadata(place.lakehouse.run_folder(run_id))
    except RunFailed:
        return None
