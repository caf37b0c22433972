"""Runs pkilint's commands in one process, since each takes a while to start.

Standard input: JSON, a list of [command, argument, ...]. Standard output: JSON, for each its findings
{code, severity, message}, from the severity NOTICE on.
"""
import contextlib
import importlib
import io
import json
import sys


def run(command, *arguments):
    program = importlib.import_module(f"pkilint.bin.{command}")
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        program.main(["lint", *arguments, "--severity", "NOTICE", "--format", "JSON", "--document-format", "DER"])
    results = json.loads(output.getvalue())["results"]
    return [{"code": f["code"], "severity": f["severity"], "message": f.get("message") or ""}
            for result in results for f in result["finding_descriptions"]]


# pkilint's commands take the options before the file.
json.dump([run(*call) for call in json.load(sys.stdin)], sys.stdout)
