//! The news sitemap of an outlet: named in the feed list, or by the robots.txt of its site.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::coverage::evidence;
use crate::fetch::{self, Request};
use crate::model::article::{IdentityKey, Source};
use crate::model::capture::digest;
use crate::model::feed::{Feed, Validators};
use crate::model::time::Timestamp;
use crate::parse::sitemap::{self, Child, Sitemap};
use crate::repair::take::{self, Listing};
use crate::repair::{Read, Search};
use crate::store::{Error, FeedId};

/// Sitemaps without a single news article after which the site is taken to have no news sitemap:
/// the others of a large site list all pages it ever had.
const BARREN_MAX: usize = 4;

/// Words in the address of a news sitemap, which is read before the others.
const NEWS_WORDS: [&str; 5] = ["news", "nieuws", "actueel", "latest", "recent"];

/// What the sitemaps read so far list.
#[derive(Default)]
struct Listed {
    keys: HashSet<IdentityKey>,
    dates: Vec<Timestamp>,
    /// Why they prove nothing, whatever they list.
    flaw: Option<&'static str>,
}

impl Listed {
    /// How far back they reach. One in a hundred may be older: an article that is kept in the list.
    fn oldest_at(&mut self) -> Timestamp {
        self.dates.sort_unstable();
        self.dates.get(self.dates.len() / 100).copied().unwrap_or_default()
    }
}

