#!/usr/bin/env python3
"""Makes a large archive, backs it up while articles come in, and looks at what that costs.

backup-test.py BIN [MEGABYTES] [FOLDER]     1000 MB in a temporary folder, unless said otherwise

With a FOLDER the archive is made there, stays, and is used again by the next run.

Imports generated articles until the archive has that size, lets the daemon poll an invented press on
loopback, and takes the time from the moment at which the press announces an item to the moment at
which another program finds it in the archive: for a minute without a backup, and while backups are
made. The last backup is put back elsewhere and verified. Exits with 1 when the 95th percentile is
more than doubled, when the copy is not whole, or when `verify --quick` takes over 10 s a GB. What
the daemon has to catch up with after the import, it may for WAIT_S seconds (600). Takes a quarter of an
hour and more, and four times the size on disk.
"""

import contextlib
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from loopback import Home, free_port

BIN = str(pathlib.Path(sys.argv[1]).resolve())
SIZE_BYTES = int(float(sys.argv[2]) * 1e6) if len(sys.argv) > 2 else 1_000_000_000
FOLDER = sys.argv[3] if len(sys.argv) > 3 else None

N_FEEDS = 8
PRESS = ["0.02", "1"]  # answers within 20 ms, a new item a feed each second
BASE_S = 60
BACKUPS_S = 60
WAIT_S = float(os.environ.get("WAIT_S", "600"))
FILE_ARTICLES = 10_000

here = pathlib.Path(__file__).resolve().parent
chance = random.Random(7)


def vocabulary():
    starts, cores, ends = "b br d dr g h k kl l m n p r s st t v w z".split(), "aa ee ie oe ui a e o u".split(), "k l m n p r s t st cht".split()
    part = lambda: chance.choice(starts) + chance.choice(cores) + chance.choice(ends)
    return ["".join(part() for _ in range(chance.choice((1, 1, 2, 2, 3)))) for _ in range(30_000)]


def article(number, words):
    # A few words are frequent and most are rare, as in any language.
    text = " ".join(words[int(len(words) * chance.random() ** 3)] for _ in range(chance.randint(300, 1800)))
    day = 1 + number % 28
    return {
        "title": " ".join(chance.choice(words) for _ in range(7)),
        "text": text,
        "url": f"https://archief.example/nieuws/{number}",
        "date": f"20{10 + number // 28 % 12:02}-{1 + number // 336 % 12:02}-{day:02}T08:00:00Z",
    }


def fill(home):
    """Imports articles until the archive is large enough."""
    words, n, began = vocabulary(), 0, time.time()
    database = home.folder / "archive" / "archive.db"
    while not database.exists() or database.stat().st_size < SIZE_BYTES:
        file = home.folder / "oud.jsonl"
        with open(file, "w") as lines:
            for number in range(n, n + FILE_ARTICLES):
                lines.write(json.dumps(article(number, words)) + "\n")
        n += FILE_ARTICLES
        if home.start("import", str(file)).wait() != 0:
            sys.exit(f"the import failed, see {home.folder / 'log'}")
        file.unlink()
        print(f"\r{n} articles, {database.stat().st_size / 1e6:.0f} MB", end="", flush=True)
    print(f", after {time.time() - began:.0f} s")


class Watch(threading.Thread):
    """Notes when each item of the press is found in the archive."""

    def __init__(self, home):
        super().__init__(daemon=True)
        self.path, self.found, self.is_over = home.folder / "archive" / "archive.db", [], False

    def run(self):
        archive = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        (last,) = archive.execute("SELECT max(article_rowid) FROM articles").fetchone()
        rows = "SELECT article_rowid, url FROM articles WHERE article_rowid > ? ORDER BY 1"
        while not self.is_over:
            for last, url in archive.execute(rows, (last,)).fetchall():
                self.found.append((url, time.time()))
            time.sleep(0.01)


def published(url, started):
    """When the press announced this; None for what it had from the start."""
    number = int(url.rsplit("-", 1)[1])
    return started + (number - 20) * float(PRESS[1]) if number > 20 else None


def latencies(watch, started, since, until):
    announced = ((published(url, started), at) for url, at in list(watch.found))
    return sorted(at - announced for announced, at in announced if announced and since <= announced < until)


