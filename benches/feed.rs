//! What reading a feed costs, next to feed-rs alone and to a mere loop over the events of its XML.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use knipsel::parse::feed;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Written for this bench, in the manner of a news feed: `n` items of about 1.5 kB.
fn document(n: usize) -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>De Dijkbode</title>\
         <link>https://dijkbode.example/</link><language>nl</language><ttl>15</ttl>\n",
    );
    let sentence = "De gemeenteraad stemde na een debat van vijf uur in met de bouw van woningen \
                    op het oude fabrieksterrein, waar café ‘De Brug’ nu nog staat. ";
    for item in 0..n {
        let _ = writeln!(
            feed,
            "<item><title>Raad stemt in met bouw &amp; sloop op terrein {item}</title>\
             <link>https://dijkbode.example/binnenland/{item}/raad?utm_source=rss&amp;utm_medium=x</link>\
             <guid isPermaLink=\"false\">artikel-{item}</guid><dc:creator>Jo van Dijk</dc:creator>\
             <category>Binnenland</category><category>Wonen</category>\
             <pubDate>Mon, 14 Feb 2022 10:{:02}:00 +0100</pubDate>\
             <media:content url=\"https://dijkbode.example/f/{item}.jpg\" type=\"image/jpeg\"/>\
             <description>&lt;p&gt;{sentence}&lt;/p&gt;</description>\
             <content:encoded><![CDATA[<p>{}</p>]]></content:encoded></item>",
            item % 60,
            sentence.repeat(6),
        );
    }
    feed.push_str("</channel></rss>\n");
    feed
}

fn events(document: &str) -> usize {
    let mut reader = Reader::from_str(document);
    let mut n_events = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return n_events,
            _ => n_events += 1,
        }
    }
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("feed");
    for n_items in [30, 1000] {
        let document = document(n_items);
        let url = "https://dijkbode.example/rss";
        let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.bench_function(format!("ladder/{n_items}"), |bencher| {
            bencher.iter(|| feed::parse(black_box(document.as_bytes()), url, None).unwrap());
        });
        group.bench_function(format!("feed-rs/{n_items}"), |bencher| {
            bencher.iter(|| parser.parse(black_box(document.as_bytes())).unwrap());
        });
        group.bench_function(format!("events/{n_items}"), |bencher| {
            bencher.iter(|| events(black_box(&document)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
