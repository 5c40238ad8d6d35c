#!/usr/bin/env python3
"""A demo service: GET /take answers after about 5 ms. stock.py PORT"""
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def do_GET(self):
        time.sleep(random.uniform(0.003, 0.007))
        body = b"taken\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # somebody has left before the answer


Server(("127.0.0.1", int(sys.argv[1])), Stock).serve_forever()
