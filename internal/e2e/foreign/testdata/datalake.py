"""Works in the lakehouse with azure-storage-file-datalake: list, create, upload in chunks, rename, read ranges, delete."""

import hashlib
import os

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.storage.filedatalake import ContentSettings, DataLakeServiceClient

credential = ClientSecretCredential(os.environ["TENANT"], os.environ["CLIENT"], os.environ["SECRET"])
item = os.environ["LAKEHOUSE"]
service = DataLakeServiceClient("https://onelake.dfs.fabric.microsoft.com", credential=credential)
workspace = service.get_file_system_client(os.environ["WORKSPACE"])
assert workspace.exists()


def names(path=None, **more):
    return [p.name.removeprefix(item + "/") for p in workspace.get_paths(path, **more)]


def metadata(properties):
    """Names of headers have no case, and what stands between the two may change it."""
    return {name.lower(): value for name, value in properties.metadata.items()}


# The whole workspace: without a directory its items are the first level.
assert item in names(recursive=False)
assert "Files" in names(item, recursive=False) and "Tables" in names(item, recursive=False)

folder = workspace.create_directory(f"{item}/Files/import/from SDK")
assert folder.exists()
data = os.urandom(9 << 20)
# In one call, which makes chunks of its own.
whole = folder.create_file("whole.bin", content_settings=ContentSettings(content_type="application/x-whole"), metadata={"origin": "sdk"})
properties = whole.get_file_properties()
assert properties.content_settings.content_type == "application/x-whole", properties.content_settings
assert metadata(properties) == {"origin": "sdk"}, properties.metadata
whole.upload_data(data, overwrite=True, length=len(data), chunk_size=4 << 20, metadata={"origin": "again"}, content_settings=ContentSettings(content_type="text/x-again"))
properties = whole.get_file_properties()
assert properties.size == len(data) and properties.content_settings.content_type == "text/x-again" and metadata(properties) == {"origin": "again"}
assert properties.etag and properties.last_modified and properties.creation_time
whole.set_metadata({"origin": "set"})
whole.set_http_headers(ContentSettings(content_type="text/x-set"))
properties = whole.get_file_properties()
assert metadata(properties) == {"origin": "set"} and properties.content_settings.content_type == "text/x-set"
try:
    whole.upload_data(b"x", overwrite=False)
    raise AssertionError("what is there was overwritten")
except HttpResponseError:
    pass
whole.create_file()  # upload_data with nothing does nothing
assert whole.get_file_properties().size == 0
whole.upload_data(data, overwrite=True)

# By hand, in chunks, the last of which is flushed with it.
part = workspace.get_file_client(f"{item}/Files/import/from SDK/.été 100%.csv.part")
part.create_file(match_condition=MatchConditions.IfMissing)
size = 4 << 20
for at in range(0, len(data), size):
    chunk = data[at : at + size]
    part.append_data(chunk, offset=at, length=len(chunk), flush=at + size >= len(data), validate_content=True)
assert part.get_file_properties().size == len(data)
try:
    part.flush_data(len(data) + 1)
    raise AssertionError("a flush beyond the end was taken")
except HttpResponseError as error:
    assert error.error_code == "InvalidFlushPosition", error

final = part.rename_file(f"{workspace.file_system_name}/{item}/Files/import/from SDK/été 100%.csv")
assert not part.exists()
assert "Files/import/from SDK/été 100%.csv" in names(f"{item}/Files/import/from SDK")
read = final.download_file().readall()
assert hashlib.sha256(read).digest() == hashlib.sha256(data).digest()
assert final.download_file(offset=5, length=7).readall() == data[5:12]
assert b"".join(final.download_file(max_concurrency=2).chunks()) == data
etag = final.get_file_properties().etag
try:
    final.download_file(etag="0x0", match_condition=MatchConditions.IfNotModified).readall()
    raise AssertionError("a changed file was read")
except HttpResponseError as error:
    assert error.status_code == 412, error
assert final.download_file(etag=etag, match_condition=MatchConditions.IfNotModified).readall() == data

for n in range(1, 8):  # an upload of nothing would make no file
    folder.get_sub_directory_client("many").get_file_client(f"{n}.txt").upload_data(b"x" * n, overwrite=True)
pages = workspace.get_paths(f"{item}/Files/import/from SDK/many", max_results=3).by_page()
assert [len(list(page)) for page in pages] == [3, 3, 1]

# What OneLake does not take.
for refused in (
    lambda: workspace.create_directory(f"{item}/Sheets"),
    lambda: folder.set_access_control(permissions="rwxrwxrwx"),
    lambda: workspace.delete_directory(f"{item}/Files"),
    lambda: workspace.get_directory_client(f"{item}.Lakehouse/Files").get_directory_properties(),
):
    try:
        refused()
        raise AssertionError("that was taken")
    except HttpResponseError:
        pass

moved = workspace.get_directory_client(f"{item}/Files/import/from SDK/many").rename_directory(f"{workspace.file_system_name}/{item}/Files/import/moved")
assert len(names(f"{item}/Files/import/moved")) == 7
moved.delete_directory()
workspace.get_file_client(f"{item}/Files/import/kept.bin").upload_data(data, overwrite=True)
final.delete_file()
folder.delete_directory()
try:
    final.get_file_properties()
    raise AssertionError("it is still there")
except ResourceNotFoundError:
    pass
print("datalake: done")
