#!/usr/bin/env python3
"""Lets knipsel poll an invented press for long, and looks at its memory, files and processor time.

soak-test.py BIN [MINUTES] [FEEDS]     an hour with 30 feeds, unless said otherwise

Every feed has a new item each five seconds, and the press is asked without a pause, some five
requests a second. Exits with 1 when the last quarter has over 5 % more memory than the second, or more open
files; both are medians.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from loopback import Home, free_port

BIN = str(pathlib.Path(sys.argv[1]).resolve())
MINUTES = float(sys.argv[2]) if len(sys.argv) > 2 else 60
N_FEEDS = int(sys.argv[3]) if len(sys.argv) > 3 else 30

here = pathlib.Path(__file__).resolve().parent


def sample(pid):
    """Private memory in kB, open files, and ticks of processor time."""
    process = pathlib.Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line
    )
    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    n_files = len(list((process / "fd").iterdir()))
    return int(status["RssAnon"].split()[0]), n_files, int(fields[11]) + int(fields[12])


def main():
    port = free_port()
    press = subprocess.Popen([sys.executable, str(here / "press.py"), str(port)])
    try:
        with tempfile.TemporaryDirectory() as folder:
            time.sleep(1)
            home = Home(BIN, folder, port, N_FEEDS)
            daemon = home.start("run")
            samples, end = [], time.time() + 60 * MINUTES
            while time.time() < end:
                time.sleep(1)
                samples.append(sample(daemon.pid))
            daemon.terminate()
            code = daemon.wait()
            n_articles = home.ask("SELECT count(*) AS n FROM articles")[0]["n"]
    finally:
        press.kill()
    quarter = len(samples) // 4
    second, last = samples[quarter : 2 * quarter], samples[3 * quarter :]
    median = lambda part, at: statistics.median(one[at] for one in part)
    growth = 100 * (median(last, 0) / median(second, 0) - 1)
    n_more = median(last, 1) - median(second, 1)
    ticks = samples[-1][2] / len(samples)
    print(f"{n_articles} articles of {N_FEEDS} feeds in {MINUTES:g} min; it ended with {code}")
    print(f"memory {median(last, 0) / 1024:.1f} MiB in the last quarter, {growth:+.1f} % on the second")
    print(f"open files {median(last, 1):g} in the last quarter, {n_more:+g} on the second")
    print(f"processor {ticks:.1f} % of one core")
    return 1 if code or growth > 5 or n_more > 0 else 0


sys.exit(main())
