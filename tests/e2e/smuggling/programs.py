"""Proxies to compare, each in front of an upstream of its own."""
import asyncio
import json
import os
import pwd
import shutil
import socket
import urllib.request

# Larger heads than ours, so that what is refused is refused for its form. Connections end soon after their last request:
# what is pipelined is there already.
HAPROXY = """
global
    tune.bufsize 65536
    tune.http.maxhdr 8000
defaults
    mode http
    timeout connect 5s
    timeout client {patience}s
    timeout server {patience}s
    timeout http-request {patience}s
    timeout http-keep-alive 5ms
listen all
    bind fd@{listener}
    http-reuse always
    server one 127.0.0.1:{upstream}
"""
NGINX = """
daemon off;
user {user};
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_header_buffer_size 64k;
    large_client_header_buffers 4 64k;
    client_max_body_size 0;
    client_header_timeout {patience}s;
    client_body_timeout {patience}s;
    keepalive_timeout 5ms;
    lingering_close off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    upstream all {{ server 127.0.0.1:{upstream}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://all;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_ignore_client_abort on;
            proxy_next_upstream off;
            proxy_buffer_size 64k;
            proxy_buffers 8 64k;
            proxy_busy_buffers_size 128k;
            proxy_read_timeout {patience}s;
        }}
    }}
}}
"""


def find(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")


class Program:
    quiet = 0.3  # seconds, until one that waits for more is told that nothing comes

    def __init__(self, name, work, patience):
        self.name, self.work, self.patience = name, work, patience
        self.process = None

    async def start(self, upstream):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        self.port = listener.getsockname()[1]
        os.set_inheritable(listener.fileno(), True)
        given = {"work": self.work, "patience": self.patience, "upstream": upstream, "port": self.port,
                 "listener": listener.fileno(), "user": pwd.getpwuid(os.getuid()).pw_name}
        command, text = self.command()
        with open(f"{self.work}/{self.name}.conf", "w", encoding="ascii") as config:
            config.write(text.format(**given))
        self.process = await asyncio.create_subprocess_exec(
            *command, f"{self.work}/{self.name}.conf", pass_fds=[listener.fileno()],
            env={**os.environ, "NGINX": f"{listener.fileno()};"}, stderr=asyncio.subprocess.DEVNULL)
        listener.close()

    async def stop(self):
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


class Haproxy(Program):
    def command(self):
        return [find("haproxy"), "-db", "-q", "-f"], HAPROXY


class Nginx(Program):
    def command(self):
        return [find("nginx"), "-p", self.work, "-c"], NGINX


class Shaketable(Program):
    quiet = 0.001  # it reads what came before an end before that end

    def __init__(self, tool, work, patience):
        super().__init__("shaketable", work, patience)
        self.tool = tool

    async def start(self, upstream):
        self.process = await asyncio.create_subprocess_exec(
            self.tool, "serve", "--listen", "127.0.0.1:0", stdout=asyncio.subprocess.PIPE)
        line = (await self.process.stdout.readline()).decode().split()
        body = {"listen": "127.0.0.1:0", "upstream": f"127.0.0.1:{upstream}", "flavour": "http"}
        ask = urllib.request.Request(f"http://{line[-1]}/v1/proxies/p", method="PUT", data=json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
        made = await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(ask)))
        self.port = int(made["listen"].rpartition(":")[2])


def others(work, patience):
    """Those that are installed."""
    known = {"haproxy": Haproxy, "nginx": Nginx}
    return [kind(name, work, patience) for name, kind in known.items() if find(name)]
