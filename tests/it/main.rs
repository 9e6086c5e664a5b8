//! Tests of the whole program, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it is")]

// What the tests stand on.
mod names; // who and what texts name, and how well that is told
mod news; // invented Dutch news, written as RSS and Atom
mod program; // the real binary, in a home of its own
mod web; // a scripted web on loopback that records what it was asked

// What they say.
#[cfg(target_os = "linux")] // a full disk
mod alarm; // what is told to the owner, once
mod architecture; // the rules of the house
mod ask; // importing, finding, showing; hostile input; what goes wrong
mod coverage; // the ledger: what may have been missed
mod crash; // kills, a lost index, two daemons, stopping
mod daemon; // around the clock: reload, search within seconds, politeness
mod demo; // the README's first command
mod doctor; // that each thing it looks at can be found wrong
mod errors; // what fails, moves, is gone or asks for patience
mod evidence; // what is kept as servers sent it
mod explore; // pages of hits, counts over time, concordances, trends
mod export; // corpora: whole, repeatable, resumable; references
mod extract; // article pages: text, metadata, walls, hostile ones
#[cfg(target_os = "linux")] // name spaces, /dev/full, limits of a shell
mod fault; // disk, files, limits and kills against us, each by its name
mod feed; // the feed list: adding, changing, testing, exchanging
mod history; // how articles changed: edits listed, and word by word
#[cfg(target_os = "linux")] // all of 127.0.0.0/8 is loopback there, and there is /proc
mod hostile; // servers that are broken or mean, and that nobody else notices
mod identity; // what articles are known by, and what that survives
mod laws; // what holds of anything at all that comes in
mod merge; // two archives made one, and nothing doubled
mod monitor; // health and counts, for whoever watches over the daemon
#[cfg(target_os = "linux")]
mod outage; // our own network goes away and comes back
mod pager; // a terminal, and what is longer than a screen of it
mod pages; // the pages of articles: full texts, every edit, and nothing that is none
#[cfg(target_os = "linux")]
mod politeness; // 300 feeds, 20 hosts, restarts and clock jumps: the gaps between requests
mod poll; // one pass: what is new, what changed, what failed
mod prune; // what is deleted where the owner says so, and nothing else
mod repair; // gaps, looked up elsewhere, by itself and on demand
mod schema; // the public views, and how questions are looked up
mod simulation; // weeks of polling on a virtual clock: what is missed, and the laws
mod stories; // which articles are one story, and that it stays so
mod systemd; // the unit, and what the service manager is told
mod upkeep; // backups, putting one back, checking that all is whole
mod watch; // saved searches: each article is told once
mod websub; // hubs that push: asked, confirmed, believed when they sign
