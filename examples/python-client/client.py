# Starts a run, follows its events, and approves what waits. Needs only Python's standard library.
import json, os, sys, urllib.request

def ask(path, body=None, accept="application/json"):
    headers = {"Authorization": "Bearer " + os.environ["PLANLOOM_TOKEN"], "Accept": accept, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(os.environ["PLANLOOM_URL"] + path, data, headers))

run = "/v1/runs/" + json.load(ask("/v1/runs", json.load(open(sys.argv[1]))))["runId"]
for line in ask(run + "/events", accept="text/event-stream"):
    if line.startswith(b"event: "):
        print(line[7:].decode().strip(), flush=True)
    if line == b"event: approval.requested\n":
        for approval in json.load(ask(run))["waiting"]["approvals"]:
            ask(run + "/commands", {"type": "approve", "hash": approval["hash"], "comment": "seen by client.py"})
print("answer:", json.load(ask(run))["answer"])
