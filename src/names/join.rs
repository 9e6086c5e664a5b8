//! The places where one name stands, in whatever form.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::names::Kind;
use crate::names::evidence::{ENOUGH, Scores};
use crate::names::gazetteer;
use crate::names::runs::{Part, Run};

/// All places together weigh no more than this: a name that stands often is not surer for it.
const AROUND_MAX: f32 = 6.0;

/// What it says of a name that somebody in the same text bears it.
const NAMESAKE: f32 = 2.5;

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) part: Part,
}

/// A name, all that speaks for what it names, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: String,
    surname: Option<usize>,
    own: Scores,
    around: Scores,
    pub(super) places: Vec<Place>,
    /// It stands only where it may be a word like any other.
    is_doubtful: bool,
}

impl Group {
    /// What it names, when that can be told.
    pub(super) fn kind(&self) -> Option<Kind> {
        if self.is_doubtful || self.places.is_empty() { None } else { self.scores().kind() }
    }

    fn scores(&self) -> Scores {
        let mut scores = self.own;
        scores.add(self.around.within(AROUND_MAX));
        // A chance meeting of two words does not come again.
        if self.surname.is_some() && self.places.len() > 1 {
            scores.person += 0.5;
        }
        scores
    }
}

/// Where in a list the group of a name is.
type ByName = HashMap<String, usize, RandomState>;

/// Brings runs of one name together.
pub(super) fn groups(runs: Vec<Run>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_name = ByName::default();
    for run in runs {
        let place = Place { start: run.start, part: run.part };
        if let Some(group) = by_name.get(&run.name).and_then(|at| groups.get_mut(*at)) {
            if !run.is_doubtful {
                group.around.add(run.around);
                group.is_doubtful = false;
            }
            group.places.push(place);
            continue;
        }
        by_name.insert(run.name.clone(), groups.len());
        groups.push(Group {
            name: run.name,
            surname: run.surname,
            own: run.own,
            around: run.around,
            places: vec![place],
            is_doubtful: run.is_doubtful,
        });
    }
    possessives(&mut groups, &by_name);
    last_words(&mut groups, &by_name);
    surnames(groups)
}

/// `Rutte` and `Ruttes`, `Trump` and `Trumps`: the second belongs to the first.
fn possessives(groups: &mut [Group], by_name: &ByName) {
    let joined: Vec<(usize, usize)> = groups
        .iter()
        .enumerate()
        .filter_map(|(at, group)| {
            let stem = group.name.strip_suffix('s')?;
            let is_known = gazetteer::get(&group.name).is_anything();
            by_name.get(stem).filter(|_| !is_known).map(|of| (at, *of))
        })
        .collect();
    merge(groups, &joined);
}

/// `de Commissie` is the `Europese Commissie` of the same text.
fn last_words(groups: &mut [Group], by_name: &ByName) {
    let joined: Vec<(usize, usize)> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.kind() == Some(Kind::Organization))
        .filter_map(|(at, group)| {
            let (_, last) = group.name.rsplit_once(' ')?;
            let short = by_name.get(last)?;
            let is_same = groups.get(*short)?.kind() == Some(Kind::Organization);
            (is_same && !gazetteer::get(last).is_anything()).then_some((*short, at))
        })
        .collect();
    merge(groups, &joined);
}

/// Somebody who is named in full.
struct Full {
    group: usize,
    /// Where, in their order.
    starts: Vec<usize>,
}

/// People by a word that may stand for them.
type ByWord = HashMap<String, Vec<usize>, RandomState>;

/// All who are named in full.
#[derive(Default)]
struct People {
    all: Vec<Full>,
    /// By their surname, and by its last word.
    by_surname: ByWord,
    by_given: ByWord,
}

impl People {
    fn of(groups: &[Group]) -> Self {
        let mut people = Self::default();
        for (at, group) in groups.iter().enumerate() {
            if group.kind() == Some(Kind::Person) {
                let _ = people.add(at, group);
            }
        }
        people
    }

