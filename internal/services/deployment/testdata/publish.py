"""Publishes item folders with Microsoft's fabric-cicd, as anybody's build would, at a stand-in for Fabric.

fabric-cicd calls no host but Fabric's, so its requests are turned to the stand-in below it; all else is as it is installed.
"""

import json
import os
import sys

import requests
from azure.identity import ClientSecretCredential
from fabric_cicd import FabricWorkspace, publish_all_items

at = json.load(sys.stdin)
os.environ["REQUESTS_CA_BUNDLE"] = at["ca"]
request = requests.request


def turned(method, url, **kwargs):
    for host in ("https://api.fabric.microsoft.com/", "https://api.powerbi.com/"):
        url = url.replace(host, at["api"] + "/")
    if not url.startswith(at["api"] + "/"):
        raise RuntimeError("a request to " + url + " was to leave this computer")
    return request(method, url, timeout=60, **kwargs)


requests.request = turned
credential = ClientSecretCredential(at["tenant"], at["client"], at["secret"], authority=at["authority"], disable_instance_discovery=True)
more = {"parameter_file_path": at["parameters"], "environment": "PROD"} if at["parameters"] else {}
kinds = ["Notebook", "DataPipeline"]
publish_all_items(FabricWorkspace(workspace_id=at["workspace"], repository_directory=at["folder"], item_type_in_scope=kinds, token_credential=credential, **more))
