import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


def release():
    with open("/etc/status.conf") as config:
        return dict(line.strip().split("=", 1) for line in config)["RELEASE"]


class Status(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": "well", "release": release()}).encode()
        self.send_response(200 if self.path == "/health" else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", int(os.environ["PORT"])), Status).serve_forever()