def percentile(values, share):
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def wait_until_idle(daemon):
    """The names and stories of what was imported are looked for first, within limits."""
    stat = pathlib.Path(f"/proc/{daemon.pid}/stat")
    ticks = lambda: sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13]))
    began = time.time()
    while time.time() - began < WAIT_S:
        before = ticks()
        time.sleep(10)
        if ticks() - before < 300:
            print(f"the daemon caught up after {time.time() - began:.0f} s")
            return
    print(f"the daemon was still looking for names and stories after {WAIT_S} s")


def back_up(home, target):
    """Backups, one after the other, for a minute at least; how long each took, and the longest log."""
    took, log_max, began = [], 0, time.time()
    log = home.folder / "archive" / "archive.db-wal"
    while time.time() - began < BACKUPS_S:
        begun = time.time()
        running = home.start("backup", str(target))
        while running.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                log_max = max(log_max, log.stat().st_size)
            time.sleep(0.05)
        if running.returncode != 0:
            sys.exit(f"the backup failed, see {home.folder / 'log'}")
        took.append(time.time() - begun)
    return took, log_max


def timed(home, *arguments):
    began = time.time()
    code = home.start(*arguments).wait()
    return code, time.time() - began


def judge(home, target, size_bytes):
    """Puts the backup back elsewhere and verifies it; what is wrong, a line each."""
    other = Home(BIN, home.folder / "terug", 1, 0)
    wrong = []
    code, seconds = timed(other, "restore", str(target))
    print(f"restore, with its index built anew: {seconds:.0f} s")
    if code != 0:
        return ["the backup cannot be restored"]
    code, seconds = timed(other, "verify")
    print(f"verify of the restored copy: {seconds:.0f} s")
    if code != 0:
        wrong.append("the restored copy is not whole")
    code, seconds = timed(other, "verify", "--quick")
    each = seconds / (size_bytes / 1e9)
    print(f"verify --quick: {seconds:.1f} s, {each:.1f} s a GB")
    if code != 0 or each > 10:
        wrong.append("verify --quick fails, or takes over 10 s a GB")
    return wrong


def measure(home, started):
    daemon = home.start("run")
    try:
        time.sleep(3)
        wait_until_idle(daemon)
        watch = Watch(home)
        watch.start()
        time.sleep(5)
        since = time.time()
        time.sleep(BASE_S)
        until = time.time()
        target = home.folder / "kopie.db"
        took, log_max = back_up(home, target)
        end = time.time()
        time.sleep(15)
        watch.is_over = True
        alone, beside = latencies(watch, started, since, until), latencies(watch, started, until, end)
    finally:
        daemon.terminate()
        daemon.wait()
    for what, values in (("without a backup", alone), ("beside backups", beside)):
        middle, late = percentile(values, 0.5), percentile(values, 0.95)
        print(f"announced to stored, {what}: p50 {middle:.2f} s, p95 {late:.2f} s, of {len(values)}")
    print(f"{len(took)} backups of {statistics(took)} s; the log grew to {log_max / 1e6:.0f} MB")
    ratio = percentile(beside, 0.95) / percentile(alone, 0.95)
    print(f"p95 beside backups is {ratio:.2f} times that without")
    return [] if ratio <= 2 else ["the 95th percentile is more than doubled"]


def statistics(values):
    return f"{min(values):.0f} to {max(values):.0f}"


@contextlib.contextmanager
def place():
    if FOLDER:
        pathlib.Path(FOLDER).mkdir(parents=True, exist_ok=True)
        yield FOLDER
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield folder


def main():
    with place() as folder:
        port = free_port()
        home = Home(BIN, folder, port, N_FEEDS)
        for left in ("terug", "kopie.db"):
            path = home.folder / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        (home.folder / "terug").mkdir()
        fill(home)
        started = time.time()
        press = subprocess.Popen([sys.executable, str(here / "press.py"), str(port), *PRESS, str(started)])
        try:
            time.sleep(1)
            wrong = measure(home, started)
        finally:
            press.kill()
        size_bytes = (home.folder / "archive" / "archive.db").stat().st_size
        print(f"archive of {size_bytes / 1e6:.0f} MB")
        wrong += judge(home, home.folder / "kopie.db", size_bytes)
    for line in wrong or ["all holds"]:
        print(line)
    return 1 if wrong else 0


sys.exit(main())
