//! What hosts said of themselves, kept for a day: their rules for robots, and what they reserve.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::fetch::HostFile;
use crate::model::time::Timestamp;

/// RFC 9309 section 2.4: no longer than a day.
pub(super) const FRESH_FOR: Duration = Duration::from_secs(86_400);

/// What all that is remembered of a kind may take, roughly; then the oldest are forgotten and read
/// anew.
const MEMORY_BYTES_MAX: usize = 8 << 20;

/// What is kept of a host.
pub(super) trait Remembered: Serialize + DeserializeOwned {
    /// When it was read.
    fn read_at(&self) -> Timestamp;

    /// When it is read again.
    fn again_at(&self) -> Timestamp;

    /// What it takes in memory, roughly.
    fn n_bytes(&self) -> usize;
}

/// What is remembered of the hosts asked of late.
#[derive(Debug)]
pub(super) struct Cache<T> {
    table: Mutex<Table<T>>,
}

#[derive(Debug)]
struct Table<T> {
    hosts: HashMap<String, Entry<T>>,
    /// Read since it was last asked what was.
    new: HashSet<String>,
    n_bytes: usize,
    n_uses: u64,
}

#[derive(Debug)]
struct Entry<T> {
    slot: Slot<T>,
    n_bytes: usize,
    last_use: u64,
}

/// Held while it is read, so that those who need it meanwhile wait instead of asking too.
type Slot<T> = Arc<tokio::sync::Mutex<Option<Arc<T>>>>;

impl<T> Default for Cache<T> {
    fn default() -> Self {
        let table = Table { hosts: HashMap::new(), new: HashSet::new(), n_bytes: 0, n_uses: 0 };
        Self { table: Mutex::new(table) }
    }
}

impl<T: Remembered> Cache<T> {
    /// What the file at `url` said: from memory while that is fresh at `now`, else what `read`
    /// brings, which is given what was known before.
    pub(super) async fn get(
        &self,
        url: &str,
        now: Timestamp,
        read: impl AsyncFnOnce(Option<Arc<T>>) -> T,
    ) -> Arc<T> {
        let slot = self.slot(url);
        let mut known = slot.lock().await;
        if let Some(known) = known.as_ref().filter(|known| is_fresh(known.again_at(), now)) {
            return Arc::clone(known);
        }
        let new = Arc::new(read(known.clone()).await);
        *known = Some(Arc::clone(&new));
        self.weigh(url, new.n_bytes());
        self.table().new.insert(url.to_owned());
        new
    }

    /// Takes up what was read before this process was started.
    pub(super) fn recall(&self, file: &HostFile) {
        // Written by another version, it is read anew.
        let Ok(known) = serde_json::from_str::<T>(&file.json) else { return };
        let slot = self.slot(&file.url);
        let Ok(mut place) = slot.try_lock() else { return };
        self.weigh(&file.url, known.n_bytes());
        *place = Some(Arc::new(known));
    }

    /// What was read since this was last asked.
    pub(super) fn take_new(&self) -> Vec<HostFile> {
        let mut table = self.table();
        let new = std::mem::take(&mut table.new);
        let file = |url: String| {
            // What is being read again is new again after that.
            let known = table.hosts.get(&url)?.slot.try_lock().ok()?.clone()?;
            let json = serde_json::to_string(&*known).ok()?;
            Some(HostFile { url, read_at: known.read_at(), json })
        };
        new.into_iter().filter_map(file).collect()
    }

    fn table(&self) -> MutexGuard<'_, Table<T>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, url: &str) -> Slot<T> {
        let mut table = self.table();
        table.n_uses += 1;
        let last_use = table.n_uses;
        if let Some(entry) = table.hosts.get_mut(url) {
            entry.last_use = last_use;
            return Arc::clone(&entry.slot);
        }
        let entry = Entry { slot: Slot::default(), n_bytes: 0, last_use };
        let slot = Arc::clone(&entry.slot);
        table.hosts.insert(url.to_owned(), entry);
        slot
    }

    /// Takes up the size of one, and forgets those not used for longest while it is too much.
    fn weigh(&self, url: &str, n_bytes: usize) {
        let mut table = self.table();
        let Some(entry) = table.hosts.get_mut(url) else { return };
        let before = std::mem::replace(&mut entry.n_bytes, n_bytes);
        table.n_bytes = table.n_bytes - before + n_bytes;
        while table.n_bytes > MEMORY_BYTES_MAX {
            let oldest = table.hosts.iter().min_by_key(|(_, entry)| entry.last_use);
            let Some(oldest) = oldest.map(|(url, _)| url.clone()) else { break };
            table.new.remove(&oldest);
            if let Some(entry) = table.hosts.remove(&oldest) {
                table.n_bytes -= entry.n_bytes;
            }
        }
    }
}

/// A clock that was set back must not keep it for longer.
fn is_fresh(again_at: Timestamp, now: Timestamp) -> bool {
    now < again_at && now.plus(FRESH_FOR) >= again_at
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Large;

    impl Remembered for Large {
        fn read_at(&self) -> Timestamp {
            Timestamp::default()
        }

        fn again_at(&self) -> Timestamp {
            Timestamp::default().plus(FRESH_FOR)
        }

        fn n_bytes(&self) -> usize {
            1 << 20
        }
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let cache = Cache::default();
        for n in 0..20 {
            let url = format!("https://krant{n}.nl/robots.txt");
            cache.get(&url, Timestamp::default(), async |_| Large).await;
        }
        let table = cache.table.lock().unwrap();
        assert!(table.n_bytes <= MEMORY_BYTES_MAX && !table.hosts.is_empty(), "{}", table.n_bytes);
        assert_eq!(table.n_bytes, table.hosts.values().map(|entry| entry.n_bytes).sum::<usize>());
        assert!(table.hosts.contains_key("https://krant19.nl/robots.txt"));
        assert!(!table.hosts.contains_key("https://krant0.nl/robots.txt"));
    }
}
