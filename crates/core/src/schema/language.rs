//! Patterns as regular languages: is there a string that some patterns find and others do not?
//!
//! Each pattern is read as the validator reads it, and run as a deterministic automaton over bytes that is built as far as
//! it is looked at. All automata take the same step at once, breadth first, so the string that is found is a shortest one,
//! and when there is no state left there is no such string. Source of the idea: the product construction of Rabin and
//! Scott, "Finite automata and their decision problems", IBM Journal 1959.

mod lookahead;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use regex_automata::Anchored;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::start;

/// States of one product that are looked at.
const MAX_STATES: usize = 3_000;
/// States over all questions. Without any left, everything is unknown.
const TOTAL_STATES: usize = 60_000;
/// Memory of one automaton, in bytes.
const MAX_AUTOMATON: usize = 1 << 20;
/// Patterns at once.
const MAX_PATTERNS: usize = 12;
/// Cases that one question is taken apart into.
const MAX_CASES: usize = 16;
/// Lengths beyond this make automata too large.
const MAX_LENGTH: u64 = 300;

/// Which strings are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// Patterns that find something in the string. Those that are no regular expressions, because they look around or refer
    /// back, are passed over.
    pub found: BTreeSet<String>,
    /// Patterns that find nothing in it.
    pub missed: BTreeSet<String>,
    /// The least number of characters.
    pub shortest: u64,
    /// The greatest number of characters.
    pub longest: Option<u64>,
}

/// What is known of a set of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// There is none.
    Nothing,
    /// This is a shortest one, unless something was passed over.
    Shortest(String),
    /// A pattern that is to find nothing is no regular expression, or the automata are too large.
    Unknown,
}

/// How the strings that one pattern finds something in relate to those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The other finds something in all of them.
    Within,
    /// The other finds something in none of them.
    Apart,
    /// Neither, or not known.
    Overlapping,
}

/// Answers, and remembers what it found: the same questions come up in many places of two schemas.
#[derive(Debug)]
pub struct Languages {
    known: BTreeMap<Wanted, Members>,
    /// States that are left.
    left: usize,
}

impl Default for Languages {
    fn default() -> Self {
        Self { known: BTreeMap::new(), left: TOTAL_STATES }
    }
}

impl Languages {
    /// A shortest string of those that are wanted.
    pub fn member(&mut self, wanted: &Wanted) -> Members {
        if let Some(known) = self.known.get(wanted) {
            return known.clone();
        }
        let cases = wanted.cases();
        let mut members = if cases.is_none() { Members::Unknown } else { Members::Nothing };
        for case in cases.into_iter().flatten() {
            let of_case = search(wanted, &case, &mut self.left).unwrap_or(Members::Unknown);
            members = match (members, of_case) {
                (Members::Shortest(one), Members::Shortest(other)) if other.len() < one.len() => {
                    Members::Shortest(other)
                }
                (Members::Shortest(one), _) | (_, Members::Shortest(one)) => Members::Shortest(one),
                (Members::Unknown, _) | (_, Members::Unknown) => Members::Unknown,
                (Members::Nothing, Members::Nothing) => Members::Nothing,
            };
        }
        self.known.insert(wanted.clone(), members.clone());
        members
    }

    /// Whether it is known that there is no such string.
    pub fn has_none(&mut self, wanted: &Wanted) -> bool {
        self.member(wanted) == Members::Nothing
    }

    /// A shortest of those strings, when one is known.
    pub fn shortest(&mut self, wanted: &Wanted) -> Option<String> {
        match self.member(wanted) {
            Members::Shortest(text) => Some(text),
            Members::Nothing | Members::Unknown => None,
        }
    }

    /// How the strings of `pattern` relate to those of `other`.
    pub fn relation(&mut self, pattern: &str, other: &str) -> Relation {
        let one = |pattern: &str| BTreeSet::from([pattern.to_owned()]);
        if pattern == other {
            return Relation::Within;
        }
        let beyond = Wanted { found: one(pattern), missed: one(other), ..Wanted::default() };
        if self.has_none(&beyond) {
            return Relation::Within;
        }
        let both = Wanted { found: [pattern.to_owned(), other.to_owned()].into(), ..Wanted::default() };
        if self.has_none(&both) { Relation::Apart } else { Relation::Overlapping }
    }
}

