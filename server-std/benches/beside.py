#!/usr/bin/env python3
"""What a request costs the server, beside nginx and lighttpd: CPU time, as a ratio.

    cargo build --release --bin antiphon-server
    server-std/benches/beside.py [ROUNDS] [SECONDS]

Needs nginx, lighttpd and wrk (Debian: nginx-light lighttpd wrk). All three serve the same files with
one worker, epoll, sendfile, a cache of open files and no access log. In each round each is loaded in
turn for SECONDS, and the round's ratio is taken; what is printed is the median over ROUNDS, the
least and the greatest. The time that a process had on a CPU is read from /proc (proc(5), schedstat),
before and after, so that what the load generator takes does not count; but what else runs on the
machine disturbs caches, and the ratios move by some hundredths.
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADS = [
    # Name, file, what is counted, fields of the request.
    ("1 KiB", "1k", "requests", []),
    ("64 KiB", "64k", "requests", []),
    # In bytes, for many are under way when the time is over.
    ("10 MiB", "10m", "bytes", []),
    ("1 KiB, a connection per request", "1k", "requests", ["-H", "Connection: close"]),
]
SIZES = {"1k": 1 << 10, "64k": 64 << 10, "10m": 10 << 20}

REPORT = """
done = function(summary)
  local failed = summary.errors
  io.stderr:write(string.format('{"requests": %d, "bytes": %d, "errors": %d}', summary.requests,
    summary.bytes, failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
"""

NGINX = """
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ use epoll; worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
  keepalive_requests 1000000000; open_file_cache max=1000 inactive=60s; open_file_cache_valid 1s;
  default_type application/octet-stream;
  client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
  uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  server {{ listen 127.0.0.1:{port}; root {dir}/files; }}
}}
"""
LIGHTTPD = """
server.document-root = "{dir}/files"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{dir}/lighttpd.log"
server.network-backend = "sendfile"
server.event-handler = "linux-sysepoll"
server.max-keep-alive-requests = 100000000
server.max-connections = 1024
server.max-fds = 4096
"""


class Server:
    """A server that is running, and the processes that do its work."""

    def __init__(self, name, command, port):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        else:
            sys.exit(f"{name} does not listen")

    def cpu_time(self):
        """Seconds that its threads, and those of its children, have had so far."""
        processes = [self.process.pid]
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        processes += pathlib.Path(children).read_text().split()
        tasks = [task for pid in processes for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def cost(self, report, file, unit, fields, seconds):
        """Seconds of CPU for each unit of what was sent."""
        before = self.cpu_time()
        wrk = ["wrk", "-t1", "-c50", f"-d{seconds}s", "--timeout", "60s", "-s", report, *fields]
        url = f"http://127.0.0.1:{self.port}/{file}"
        said = subprocess.run([*wrk, url], check=True, capture_output=True, text=True).stderr
        spent = self.cpu_time() - before
        counts = json.loads(said)
        if counts["errors"] or not counts[unit]:
            sys.exit(f"{self.name}, {file}: {said}")
        return spent / counts[unit]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_all(directory):
    files = directory / "files"
    files.mkdir()
    for name, size in SIZES.items():
        (files / name).write_bytes(os.urandom(size))
    os.chmod(directory, 0o755)
    ports = [free_port() for _ in range(3)]
    antiphon = [ROOT / "target/release/antiphon-server", "http", str(ports[0]), "--quiet"]
    antiphon += ["--model", "epoll", "--root", files]
    (directory / "nginx.conf").write_text(NGINX.format(dir=directory, port=ports[1]))
    (directory / "lighttpd.conf").write_text(LIGHTTPD.format(dir=directory, port=ports[2]))
    nginx = ["nginx", "-p", directory, "-c", directory / "nginx.conf"]
    return [
        Server("antiphon", antiphon, ports[0]),
        Server("nginx", nginx, ports[1]),
        Server("lighttpd", ["lighttpd", "-D", "-f", directory / "lighttpd.conf"], ports[2]),
    ]


def compare(servers, report, load, rounds, seconds):
    name, *load = load
    ours, peers = servers[0].name, servers[1:]
    ratios = {peer.name: [] for peer in peers}
    for number in range(rounds):
        turns = servers[number % len(servers) :] + servers[: number % len(servers)]
        costs = {}
        for server in turns:
            costs[server.name] = server.cost(report, *load, seconds)
        for peer in peers:
            ratios[peer.name].append(costs[ours] / costs[peer.name])
    columns = [
        f"{statistics.median(of):.2f} ({min(of):.2f} to {max(of):.2f})" for of in ratios.values()
    ]
    print(f"| {name} | {' | '.join(columns)} |", flush=True)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        report = directory / "report.lua"
        report.write_text(REPORT)
        servers = start_all(directory)
        print(f"| CPU per request, antiphon to | {' | '.join(s.name for s in servers[1:])} |")
        print("| --- | --- | --- |")
        try:
            for load in LOADS:
                compare(servers, report, load, rounds, seconds)
        finally:
            for server in servers:
                server.process.terminate()
            for server in servers:
                server.process.wait()


main()
