"""Reads with azure-storage-file-datalake the files that the portal has put into Files/import, and replaces each: none becomes another."""

import json
import os

from azure.identity import ClientSecretCredential
from azure.storage.filedatalake import DataLakeServiceClient

credential = ClientSecretCredential(os.environ["TENANT"], os.environ["CLIENT"], os.environ["SECRET"])
folder = os.environ["LAKEHOUSE"] + "/Files/import"
workspace = DataLakeServiceClient("https://onelake.dfs.fabric.microsoft.com", credential=credential).get_file_system_client(os.environ["WORKSPACE"])
names = json.loads(os.environ["NAMES"])


def listed():
    return sorted(p.name.removeprefix(folder + "/") for p in workspace.get_paths(folder))


assert listed() == sorted(names), set(listed()) ^ set(names)
for name in names:
    file = workspace.get_file_client(f"{folder}/{name}")
    assert file.download_file().readall().decode() == name, name
    staged = workspace.get_file_client(f"{folder}/.staged.part")
    staged.upload_data(f"sdk: {name}".encode(), overwrite=True)
    staged.rename_file(f"{workspace.file_system_name}/{folder}/{name}")
assert listed() == sorted(names), set(listed()) ^ set(names)
print(f"names: {len(names)} read, {len(names)} replaced")