impl Search<'_> {
    /// Reads sitemaps until all gaps are filled, or there are no more that may have them.
    pub(super) async fn read_sitemaps(&mut self) -> Result<(), Error> {
        let mut queue = self.sitemaps().await;
        let mut visited = HashSet::new();
        let mut listed = Listed::default();
        let (mut n_barren, n_before) = (0, self.report.documents.len());
        while self.is_anything_open()
            && self.may_read(n_before)
            && n_barren < BARREN_MAX
            && let Some((url, feed)) = queue.pop_front()
        {
            if !visited.insert(url.clone()) {
                continue;
            }
            let Some((sitemap, listing)) = self.sitemap(&url, &feed).await else { continue };
            let is_news = !listing.candidates.is_empty();
            n_barren += usize::from(sitemap.sitemaps.is_empty() && !is_news);
            let n_listed = sitemap.sitemaps.len() + listing.candidates.len();
            for child in self.worthwhile(sitemap.sitemaps).into_iter().rev() {
                queue.push_front((child.url, Arc::clone(&feed)));
            }
            listed.dates.extend(listing.dates());
            if is_news && sitemap.is_cut {
                listed.flaw = Some("is cut off");
            } else if listing.has_undated() {
                listed.flaw = Some("does not say of each article when it was published");
            }
            let (keys, taken) = self.take(listing, |_| true).await?;
            listed.keys.extend(keys);
            self.told(Read { url: url.clone(), result: Ok(n_listed), n_new: taken.n_new });
            if is_news {
                self.conclude_sitemaps(&url, &mut listed);
            }
        }
        Ok(())
    }

    fn is_anything_open(&self) -> bool {
        self.wants.iter().any(super::Open::is_open)
    }

    /// Where to begin, and by which feed it is known: where the feeds with gaps say, or else where the
    /// robots.txt of their sites do, news sitemaps first.
    async fn sitemaps(&self) -> VecDeque<(String, Arc<Feed>)> {
        let open = self.wants.iter().filter(|open| open.is_open());
        let feeds: Vec<Arc<Feed>> = open.map(|open| Arc::clone(&open.want.feed)).collect();
        let named = |feed: &Arc<Feed>| Some((feed.sitemap.clone()?, Arc::clone(feed)));
        let mut found: Vec<(String, Arc<Feed>)> = feeds.iter().filter_map(named).collect();
        if !found.is_empty() {
            return found.into();
        }
        let mut asked: Vec<String> = Vec::new();
        for feed in feeds {
            let site = feed.site.as_deref().unwrap_or(&feed.url);
            if asked.iter().any(|other| fetch::is_same_origin(other, site)) {
                continue;
            }
            asked.push(site.to_owned());
            let request = Request {
                url: site,
                validators: &Validators::default(),
                user_agent: feed.user_agent.as_deref(),
                now: (self.context.clock)(),
            };
            let listed = self.context.client.sitemaps(&request).await;
            found.extend(listed.into_iter().map(|url| (url, Arc::clone(&feed))));
        }
        found.sort_by_key(|(url, _)| !is_newsy(url));
        found.into()
    }

    /// Those of an index that may list what is wanted: not those last changed before it.
    fn worthwhile(&self, mut children: Vec<Child>) -> Vec<Child> {
        let from = self.wants.iter().filter(|open| open.is_open()).map(|open| open.want.range.from);
        let from = from.min().unwrap_or_default();
        let changed_at = |child: &Child| child.modified.map(|date| date.at);
        children.retain(|child| child.modified.is_none_or(|date| date.ends_at() > from));
        children.sort_by_key(|child| (!is_newsy(&child.url), std::cmp::Reverse(changed_at(child))));
        children.truncate(self.context.documents_max);
        children
    }

    async fn sitemap(&mut self, url: &str, feed: &Feed) -> Option<(Sitemap, Listing)> {
        let (bytes, response) = self.get(url, feed).await?;
        let told = url.to_owned();
        let (feed, url, final_url) = (feed.clone(), url.to_owned(), response.final_url.clone());
        let content_type = response.content_type.clone();
        let sites = self.sites().await;
        let _parser = self.context.parsers.acquire().await;
        let parsed = tokio::task::spawn_blocking(move || {
            sitemap::parse(&bytes, &final_url, content_type.as_deref()).map(|mut sitemap| {
                let articles = std::mem::take(&mut sitemap.articles);
                let source = Source::Sitemap;
                let mut candidates = take::candidates(&feed, source, &articles, None);
                if let Some(sites) = sites {
                    candidates.retain(|one| one.site().is_none_or(|site| sites.contains(&site)));
                }
                let digest = digest(&Sha256::digest(&bytes).into());
                (sitemap, Listing { source, url, digest, candidates })
            })
        })
        .await;
        let reason = match parsed {
            Ok(Ok(read)) => return Some(read),
            Ok(Err(error)) => error.to_string(),
            Err(error) => format!("reading the document failed: {error}"),
        };
        self.told(Read { url: told, result: Err(reason), n_new: 0 });
        None
    }

    /// The sites on which articles of the outlet are, where that is known: some groups have one sitemap
    /// for all their papers.
    async fn sites(&self) -> Option<HashSet<String>> {
        let site = |key: &IdentityKey| fetch::site(key.as_str().strip_prefix("u:")?);
        let listed = self.wants.iter().flat_map(|open| open.witnesses.values().flatten());
        let mut sites: HashSet<String> = listed.filter_map(site).collect();
        if sites.is_empty() {
            let feeds: HashSet<FeedId> = self.wants.iter().map(|open| open.want.id).collect();
            for id in feeds {
                let listed = self.listed_now(id).await.unwrap_or_default();
                sites.extend(listed.iter().filter_map(site));
            }
        }
        (!sites.is_empty()).then_some(sites)
    }

    fn conclude_sitemaps(&mut self, url: &str, listed: &mut Listed) {
        let oldest_at = listed.oldest_at();
        for open in self.wants.iter_mut().filter(|open| open.is_open()) {
            open.doubts.retain(|doubt| !doubt.starts_with("sitemap "));
            if let Some(flaw) = listed.flaw {
                open.doubts.push(format!("sitemap {url} {flaw}"));
                continue;
            }
            open.conclude(&format!("sitemap {url}"), |open, suspect| {
                let is_listed = |mark: &_| open.is_among(mark, &listed.keys);
                evidence::judge_wider(&suspect.witnesses, oldest_at, is_listed)?;
                evidence::judge_clock(&open.shifts)
            });
        }
    }
}

fn is_newsy(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    NEWS_WORDS.iter().any(|word| url.contains(word))
}
