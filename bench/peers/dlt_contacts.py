"""dlt, tuned, on the contacts of the benchmark's source: `dlt_contacts.py URL postgres|parquet DESTINATION`.

Tuned as its documentation advises: files rotated, two workers to normalise, no compression in between, rows by COPY.
"""

import os
import sys

url, destination, to = sys.argv[1:4]

os.environ.update({
    "EXTRACT__WORKERS": "4",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "EXTRACT__DATA_WRITER__BUFFER_MAX_ITEMS": "5000",
    "NORMALIZE__WORKERS": "2",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS": "5000",
    "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
    "EXTRACT__DATA_WRITER__DISABLE_COMPRESSION": "true",
    "LOAD__WORKERS": "4",
})

import dlt  # noqa: E402 (it reads the environment when it is imported)
from dlt.sources.rest_api import rest_api_source  # noqa: E402

source = rest_api_source({
    "client": {
        "base_url": url + "/",
        "headers": {"Access-Token": "bench"},
        "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": None,
                      "stop_after_empty_page": True},
    },
    "resources": [{
        "name": "contatos",
        "primary_key": "id",
        "write_disposition": "replace",
        "endpoint": {"path": "contatos", "params": {"displayLength": 200}, "data_selector": "$"},
    }],
})
if destination == "postgres":
    sink, loader = dlt.destinations.postgres(to.replace("postgres://", "postgresql://")), "csv"
else:
    sink, loader = dlt.destinations.filesystem(bucket_url=f"file://{to}"), "parquet"
pipeline = dlt.pipeline("contacts", destination=sink, dataset_name="crm", pipelines_dir=os.environ["DLT_DATA_DIR"])
print(pipeline.run(source, loader_file_format=loader))
