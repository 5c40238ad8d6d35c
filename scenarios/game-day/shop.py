#!/usr/bin/env python3
"""A demo service: GET /buy asks the stock, and waits for it as long as its patience lasts.
shop.py PORT STOCK_PORT [PATIENCE_SECONDS]   The port is that of whoever answers for the stock: the stock itself, or a proxy."""
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOCK = f"http://127.0.0.1:{sys.argv[2]}/take"
PATIENCE = float(sys.argv[3]) if len(sys.argv) > 3 else None


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def do_GET(self):
        try:
            with urllib.request.urlopen(STOCK, timeout=PATIENCE) as answer:
                answer.read()
            status, body = 200, b"bought\n"
        except OSError:
            status, body = 503, b"the stock does not answer\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # somebody has left before the answer


Server(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