impl Wanted {
    /// The same strings as those of all of these together, in which patterns that look ahead at their start are taken apart.
    /// `None` when a pattern that is to find nothing is none that can be read.
    fn cases(&self) -> Option<Vec<Case>> {
        let mut cases = vec![Case::default()];
        for parts in self.found.iter().filter_map(|pattern| lookahead::parts(pattern)) {
            for case in &mut cases {
                case.found.extend(parts.found.iter().cloned());
                case.missed.extend(parts.missed.iter().cloned());
            }
        }
        for pattern in &self.missed {
            // One of the parts fails.
            let parts = lookahead::parts(pattern)?;
            if cases.len() * (parts.found.len() + parts.missed.len()) > MAX_CASES {
                return None;
            }
            let fails = |case: &Case| {
                let missed = parts.found.iter().map(|part| {
                    let mut case = case.clone();
                    case.missed.insert(part.clone());
                    case
                });
                let found = parts.missed.iter().map(|part| {
                    let mut case = case.clone();
                    case.found.insert(part.clone());
                    case
                });
                missed.chain(found).collect::<Vec<_>>()
            };
            cases = cases.iter().flat_map(fails).collect();
        }
        Some(cases)
    }

    /// All texts with as many characters as lie between the bounds; bounds that are too far away are passed over.
    fn length(&self) -> String {
        let shortest = if self.shortest <= MAX_LENGTH { self.shortest } else { 0 };
        let longest = self.longest.filter(|longest| *longest <= MAX_LENGTH);
        let longest = longest.map(|longest| longest.to_string()).unwrap_or_default();
        format!("^(?s:.){{{shortest},{longest}}}$")
    }
}

/// Regular expressions that find something, and that do not, as the engine reads them.
#[derive(Clone, Debug, Default)]
struct Case {
    found: BTreeSet<String>,
    missed: BTreeSet<String>,
}

/// One automaton, and what is wanted of it.
struct Automaton {
    dfa: DFA,
    cache: Cache,
    finds: bool,
}

/// Where one automaton is. It stays at `Found` once it has found something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    State(LazyStateID),
    Found,
}

/// A state of the product.
type Product = Vec<At>;

fn search(wanted: &Wanted, case: &Case, left: &mut usize) -> Option<Members> {
    if wanted.longest.is_some_and(|longest| longest < wanted.shortest) {
        return Some(Members::Nothing);
    }
    if case.found.len() + case.missed.len() > MAX_PATTERNS {
        return None;
    }
    // Keeps to text, too: bytes that are no UTF-8 are not among it.
    let mut automata = vec![Automaton::new(&wanted.length(), true)?];
    automata.extend(case.found.iter().filter_map(|pattern| Automaton::new(pattern, true)));
    for pattern in &case.missed {
        automata.push(Automaton::new(pattern, false)?);
    }
    let bytes = alphabet(&automata);
    let start: Option<Product> = automata.iter_mut().map(Automaton::start).collect();
    let start = start?;
    let mut from: BTreeMap<Product, Option<(Product, u8)>> = BTreeMap::from([(start.clone(), None)]);
    let mut open = VecDeque::from([start]);
    while let Some(product) = open.pop_front() {
        let mut ends = true;
        for (automaton, at) in automata.iter_mut().zip(&product) {
            ends = ends && automaton.finds_at_the_end(*at)? == automaton.finds;
        }
        if ends {
            return Some(Members::Shortest(String::from_utf8(spelled(&from, product)).ok()?));
        }
        for byte in &bytes {
            let mut next = Vec::with_capacity(automata.len());
            for (automaton, at) in automata.iter_mut().zip(&product) {
                match automaton.step(*at, *byte)? {
                    Some(at) => next.push(at),
                    None => break,
                }
            }
            if next.len() == automata.len() && !from.contains_key(&next) {
                if from.len() >= MAX_STATES {
                    return None;
                }
                *left = left.checked_sub(1)?;
                from.insert(next.clone(), Some((product.clone(), *byte)));
                open.push_back(next);
            }
        }
    }
    Some(Members::Nothing)
}

/// The bytes on the way to a state.
fn spelled(from: &BTreeMap<Product, Option<(Product, u8)>>, product: Product) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = product;
    while let Some(Some((before, byte))) = from.get(&at) {
        bytes.push(*byte);
        at = before.clone();
    }
    bytes.reverse();
    bytes
}

/// One byte of each kind that the automata tell apart, those that people like to read first.
fn alphabet(automata: &[Automaton]) -> Vec<u8> {
    let readable = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'0'..=b'9' => 1,
        b'A'..=b'Z' => 2,
        b'!'..=b'~' => 3,
        b' ' => 4,
        _ => 5,
    };
    let mut all: Vec<u8> = (0..=u8::MAX).collect();
    all.sort_by_key(readable);
    let mut seen = BTreeSet::new();
    let kind = |byte: u8| automata.iter().map(|automaton| automaton.dfa.byte_classes().get(byte)).collect::<Vec<_>>();
    all.into_iter().filter(|byte| seen.insert(kind(*byte))).collect()
}

