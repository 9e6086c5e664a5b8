#!/usr/bin/env python3
"""An invented press on loopback: RSS feeds that get an item each few seconds, and their pages.

press.py PORT [DELAY] [EVERY] [STARTED]

Feeds are /feed/0, /feed/1, …, as many as are asked for. An answer takes DELAY seconds (0.2), each
feed has a new item each EVERY seconds (5), counted from the moment STARTED (now).

Every answer takes a moment, so that a daemon with many feeds is always in the middle of something.
"""

import http.server
import sys
import time

WINDOW = 20


def items(feed):
    newest = WINDOW + int((time.time() - STARTED) / ITEM_EVERY_S)
    for number in range(newest, newest - WINDOW, -1):
        at = STARTED + (number - WINDOW) * ITEM_EVERY_S
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))
        link = f"http://127.0.0.1:{PORT}/nieuws/{feed}-{number}"
        yield (
            f"<item><guid>{link}</guid><link>{link}</link><pubDate>{date}</pubDate>"
            f"<title>Brugwachter {feed} telt schip {number}</title>"
            f"<description>De brugwachter van sluis {feed} zag vandaag schip nummer {number} "
            "voorbijvaren en schreef het op.</description></item>"
        )


def page(name):
    told = "".join(
        f"<p>Om {hour} uur kwam een schip de sluis binnen, en de brugwachter vroeg de schipper "
        f"waar de reis heen ging. Die noemde een haven in het noorden, met {hour} kisten vis aan "
        "boord, en wachtte geduldig tot het water hoog genoeg stond.</p>"
        for hour in range(6, 18)
    )
    return (
        f"<!DOCTYPE html><html lang=nl><head><title>Schip {name}</title></head><body><main>"
        f"<article><h1>Brugwachter telt schip {name}</h1>{told}</article></main></body></html>"
    )


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(DELAY_S)
        parts = self.path.strip("/").split("/")
        if parts[0] == "nieuws":
            self.reply(200, "text/html; charset=utf-8", page(parts[-1]).encode())
            return
        if parts[0] != "feed" or len(parts) != 2:
            self.reply(404, "text/plain", b"nothing here\n")
            return
        body = "".join(items(parts[1]))
        title = f"De Sluisbode {parts[1]}"
        feed = f'<rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'
        self.reply(200, "application/rss+xml", feed.encode())

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Press(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that was killed hangs up; that is what it is for."""


PORT = int(sys.argv[1])
DELAY_S, ITEM_EVERY_S, STARTED = (
    float(sys.argv[at]) if len(sys.argv) > at else default
    for at, default in ((2, 0.2), (3, 5), (4, time.time()))
)
Press(("127.0.0.1", PORT), Answer).serve_forever()
