//! The places where one name stands, in whatever form.

use std::collections::HashMap;

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
    surname: String,
    given: String,
    /// Where.
    starts: Vec<usize>,
}

impl Full {
    fn of(at: usize, group: &Group) -> Option<Self> {
        let surname = group.name.get(group.surname?..)?.to_lowercase();
        let given = group.name.split(' ').next()?.to_lowercase();
        let starts = group.places.iter().filter(|place| place.part == Part::Text);
        let starts = starts.map(|place| place.start).collect();
        Some(Self { group: at, surname, given, starts })
    }

    fn has_surname(&self, short: &str) -> bool {
        self.surname == short || self.surname.rsplit(' ').next() == Some(short)
    }
}

/// A surname alone, or a given name alone, is the person who is named in full.
fn surnames(mut groups: Vec<Group>) -> Vec<Group> {
    let is_person = |group: &Group| group.kind() == Some(Kind::Person);
    let people = groups.iter().enumerate().filter(|(_, group)| is_person(group));
    let full: Vec<Full> = people.filter_map(|(at, group)| Full::of(at, group)).collect();
    for at in 0..groups.len() {
        if full.iter().any(|one| one.group == at) {
            continue;
        }
        let group = &groups[at];
        let short = group.name.to_lowercase();
        let mut of: Vec<&Full> = full.iter().filter(|one| one.has_surname(&short)).collect();
        if of.is_empty() && !group.is_doubtful {
            of = full.iter().filter(|one| one.given == short).collect();
            of.truncate(usize::from(of.len() == 1));
        }
        // A place or body that bears the name of somebody stays what it is.
        let Scores { person, organization, place } = group.own;
        let other = organization.max(place);
        if of.is_empty() || other >= ENOUGH && other > person + NAMESAKE {
            continue;
        }
        for place in std::mem::take(&mut groups[at].places) {
            if let Some(one) = last_named(&of, place) {
                groups[one].places.push(place);
            }
        }
    }
    for group in &mut groups {
        group.places.sort_by_key(|place| (place.part, place.start));
    }
    groups
}

/// Of several with one surname, the one who was last named in full before `place`; before anybody
/// was, the one who is named first.
fn last_named(people: &[&Full], place: Place) -> Option<usize> {
    let before = |one: &&Full| {
        let starts =
            one.starts.iter().filter(|start| place.part == Part::Text && **start < place.start);
        starts.max().copied()
    };
    let last = people.iter().filter_map(|one| Some((before(one)?, one.group))).max();
    let first = || people.iter().map(|one| (one.starts.first().copied(), one.group)).min();
    last.map(|(_, group)| group).or_else(|| first().map(|(_, group)| group))
}

/// Puts the places of the first of each pair with those of the second.
fn merge(groups: &mut [Group], joined: &[(usize, usize)]) {
    for (from, to) in joined {
        let places = std::mem::take(&mut groups[*from].places);
        groups[*to].places.extend(places);
        groups[*to].places.sort_by_key(|place| (place.part, place.start));
    }
}