impl Automaton {
    fn new(pattern: &str, finds: bool) -> Option<Self> {
        let config = DFA::config()
            .cache_capacity(MAX_AUTOMATON)
            .skip_cache_capacity_check(true)
            // States are remembered by their numbers, so none may be thrown away.
            .minimum_cache_clear_count(Some(0));
        let size = thompson::Config::new().nfa_size_limit(Some(MAX_AUTOMATON));
        let dfa = DFA::builder().configure(config).thompson(size).build(pattern).ok()?;
        let cache = dfa.create_cache();
        Some(Self { dfa, cache, finds })
    }

    fn start(&mut self) -> Option<At> {
        let anywhere = start::Config::new().anchored(Anchored::No);
        self.dfa.start_state(&mut self.cache, &anywhere).ok().map(At::State)
    }

    /// One step; `Some(None)` when nothing that is wanted can follow.
    fn step(&mut self, at: At, byte: u8) -> Option<Option<At>> {
        let At::State(state) = at else { return Some(Some(at)) };
        if state.is_dead() {
            return Some(Some(at));
        }
        let next = self.dfa.next_state(&mut self.cache, state, byte).ok()?;
        if next.is_quit() {
            return None;
        }
        if next.is_match() {
            return Some(self.finds.then_some(At::Found));
        }
        if next.is_dead() && self.finds {
            return Some(None);
        }
        Some(Some(At::State(next)))
    }

