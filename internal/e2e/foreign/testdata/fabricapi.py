"""Finds a pipeline with microsoft-fabric-api, starts it, polls it, cancels it."""

import os
import time

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from microsoft_fabric_api import FabricClient

client = FabricClient(ClientSecretCredential(os.environ["TENANT"], os.environ["CLIENT"], os.environ["SECRET"]))
workspace, pipeline = os.environ["WORKSPACE"], os.environ["PIPELINE"]

assert workspace in [w.id for w in client.core.workspaces.list_workspaces()]
assert client.core.workspaces.get_workspace(workspace).display_name == "Sandbox"
items = {i.id: i.type for i in client.core.items.list_items(workspace)}
assert items[pipeline] == "DataPipeline" and "Notebook" in items.values() and items[os.environ["LAKEHOUSE"]] == "Lakehouse"
assert pipeline in [i.id for i in client.core.items.list_items(workspace, type="DataPipeline")]
assert client.core.items.get_item(workspace, pipeline).type == "DataPipeline"
assert client.datapipeline.items.get_data_pipeline(workspace, pipeline).id == pipeline
assert pipeline in [p.id for p in client.datapipeline.items.list_data_pipelines(workspace)]
assert client.lakehouse.items.get_lakehouse(workspace, os.environ["LAKEHOUSE"]).properties.one_lake_files_path
assert client.datapipeline.items.get_data_pipeline_definition(workspace, pipeline).definition.parts
assert "sales_ingest" in [n.display_name for n in client.notebook.items.list_notebooks(workspace)]

jobs = client.core.job_scheduler
answer = {}


def keep(response):
    answer.update(response.http_response.headers)


request = {"executionData": {"parameters": {"run_id": "00000000-0000-0000-0000-000000000001", "input_file": "hangs.xlsx"}}}
jobs.run_on_demand_item_job(workspace, pipeline, "Pipeline", request, raw_response_hook=keep)
job = {k.lower(): v for k, v in answer.items()}["location"].rsplit("/", 1)[1]
for _ in range(100):
    seen = jobs.get_item_job_instance(workspace, pipeline, job)
    if seen.status == "InProgress":
        break
    time.sleep(0.1)
assert seen.status == "InProgress" and seen.item_id == pipeline and seen.invoke_type == "Manual" and seen.start_time_utc
assert job in [j.id for j in jobs.list_item_job_instances(workspace, pipeline)]
jobs.cancel_item_job_instance(workspace, pipeline, job)
for _ in range(100):
    seen = jobs.get_item_job_instance(workspace, pipeline, job)
    if seen.status == "Cancelled":
        break
    time.sleep(0.1)
assert seen.status == "Cancelled" and seen.end_time_utc

for wrong in (
    lambda: client.core.items.get_item(workspace, "00000000-0000-0000-0000-000000000000"),
    lambda: jobs.run_on_demand_item_job(workspace, pipeline, "Sparkle", request),
):
    try:
        wrong()
        raise AssertionError("that was taken")
    except HttpResponseError as error:
        assert error.status_code in (400, 404), error
print("fabric-api: done")
