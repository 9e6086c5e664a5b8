//! Web pages: articles with all the furniture around them, home pages, an apology.

use quick_xml::escape::escape;
use serde_json::json;

use crate::press::outlets::Outlet;
use crate::press::render::{Item, each, html, rfc3339};
use crate::press::stories::Block;

/// What `/robots.txt` says.
pub(super) const ROBOTS: &str = "User-agent: *\nDisallow: /zoeken\nDisallow: /account/\n";

/// A page of an outlet: its chrome around something.
struct Page<'p> {
    outlet: &'p Outlet,
    title: &'p str,
    head: String,
    main: String,
}

/// The page of an article.
pub(super) fn article(outlet: &Outlet, item: &Item, blocks: &[Block], more: &[Item]) -> String {
    let section = item.categories.first().map_or("", String::as_str);
    let head = format!(
        r#"<link rel="canonical" href="{link}">
<meta name="description" content="{summary}">
<meta name="author" content="{author}">
<meta property="og:type" content="article">
<meta property="og:title" content="{title}">
<meta property="og:image" content="{image}">
<meta property="article:published_time" content="{published}">
<meta property="article:modified_time" content="{modified}">
<script type="application/ld+json">{metadata}</script>
"#,
        link = escape(&item.link),
        summary = escape(&item.summary),
        author = escape(&item.author),
        title = escape(&item.title),
        image = escape(&item.image),
        published = rfc3339(item.published),
        modified = rfc3339(item.modified),
        metadata = json_ld(outlet, item, section),
    );
    let main = format!(
        r#"<article>
<p class="kicker">{section}</p>
<h1>{title}</h1>
<p class="byline">Door <span rel="author">{author}</span> · <time datetime="{published}">{published}</time></p>
<figure><img src="{image}" alt=""><figcaption>Foto: archief {name}</figcaption></figure>
<p class="intro"><strong>{summary}</strong></p>
<div class="article-body">
{body}
</div>
<ul class="share"><li><a href="/account/delen">Deel dit artikel</a></li><li><a href="/account/bewaar">Bewaar</a></li></ul>
</article>
{more}"#,
        section = escape(section),
        title = escape(&item.title),
        author = escape(&item.author),
        published = rfc3339(item.published),
        image = escape(&item.image),
        name = escape(outlet.name),
        summary = escape(&item.summary),
        body = html(blocks),
        more = read_on(more),
    );
    page(&Page { outlet, title: &item.title, head, main })
}

/// The home page of an outlet: its feeds, as `link rel=alternate`, and its latest articles.
pub(super) fn home(outlet: &Outlet, base: &str, items: &[Item]) -> String {
    let main = format!("<h1>{}</h1>\n{}", escape(outlet.name), list(items));
    page(&Page { outlet, title: outlet.name, head: alternates(outlet, base), main })
}

/// The page that lists all outlets.
pub(super) fn newsstand(outlets: &[Outlet], base: &str) -> String {
    let head = each(outlets, |outlet| alternates(outlet, base));
    let links = each(outlets, |outlet| {
        let (slug, name) = (outlet.slug, escape(outlet.name));
        format!("<li><a href=\"/{slug}/\">{name}</a>: {}</li>\n", escape(outlet.motto))
    });
    format!(
        "<!doctype html>\n<html lang=\"nl\">\n<head><meta charset=\"utf-8\">\
         <title>De kiosk</title>\n{head}</head>\n<body><h1>De kiosk</h1>\n<ul>\n{links}</ul>\
         </body>\n</html>\n"
    )
}

/// A page without news, for when something is wrong.
pub(super) fn sorry(message: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"nl\"><head><title>Er ging iets mis</title></head>\n\
         <body><h1>Er ging iets mis</h1><p>{}</p><hr></body></html>\n",
        escape(message)
    )
}

fn page(page: &Page<'_>) -> String {
    let Page { outlet, title, head, main } = page;
    let (slug, name) = (outlet.slug, escape(outlet.name));
    format!(
        r#"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} | {name}</title>
{head}</head>
<body>
<div id="cookie-banner" role="dialog" aria-label="Cookies">
<p>{name} en haar partners plaatsen cookies om de site te verbeteren en advertenties te tonen.</p>
<button>Alles accepteren</button> <button>Instellen</button>
</div>
<header><a href="/{slug}/">{name}</a> <span>{motto}</span></header>
<nav><ul><li><a href="/{slug}/">Voorpagina</a></li><li><a href="/zoeken">Zoeken</a></li><li><a href="/account/">Inloggen</a></li></ul></nav>
<main>
{main}</main>
<aside><h3>Nieuwsbrief</h3><p>Elke ochtend het nieuws in uw mailbox.</p></aside>
<footer><p>© {name}. Alle rechten voorbehouden.</p><p><a href="/account/contact">Contact</a> <a href="/account/privacy">Privacy</a></p></footer>
</body>
</html>
"#,
        language = outlet.language,
        title = escape(*title),
        motto = escape(outlet.motto),
    )
}

fn json_ld(outlet: &Outlet, item: &Item, section: &str) -> String {
    let metadata = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "description": item.summary,
        "articleSection": section,
        "datePublished": rfc3339(item.published),
        "dateModified": rfc3339(item.modified),
        "author": [{ "@type": "Person", "name": item.author }],
        "publisher": { "@type": "NewsMediaOrganization", "name": outlet.name },
        "image": item.image,
        "mainEntityOfPage": item.link,
        "inLanguage": outlet.language,
        "isAccessibleForFree": true,
    });
    // `</script>` in a headline would end the element.
    metadata.to_string().replace("</", "<\\/")
}

fn read_on(more: &[Item]) -> String {
    if more.is_empty() {
        return String::new();
    }
    format!("<section class=\"related\"><h3>Lees ook</h3>\n{}</section>\n", list(more))
}

fn list(items: &[Item]) -> String {
    let links = each(items, |item| {
        format!("<li><a href=\"{}\">{}</a></li>\n", escape(&item.link), escape(&item.title))
    });
    format!("<ul>\n{links}</ul>\n")
}

fn alternates(outlet: &Outlet, base: &str) -> String {
    let media_type = outlet.format.media_type();
    each(outlet.channels, |channel| {
        format!(
            "<link rel=\"alternate\" type=\"{media_type}\" title=\"{} - {}\" href=\"{base}{}\">\n",
            escape(outlet.name),
            escape(channel.section.unwrap_or("Nieuws")),
            channel.path
        )
    })
}