    fn finds_at_the_end(&mut self, at: At) -> Option<bool> {
        let At::State(state) = at else { return Some(true) };
        if state.is_dead() {
            return Some(false);
        }
        Some(self.dfa.next_eoi_state(&mut self.cache, state).ok()?.is_match())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn wanted(found: &[&str], missed: &[&str]) -> Wanted {
        let all = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Wanted { found: all(found), missed: all(missed), ..Wanted::default() }
    }

    fn member(wanted: &Wanted) -> Members {
        Languages::default().member(wanted)
    }

    #[test]
    fn a_pattern_that_finds_less_is_included() {
        for (narrow, wide) in [
            ("^[a-z]+$", "^[a-z]"),
            ("^a{3}$", "^a{2,5}$"),
            ("\\.json$", "\\.(json|yaml)$"),
            ("^\\d+$", "^[0-9]+$"),
            ("^[a-z]+$", "^\\S+$"),
            ("^(ab)+$", "^a.*b$"),
            ("^é$", "^\\S$"),
            ("a", ""),
            ("^\\w+$", "^[A-Za-z0-9_]*$"),
            ("\\.(([cm]?j|t)sx?|json)$", "\\.(([cm]?[jt])sx?|json)$"),
        ] {
            assert_eq!(member(&wanted(&[narrow], &[wide])), Members::Nothing, "{narrow} in {wide}");
        }
    }

    #[test]
    fn the_string_that_tells_two_patterns_apart_is_a_shortest_one() {
        for (found, missed, shortest) in [
            ("^[a-z]", "^[a-z]+$", "a "),
            ("^a{2,5}$", "^a{3}$", "aa"),
            ("", "^.$", ""),
            ("^.$", "^[ -~]$", "\u{0}"),
            ("\\.(([cm]?[jt])sx?|json)$", "\\.(([cm]?j|t)sx?|json)$", ".cts"),
            ("^\\S+$", "^[a-z]+$", "0"),
        ] {
            let Members::Shortest(member) = member(&wanted(&[found], &[missed])) else { panic!("{found} {missed}") };
            assert_eq!(member.chars().count(), shortest.chars().count(), "{member:?} is longer than {shortest:?}");
        }
    }

    #[test]
    fn lengths_count_characters() {
        let short = |shortest, longest| Wanted { shortest, longest, ..wanted(&["^é+$"], &[]) };
        assert_eq!(member(&short(3, None)), Members::Shortest("ééé".to_owned()));
        assert_eq!(member(&short(1, Some(0))), Members::Nothing);
        let both = Wanted { longest: Some(2), ..wanted(&["^...$"], &[]) };
        assert_eq!(member(&both), Members::Nothing);
        // Too far away to count.
        let long = Wanted { shortest: 1_000_000, ..wanted(&["^a"], &[]) };
        assert_eq!(member(&long), Members::Shortest("a".to_owned()));
    }

    #[test]
    fn several_patterns_hold_at_once() {
        assert_eq!(member(&wanted(&["^a", "b$"], &["^.{2}$"])), Members::Shortest("aab".to_owned()));
        assert_eq!(member(&wanted(&["^[a-m]+$", "^[n-z]+$"], &[])), Members::Nothing);
        assert_eq!(member(&wanted(&["^[ab]$"], &["a", "b"])), Members::Nothing);
    }

    #[test]
    fn what_is_no_regular_expression_is_unknown() {
        for pattern in ["(a)\\1", "(?=a)b", "(?<!a)b", "(", "^a(?!x)"] {
            assert_eq!(member(&wanted(&["a"], &[pattern])), Members::Unknown, "{pattern}");
            assert_eq!(member(&wanted(&[pattern, "^a"], &["^.$"])), Members::Shortest("aa".to_owned()), "{pattern}");
        }
        // Word boundaries beyond ASCII have no automaton.
        assert_eq!(member(&wanted(&["ab"], &["\\bab\\b"])), Members::Unknown);
        // Too many states: the last but n-th character decides.
        assert_eq!(member(&wanted(&["a.{40}$"], &["b.{41}$"])), Members::Unknown);
    }

    #[test]
    fn patterns_relate() {
        for (pattern, other, relation) in [
            ("^x-", "^x", Relation::Within),
            ("^x-", "^y-", Relation::Apart),
            ("^x", "^x-", Relation::Overlapping),
            ("^x-", "(?!a)", Relation::Overlapping),
        ] {
            assert_eq!(Languages::default().relation(pattern, other), relation, "{pattern} {other}");
        }
    }

    #[test]
    fn the_states_of_all_questions_are_bounded() {
        let mut languages = Languages::default();
        let question = |index: u32| wanted(&[&format!("a.{{9}}{index}$")], &["b.{11}$"]);
        let unknown = (0..400).filter(|index| languages.member(&question(*index)) == Members::Unknown).count();
        assert!(unknown > 300, "{unknown}");
    }

    /// Parts of patterns; what they are put together to is compared with the validator's answers.
    const PIECES: &[&str] = &["a", "b", "é", "[ab]", "[^a]", ".", "\\d", "\\w", "\\s", "(?:ab|b)", "^", "$", "\\W"];
    const TIMES: &[&str] = &["", "", "*", "+", "?", "{2}", "{1,3}"];
    const STRINGS: &[&str] =
        &["", "a", "b", "é", "ab", "ba", "aab", "1", "a1", " ", "a b", "éa", "bb", "abab", "_", "\n", "a\n", "1 é"];

    const STARTS: [&str; 6] = ["", "", "", "^(?!a)", "^(?!(ab|1)$)(?=.*b)", "^(?=\\w)(?!.*-)"];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
        #[test]
        fn the_automata_agree_with_the_validator(
            found in proptest::collection::vec((0..PIECES.len(), 0..TIMES.len()), 1..4),
            missed in proptest::collection::vec((0..PIECES.len(), 0..TIMES.len()), 1..4),
            starts in (0..STARTS.len(), 0..STARTS.len()),
        ) {
            let pattern = |parts: &[(usize, usize)]| -> String {
                let one = |(piece, times): &(usize, usize)| {
                    let asserts = ["^", "$"].contains(&PIECES[*piece]);
                    format!("{}{}", PIECES[*piece], if asserts { "" } else { TIMES[*times] })
                };
                parts.iter().map(one).collect()
            };
            let (found, missed) = (pattern(&found), pattern(&missed));
            let (found, missed) = (format!("{}{found}", STARTS[starts.0]), format!("{}{missed}", STARTS[starts.1]));
            let matches = |pattern: &str, text: &str| {
                let validator = jsonschema::validator_for(&serde_json::json!({ "pattern": pattern })).unwrap();
                validator.is_valid(&serde_json::json!(text))
            };
            match member(&wanted(&[&found], &[&missed])) {
                Members::Nothing => for text in STRINGS {
                    assert!(!matches(&found, text) || matches(&missed, text), "{found:?} {missed:?} {text:?}");
                },
                Members::Shortest(text) => {
                    assert!(matches(&found, &text) && !matches(&missed, &text), "{found:?} {missed:?} {text:?}");
                    let told_apart = |other: &&&str| matches(&found, other) && !matches(&missed, other);
                    let shorter = STRINGS.iter().filter(told_apart).find(|other| other.len() < text.len());
                    assert_eq!(shorter, None, "{found:?} {missed:?} {text:?}");
                }
                Members::Unknown => {}
            }
        }
    }
}
