"""What the tests of this folder share that poll an invented press on loopback."""

import json
import pathlib
import socket
import subprocess

SETTINGS = """[fetch]
allow_hosts = ["127.0.0.1"]
host_gap = "0s"
[poll]
floor = "1s"
ceiling = "2s"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Home:
    """A home for the program `binary`, with a list of `n_feeds` feeds of the press at `port`."""

    def __init__(self, binary, folder, port, n_feeds):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        feeds = "".join(
            f'[[feed]]\nname = "sluis-{n}"\nurl = "http://127.0.0.1:{port}/feed/{n}"\n'
            'fulltext = "off"\n\n'
            for n in range(n_feeds)
        )
        (self.folder / "knipsel.toml").write_text(SETTINGS)
        (self.folder / "feeds.toml").write_text(feeds)
        self.options = [
            "--config", str(self.folder / "knipsel.toml"), "--feeds", str(self.folder / "feeds.toml"),
            "--archive", str(self.folder / "archive"), "--quiet",
        ]

    def start(self, *arguments):
        log = open(self.folder / "log", "ab")
        return subprocess.Popen([self.binary, *arguments, *self.options], stdout=log, stderr=log)

    def ask(self, sql):
        ran = subprocess.run(
            [self.binary, "sql", sql, "--format", "jsonl", *self.options], capture_output=True, text=True
        )
        return [json.loads(line) for line in ran.stdout.splitlines()] if ran.returncode == 0 else []

    def urls(self):
        return [row["url"] for row in self.ask("SELECT url FROM articles")]
