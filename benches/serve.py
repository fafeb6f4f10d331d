"""The check of a document over HTTP, as a FastAPI service does it: uvicorn with all its accelerators, jsonschema with a compiled
validator, one answer per request. `python serve.py SCHEMA PORT WORKERS`; the application is `app`, made by `make` for each worker."""

import json
import os
import sys

import jsonschema
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


def make():
    with open(os.environ["SCHEMA"], encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.validators.validator_for(schema)(schema)
    app = FastAPI()

    @app.post("/check")
    async def check(request: Request):
        document = await request.json()
        findings = [
            {"instance": "/".join(map(str, error.absolute_path)), "message": error.message}
            for error in validator.iter_errors(document)
        ]
        return JSONResponse({"verdict": "fail" if findings else "pass", "findings": findings})

    return app


if __name__ == "__main__":
    schema, port, workers = sys.argv[1:]
    os.environ["SCHEMA"] = schema
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    uvicorn.run("serve:make", factory=True, host="127.0.0.1", port=int(port), workers=int(workers), log_level="warning", access_log=False)
