"""Brings one file to the lakehouse or fetches one, with Microsoft's azure-storage-file-datalake: up|down, the path there, the path here."""

import os
import sys

from azure.identity import ClientSecretCredential
from azure.storage.filedatalake import DataLakeServiceClient

what, there, here = sys.argv[1:]
credential = ClientSecretCredential(os.environ["TENANT"], os.environ["CLIENT"], os.environ["SECRET"])
service = DataLakeServiceClient("https://onelake.dfs.fabric.microsoft.com", credential=credential, max_single_get_size=4 << 20, max_chunk_get_size=4 << 20)
file = service.get_file_system_client(os.environ["WORKSPACE"]).get_file_client(f"{os.environ['LAKEHOUSE']}/{there}")
with open(here, "rb" if what == "up" else "wb") as f:
    if what == "up":
        file.upload_data(f, overwrite=True, length=os.path.getsize(here), chunk_size=4 << 20, max_concurrency=4)
    else:
        file.download_file(max_concurrency=4).readinto(f)