    fn add(&mut self, at: usize, group: &Group) -> Option<()> {
        let surname = group.name.get(group.surname?..)?.to_lowercase();
        let given = group.name.split(' ').next()?.to_lowercase();
        let places = group.places.iter().filter(|place| place.part == Part::Text);
        let starts = places.map(|place| place.start).collect();
        let one = self.all.len();
        self.all.push(Full { group: at, starts });
        self.by_given.entry(given).or_default().push(one);
        if let Some((_, last)) = surname.rsplit_once(' ') {
            self.by_surname.entry(last.to_owned()).or_default().push(one);
        }
        self.by_surname.entry(surname).or_default().push(one);
        Some(())
    }

    fn with_surname(&self, word: &str) -> impl Iterator<Item = &Full> {
        self.by_surname.get(word).into_iter().flatten().filter_map(|at| self.all.get(*at))
    }
}

/// Those who may be meant by one word.
#[derive(Default)]
struct Meant {
    /// Where each is named in full, in that order.
    starts: Vec<(usize, usize)>,
    /// Who is named first.
    first: Option<usize>,
}

impl Meant {
    fn of<'f>(people: impl Iterator<Item = &'f Full>) -> Self {
        let mut starts = Vec::new();
        let mut first = None;
        for one in people {
            starts.extend(one.starts.iter().map(|start| (*start, one.group)));
            let own = (one.starts.first().copied(), one.group);
            first = Some(first.map_or(own, |first| own.min(first)));
        }
        starts.sort_unstable();
        Self { starts, first: first.map(|(_, group)| group) }
    }

    /// Of several with one surname, the one who was last named in full before `place`; before anybody
    /// was, the one who is named first.
    fn at(&self, place: Place) -> Option<usize> {
        let is_before = |(start, _): &(usize, usize)| *start < place.start;
        let n_before =
            if place.part == Part::Text { self.starts.partition_point(is_before) } else { 0 };
        let last = n_before.checked_sub(1).and_then(|last| self.starts.get(last));
        last.map(|(_, group)| *group).or(self.first)
    }
}

/// A surname alone, or a given name alone, is the person who is named in full.
fn surnames(mut groups: Vec<Group>) -> Vec<Group> {
    let people = People::of(&groups);
    let full: HashSet<usize, RandomState> = people.all.iter().map(|one| one.group).collect();
    // A name in several cases is asked for several times.
    let mut by_surname: HashMap<String, Meant, RandomState> = HashMap::default();
    for at in (0..groups.len()).filter(|at| !full.contains(at)) {
        let group = &groups[at];
        let short = group.name.to_lowercase();
        let given = match people.by_given.get(&short).map(Vec::as_slice) {
            Some([only]) if !group.is_doubtful && !people.by_surname.contains_key(&short) => {
                people.all.get(*only).map(|one| one.group)
            }
            _ => None,
        };
        // A place or body that bears the name of somebody stays what it is.
        let Scores { person, organization, place } = group.own;
        let other = organization.max(place);
        let is_known = given.is_some() || people.by_surname.contains_key(&short);
        if !is_known || other >= ENOUGH && other > person + NAMESAKE {
            continue;
        }
        let meant = by_surname.entry(short);
        let meant = meant.or_insert_with_key(|short| Meant::of(people.with_surname(short)));
        for place in std::mem::take(&mut groups[at].places) {
            if let Some(one) = given.or_else(|| meant.at(place)) {
                groups[one].places.push(place);
            }
        }
    }
    for group in &mut groups {
        group.places.sort_by_key(|place| (place.part, place.start));
    }
    groups
}

/// Puts the places of the first of each pair with those of the second.
fn merge(groups: &mut [Group], joined: &[(usize, usize)]) {
    for (from, to) in joined {
        let places = std::mem::take(&mut groups[*from].places);
        groups[*to].places.extend(places);
        groups[*to].places.sort_by_key(|place| (place.part, place.start));
    }
}
