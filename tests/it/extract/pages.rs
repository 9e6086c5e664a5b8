//! Invented pages in the shape of real ones.

/// An article with all that usually stands around one.
pub(super) const ARTICLE: &str = r#"<!doctype html>
<html lang="nl-NL"><head><meta charset="utf-8">
<title>Sluis bij Hulst twee weken dicht - Zeeklei</title>
<meta property="og:site_name" content="Zeeklei">
<meta property="og:title" content="Sluis bij Hulst twee weken dicht - Zeeklei">
<meta property="og:type" content="article">
<meta property="og:image" content="https://beeld.zeeklei.example/sluis.jpg">
<meta name="description" content="De sluis bij Hulst gaat maandag twee weken dicht voor onderhoud.">
<link rel="canonical" href="https://www.zeeklei.example/regio/4401234-sluis-dicht">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"WebSite","name":"Zeeklei"},
{"@type":["NewsArticle"],"headline":"Sluis bij Hulst twee weken dicht",
 "datePublished":"2026-03-02T07:15:00+01:00","dateModified":"2026-03-02T09:40:00+01:00CET",
 "author":[{"@type":"Person","name":"Pieter de Rooij"},{"@type":"Person","name":"Fenna Bos"}],
 "sourceOrganization":{"@type":"Organization","name":"ANP"},
 "articleSection":"Regio","keywords":["scheepvaart","Hulst"],"isAccessibleForFree":"True",}
]}</script></head>
<body class="page"><div class="cookie-banner" role="dialog"><p>Wij gebruiken cookies om de site te verbeteren.</p><button>Akkoord</button></div>
<header><nav class="main-menu"><ul><li><a href="/">Voorpagina</a></li><li><a href="/regio">Regio</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article class="article">
<h1>Sluis bij Hulst twee weken dicht</h1>
<p class="byline">Door <a href="/auteur/1">Pieter de Rooij</a> en <a href="/auteur/2">Fenna Bos</a> <time datetime="2026-03-02T07:15:00+01:00">2 maart 2026, 07.15</time></p>
<figure><img src="sluis.jpg"><figcaption>De sluis in de winter. Foto: Jo van Dam / ANP</figcaption></figure>
<div class="article-body">
<p class="intro"><strong>De sluis bij Hulst gaat maandag twee weken dicht voor onderhoud. Wie met een boot van west naar oost wil, moet in die tijd omvaren.</strong></p>
<p>Schippers varen om via Terneuzen, wat hun volgens het waterschap gemiddeld drie uur kost. De deuren van de sluis zijn na veertig jaar sterk versleten en sluiten niet goed meer.</p>
<div class="ad-slot"><span>Advertentie</span></div>
<h2>Geen andere weg</h2>
<p>Een woordvoerder van het waterschap zegt dat er is gezocht naar een oplossing waarbij kleine boten er nog door kunnen. „Dat bleek te gevaarlijk voor de duikers die onder water aan het werk zijn.”</p>
<aside class="related"><h3>Lees ook</h3><ul><li><a href="/regio/4400001">Brug bij Sas van Gent weer open</a></li><li><a href="/regio/4400002">Meer boten op het kanaal dan ooit</a></li></ul></aside>
<blockquote><p>We hadden liever in de zomer gewerkt, maar dan varen hier vierhonderd boten per dag.</p></blockquote>
<p>Het onderhoud heeft drie delen:</p>
<ul><li>de deuren worden vervangen door nieuwe van staal;</li><li>de motoren krijgen een grote beurt;</li><li>de bediening gaat voortaan op afstand.</li></ul>
<p>Op 16 maart moet de sluis weer open zijn. Het werk kost ruim twee miljoen euro, dat het waterschap en de provincie samen betalen.</p>
<!-- slot -->
</div>
<div class="share-bar"><a href="/deel">Delen op Facebook</a> <a href="/deel">Kopieer link</a></div>
<div class="newsletter-signup"><p>Elke ochtend het nieuws uit de streek? Schrijf je in voor onze nieuwsbrief.</p></div>
</article></main>
<section class="comments"><h2>2 reacties</h2><div class="comment"><p>Ze hadden dit echt veel eerder moeten doen, ik vaar al jaren om.</p></div><div class="comment"><p>Mooi dat het eindelijk gebeurt, mijn opa werkte nog aan die sluis.</p></div></section>
<footer><p>© 2026 Zeeklei. Alle rechten voorbehouden.</p></footer></body></html>"#;

/// A consent gate as publishers put before their sites.
pub(super) const GATE: &str = r#"<!doctype html><html lang="nl"><head><title>Streekpers Privacy Gate</title></head>
<body><h1>Streekpers vraagt toestemming</h1><p>Wij en onze partners gebruiken cookies om inhoud en advertenties aan te passen aan uw voorkeuren.</p><p>U kunt uw keuze altijd wijzigen onderaan elke pagina van onze sites.</p><button>Akkoord</button><button>Instellen</button></body></html>"#;

/// A form in place of the article.
pub(super) const LOG_IN: &str = r#"<!doctype html><html lang="nl"><head><title>Inloggen bij Zeeklei</title></head>
<body><h1>Log in om verder te gaan</h1><form action="/account"><label>E-mailadres <input name="mail"></label><label>Wachtwoord <input type="password" name="word"></label><button>Verder</button></form><p>Nog geen account? Maak er een aan, dat kost niets en duurt een minuut.</p></body></html>"#;

/// A test for robots.
pub(super) const ROBOT: &str = r#"<!doctype html><html lang="en"><head><title>Just a moment...</title></head>
<body><div id="challenge-running"><h2>Checking whether the connection is secure</h2><p>www.zeeklei.example needs to review the security of your connection before proceeding.</p></div></body></html>"#;

/// An error page that came with status 200.
pub(super) const NOT_FOUND: &str = r#"<!doctype html><html lang="nl"><head><title>Zeeklei</title></head>
<body><nav><a href="/">Voorpagina</a></nav><main><h1>Pagina niet gevonden</h1><p>Het artikel dat u zoekt is verplaatst of verwijderd. Misschien vindt u het op de voorpagina terug.</p></main></body></html>"#;

/// The beginning of an article, and an offer.
pub(super) const PAID: &str = r#"<!doctype html><html lang="nl"><head><title>Kade wil geen terras</title>
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Kade wil geen terras","isAccessibleForFree":"False","datePublished":"2026-05-04T05:00:00+02:00","author":"Jo van Dam"}</script></head>
<body><main><article><h1>Kade wil geen terras</h1>
<p class="intro">De bewoners van de Kade zien een terras voor hun deur niet zitten. Morgen besluit de raad over het plan van de horeca.</p>
<p>Aan de Kade is het op een doordeweekse ochtend stil. Een vrouw laat haar hond uit, een man veegt het trottoir voor zijn huis. ‘Zo willen wij het houden’, zegt hij, en hij wijst naar de overkant van het water.</p>
<div class="paywall"><h2>Verder lezen?</h2><p>Dit artikel is exclusief voor abonnees. Neem een abonnement en lees direct verder.</p><p>Al abonnee? Log dan in.</p><a href="/abonneren">Word abonnee vanaf € 2 per week</a></div>
</article></main></body></html>"#;
