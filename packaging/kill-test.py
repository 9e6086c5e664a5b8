#!/usr/bin/env python3
"""Kills knipsel at random moments and counts what is lost or doubled.

kill-test.py BIN [KILLS] [SEED]     50 kills of the daemon and 50 of `poll`, unless said otherwise

An invented press (press.py) announces a numbered item a feed each five seconds. After each kill no
article that could be found before it may be missing. In the end every feed must have all its
numbers, each once and with one revision, `verify` must find the archive whole, and the index must
have all of it. Exits with 0 when all holds and 1 when something does not.
"""

import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from loopback import Home, free_port

BIN = str(pathlib.Path(sys.argv[1]).resolve())
N_KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 50
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
N_FEEDS = 8

chance = random.Random(SEED)
here = pathlib.Path(__file__).resolve().parent


def kill_throughout(home, arguments, seconds_max, found):
    """Kills so many runs; what was found before may not be missing. Returns the kills that hit."""
    n_hits, n_lost = 0, 0
    for _ in range(N_KILLS):
        running = home.start(*arguments)
        time.sleep(chance.uniform(0.01, seconds_max))
        n_hits += running.poll() is None
        running.send_signal(signal.SIGKILL)
        running.wait()
        now = set(home.urls())
        n_lost += len(found - now)
        found |= now
    return n_hits, n_lost


def judge(home, found):
    """What is wrong in the end, a line each."""
    urls = home.urls()
    wrong = [f"{len(found - set(urls))} lost"] if found - set(urls) else []
    if len(urls) != len(set(urls)):
        wrong.append(f"{len(urls) - len(set(urls))} doubled")
    for feed in range(N_FEEDS):
        start = f"/nieuws/{feed}-"
        numbers = sorted(int(url.split(start)[1]) for url in urls if start in url)
        missing = set(range(numbers[0], numbers[-1] + 1)) - set(numbers) if numbers else {0}
        if missing:
            wrong.append(f"feed {feed} lacks {sorted(missing)}")
    revisions = home.ask("SELECT count(*) AS n FROM revisions")[0]["n"]
    if revisions != len(urls):
        wrong.append(f"{revisions} revisions of {len(urls)} articles")
    if home.start("verify").wait() != 0:
        wrong.append("verify fails")
    status = subprocess.run(
        [BIN, "status", "--format", "json", *home.options], capture_output=True, text=True
    )
    if json.loads(status.stdout)["index_behind"] != 0:
        wrong.append("the index is behind")
    return len(urls), wrong


def main():
    port = free_port()
    press = subprocess.Popen([sys.executable, str(here / "press.py"), str(port)])
    started = time.time()
    try:
        with tempfile.TemporaryDirectory() as folder:
            time.sleep(1)
            home, found = Home(BIN, folder, port, N_FEEDS), set()
            for arguments, seconds_max in ([["run"], 3.0], [["poll", "--all"], 2.0]):
                n_hits, n_lost = kill_throughout(home, arguments, seconds_max, found)
                print(f"{' '.join(arguments)}: {n_hits} of {N_KILLS} kills hit, {n_lost} lost", flush=True)
            if home.start("poll", "--all").wait() != 0:
                print("the last poll fails")
            n_articles, wrong = judge(home, found)
            seconds = round(time.time() - started)
            print(f"{n_articles} articles after {seconds} s, seed {SEED}")
            for line in wrong or ["nothing lost, nothing doubled, all whole"]:
                print(line)
            return 1 if wrong else 0
    finally:
        press.kill()


sys.exit(main())
