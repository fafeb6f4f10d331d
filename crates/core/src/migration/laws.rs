//! The laws of steps, asked of examples of every kind, of compositions, and of both after any edit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::complement::Records;
use super::place::{find_mut, made, member};
use super::reading::Reader;
use super::step::{Direction, Run, Step, run};
use crate::pointer::Pointer;
use crate::source::{Format, Limits, Node, Value, parse};

/// Steps, a document before them, and what becomes of it; or what is in the way.
type Case = (&'static str, &'static str, Result<&'static str, &'static str>);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // rename
    ("[{rename: {from: b, to: x}}]", r#"{"a":1,"b":2,"c":3}"#, Ok(r#"{"a":1,"x":2,"c":3}"#)),
    ("[{rename: {from: b, to: x}}]", r#"{"a":1}"#, Ok(r#"{"a":1}"#)),
    ("[{rename: {from: b, to: x}}]", r#"{"x":1}"#, Ok(r#"{"x":1}"#)),
    ("[{rename: {from: b, to: x}}]", r#"{"b":null}"#, Ok(r#"{"x":null}"#)),
    ("[{rename: {from: b, to: x}}]", r#"{"b":1,"x":2}"#, Err("`/x` is there already")),
    ("[{rename: {from: b, to: x, on-conflict: overwrite}}]", r#"{"x":2,"z":0,"b":1,"c":3}"#, Ok(r#"{"z":0,"x":1,"c":3}"#)),
    ("[{rename: {from: b, to: x, on-conflict: overwrite}}]", r#"{"b":1,"z":0,"x":2}"#, Ok(r#"{"x":1,"z":0}"#)),
    ("[{rename: {from: b, to: x, on-conflict: keep}}]", r#"{"b":1,"z":0,"x":2}"#, Ok(r#"{"z":0,"x":2}"#)),
    ("[{rename: {from: b, to: x, on-conflict: same}}]", r#"{"b":1,"z":0,"x":1}"#, Ok(r#"{"z":0,"x":1}"#)),
    ("[{rename: {from: b, to: x, on-conflict: same}}]", r#"{"b":1,"x":2}"#, Err("`/x` is there already with another value")),
    ("[{rename: {at: '/s/*', from: b, to: x}}]", r#"{"s":[{"b":1},{"c":2},7,{"b":3}]}"#, Ok(r#"{"s":[{"x":1},{"c":2},7,{"x":3}]}"#)),
    ("[{rename: {at: '/**', from: b, to: x}}]", r#"{"b":{"b":{"c":[{"b":1}]}}}"#, Ok(r#"{"x":{"x":{"c":[{"x":1}]}}}"#)),
    // move
    ("[{move: {from: /t, to: /h/l/t}}]", r#"{"t":3,"n":"x"}"#, Ok(r#"{"n":"x","h":{"l":{"t":3}}}"#)),
    ("[{move: {from: /t, to: /h/t}}]", r#"{"h":{"a":1},"t":3,"n":"x"}"#, Ok(r#"{"h":{"a":1,"t":3},"n":"x"}"#)),
    ("[{move: {from: /h, to: /h/port}}]", r#"{"h":80}"#, Ok(r#"{"h":{"port":80}}"#)),
    ("[{move: {from: /h/port, to: /h}}]", r#"{"h":{"port":80}}"#, Err("`/h` is there already")),
    ("[{move: {from: /h/port, to: /p, prune: true}}]", r#"{"h":{"port":80},"z":1}"#, Ok(r#"{"z":1,"p":80}"#)),
    ("[{move: {from: /h/i/port, to: /p, prune: true}}]", r#"{"a":0,"h":{"i":{"port":80}},"z":1}"#, Ok(r#"{"a":0,"z":1,"p":80}"#)),
    ("[{move: {from: /h/port, to: /p}}]", r#"{"h":{"port":80},"z":1}"#, Ok(r#"{"h":{},"z":1,"p":80}"#)),
    ("[{move: {from: /a, to: /o/a, on-conflict: overwrite}}]", r#"{"a":1,"o":{"a":2,"b":3}}"#, Ok(r#"{"o":{"a":1,"b":3}}"#)),
    ("[{move: {from: /a, to: /o/a, on-conflict: keep}}]", r#"{"a":1,"o":{"a":2,"b":3}}"#, Ok(r#"{"o":{"a":2,"b":3}}"#)),
    ("[{move: {from: '/s/*/a', to: '/s/*/o/a'}}]", r#"{"s":{"x":{"a":1},"y":{}}}"#, Ok(r#"{"s":{"x":{"o":{"a":1}},"y":{}}}"#)),
    ("[{move: {from: /a, to: /o/a}}]", r#"{"o":{},"a":1}"#, Ok(r#"{"o":{"a":1}}"#)),
    ("[{move: {from: /a, to: /o/a, prune: true}}]", r#"{"o":{},"a":1}"#, Ok(r#"{"o":{"a":1}}"#)),
    // copy
    ("[{copy: {from: /a, to: /b}}]", r#"{"a":[1],"c":2}"#, Ok(r#"{"a":[1],"c":2,"b":[1]}"#)),
    ("[{copy: {from: /a, to: /b}}]", r#"{"a":1,"b":2}"#, Err("`/b` is there already")),
    ("[{copy: {from: /a, to: /b, on-conflict: overwrite}}]", r#"{"b":2,"a":1}"#, Ok(r#"{"b":1,"a":1}"#)),
    ("[{copy: {from: /a, to: /b, on-conflict: keep}}]", r#"{"b":2,"a":1}"#, Ok(r#"{"b":2,"a":1}"#)),
    ("[{copy: {from: /a, to: /b}}]", r#"{"b":2}"#, Ok(r#"{"b":2}"#)),
    // add and remove
    ("[{add: {at: /tls}}]", r#"{"a":1}"#, Ok(r#"{"a":1}"#)),
    ("[{add: {at: /tls, value: true}}]", "{}", Ok(r#"{"tls":true}"#)),
    ("[{add: {at: /tls, value: true}}]", r#"{"tls":false,"a":1}"#, Ok(r#"{"tls":false,"a":1}"#)),
    ("[{add: {at: /tls, value: true}}]", r#"{"tls":null}"#, Ok(r#"{"tls":null}"#)),
    ("[{add: {at: /h/tls, value: true}}]", r#"{"a":1}"#, Ok(r#"{"a":1}"#)),
    ("[{add: {at: /h/tls, value: true}}]", r#"{"h":1}"#, Err("`/h` is neither an object nor an array")),
    ("[{add: {at: /h/tls, value: true, parents: true}}]", r#"{"a":1}"#, Ok(r#"{"a":1,"h":{"tls":true}}"#)),
    ("[{add: {at: /h/tls, value: true, parents: true}}]", r#"{"h":{}}"#, Ok(r#"{"h":{"tls":true}}"#)),
    ("[{add: {at: /h/i/tls, value: true, parents: true}}]", r#"{"h":{}}"#, Ok(r#"{"h":{"i":{"tls":true}}}"#)),
    ("[{add: {at: /n, compute: 'size(self.l)'}}]", r#"{"l":[1,2]}"#, Ok(r#"{"l":[1,2],"n":2}"#)),
    ("[{add: {at: /n, compute: 'has(self.l) ? optional.of(1) : optional.none()'}}]", r#"{}"#, Ok(r#"{}"#)),
    ("[{remove: {at: /a}}]", r#"{"z":null,"a":1.500000000000000000001,"c":3}"#, Ok(r#"{"z":null,"c":3}"#)),
    ("[{remove: {at: /a, back: 7}}]", r#"{"z":1}"#, Ok(r#"{"z":1}"#)),
    ("[{remove: {at: /a, back: 7}}]", r#"{"z":1,"a":7}"#, Ok(r#"{"z":1}"#)),
    ("[{remove: {at: /h/a, prune: true}}]", r#"{"h":{"a":1},"c":3}"#, Ok(r#"{"c":3}"#)),
    ("[{remove: {at: /s/0}}]", r#"{"s":[1,2]}"#, Ok(r#"{"s":[2]}"#)),
    // default
    ("[{default: {at: /d, old: 1, new: 2}}]", r#"{"a":0}"#, Ok(r#"{"a":0,"d":1}"#)),
    ("[{default: {at: /d, old: 1, new: 2}}]", r#"{"d":2,"a":0}"#, Ok(r#"{"a":0}"#)),
    ("[{default: {at: /d, old: 1, new: 2}}]", r#"{"d":1,"a":0}"#, Ok(r#"{"d":1,"a":0}"#)),
    ("[{default: {at: /d, old: 1, new: 2}}]", r#"{"d":3,"a":0}"#, Ok(r#"{"d":3,"a":0}"#)),
    ("[{default: {at: /d, old: 1}}]", r#"{"a":0}"#, Ok(r#"{"a":0,"d":1}"#)),
    ("[{default: {at: /d, old: 1}}]", r#"{"d":1,"a":0}"#, Ok(r#"{"d":1,"a":0}"#)),
    // map
    ("[{map: {at: /m, values: {fast: quick, slow: calm}}}]", r#"{"m":"fast"}"#, Ok(r#"{"m":"quick"}"#)),
    ("[{map: {at: /m, values: {fast: quick}}}]", r#"{"m":"other"}"#, Err("the value at `/m` is not in the table")),
    ("[{map: {at: /m, values: {fast: quick}, else: keep}}]", r#"{"m":"other"}"#, Ok(r#"{"m":"other"}"#)),
    ("[{map: {at: /m, values: {fast: quick}, else: keep}}]", r#"{"m":"quick"}"#, Ok(r#"{"m":"quick"}"#)),
    ("[{map: {at: /m, values: {fast: quick}, else: {value: calm}}}]", r#"{"m":"x"}"#, Ok(r#"{"m":"calm"}"#)),
    ("[{map: {at: /m, values: [[true, on], [false, off], [null, off]]}}]", r#"{"m":null}"#, Ok(r#"{"m":"off"}"#)),
    ("[{map: {at: '/l/*', values: {a: b}, else: keep}}]", r#"{"l":["a","c","b"]}"#, Ok(r#"{"l":["b","c","b"]}"#)),
    // convert
    ("[{convert: {at: /t, up: 'value * 1000', down: 'value / 1000'}}]", r#"{"t":3}"#, Ok(r#"{"t":3000}"#)),
    ("[{convert: {at: /t, up: 'double(value) * 1000.0', down: 'double(value) / 1000.0'}}]", r#"{"t":1.50}"#, Ok(r#"{"t":1500}"#)),
    ("[{convert: {at: /t, up: 'string(value)', down: 'int(value)'}}]", r#"{"t":"x"}"#, Ok(r#"{"t":"x"}"#)),
    ("[{convert: {at: /t, up: 'int(value)', down: 'string(value)'}}]", r#"{"t":"x"}"#, Err("`int(value)` has no value here")),
    ("[{convert: {at: /t, up: 'int(value)', down: 'string(value)'}}]", r#"{"t":"007"}"#, Ok(r#"{"t":7}"#)),
    ("[{convert: {at: /t, up: \"value == '' ? optional.none() : optional.of(value)\", down: value}}]", r#"{"t":"","a":1}"#, Ok(r#"{"a":1}"#)),
    ("[{convert: {at: /t, up: '[value.b, value.a, value.n]', down: '{\"a\": value[1], \"b\": value[0], \"n\": value[2]}'}}]", r#"{"t":{"n":1.0e2,"b":{"z":1,"a":2},"a":[1.50]}}"#, Ok(r#"{"t":[{"z":1,"a":2},[1.50],1.0e2]}"#)),
    ("[{convert: {at: /t, up: \"value + self.unit\", down: \"value.replace(self.unit, '')\"}}]", r#"{"unit":"s","t":"3"}"#, Ok(r#"{"unit":"s","t":"3s"}"#)),
    // wrap and head
    ("[{wrap: {at: /a}}]", r#"{"a":1,"b":2}"#, Ok(r#"{"a":[1],"b":2}"#)),
    ("[{wrap: {at: /a}}]", r#"{"a":[1]}"#, Ok(r#"{"a":[1]}"#)),
    ("[{wrap: {at: /a}}]", r#"{"a":null}"#, Ok(r#"{"a":[null]}"#)),
    ("[{wrap: {at: /a, key: name}}]", r#"{"a":"x"}"#, Ok(r#"{"a":{"name":"x"}}"#)),
    ("[{wrap: {at: /a, key: name}}]", r#"{"a":{"name":"x"}}"#, Ok(r#"{"a":{"name":"x"}}"#)),
    ("[{head: {at: /a}}]", r#"{"a":[1,2,3]}"#, Ok(r#"{"a":1}"#)),
    ("[{head: {at: /a}}]", r#"{"a":[[1],2]}"#, Ok(r#"{"a":[1]}"#)),
    ("[{head: {at: /a}}]", r#"{"a":[],"b":1}"#, Ok(r#"{"b":1}"#)),
    ("[{head: {at: /a}}]", r#"{"a":"x"}"#, Ok(r#"{"a":"x"}"#)),
    ("[{head: {at: /a, many: keep}}]", r#"{"a":[1,2]}"#, Ok(r#"{"a":[1,2]}"#)),
    ("[{head: {at: /a, key: k}}]", r#"{"a":{"x":1,"k":2,"z":3}}"#, Ok(r#"{"a":2}"#)),
    ("[{head: {at: /a, key: k}}]", r#"{"a":{"k":{"k":1}}}"#, Ok(r#"{"a":{"k":1}}"#)),
    // split and join
    ("[{split: {from: /u, to: {/host: 'value.split(\":\")[0]', /port: 'int(value.split(\":\")[1])'}, down: 'self.host + \":\" + string(self.port)'}}]", r#"{"u":"a:80","z":1}"#, Ok(r#"{"host":"a","port":80,"z":1}"#)),
    ("[{split: {from: /u, to: {/host: 'value.split(\":\")[0]', /port: 'int(value.split(\":\")[1])'}, down: 'self.host + \":\" + string(self.port)'}}]", r#"{"u":"a:080","z":1}"#, Ok(r#"{"host":"a","port":80,"z":1}"#)),
    ("[{split: {from: /u, to: {/host: value}, down: self.host}}]", r#"{"u":"a","host":"b"}"#, Err("`/host` is there already")),
    ("[{join: {from: [/host, /port], to: /u, up: 'self.host + \":\" + string(self.port)', down: {/host: 'value.split(\":\")[0]', /port: 'int(value.split(\":\")[1])'}}}]", r#"{"port":80,"z":1,"host":"a"}"#, Ok(r#"{"z":1,"u":"a:80"}"#)),
    ("[{join: {from: [/host, /port], to: /e/u, up: 'self.host'}}]", r#"{"port":80,"z":1,"host":"a"}"#, Ok(r#"{"z":1,"e":{"u":"a"}}"#)),
    ("[{split: {from: /u, to: {/h/host: value}, down: self.h.host}}]", r#"{"h":{},"u":"a"}"#, Ok(r#"{"h":{"host":"a"}}"#)),
    // merge
    ("[{merge: {from: [/p, /q], into: /r}}]", r#"{"p":[1,2],"r":[0],"q":3}"#, Ok(r#"{"r":[0,1,2,3]}"#)),
    ("[{merge: {from: [/p], into: /r, unique: true}}]", r#"{"p":[1,2,2],"r":[1]}"#, Ok(r#"{"r":[1,2]}"#)),
    ("[{merge: {from: [/p], into: /r}}]", r#"{"p":[1],"z":0}"#, Ok(r#"{"r":[1],"z":0}"#)),
    ("[{merge: {from: [/p, /q], into: /r}}]", r#"{"p":{"a":1},"q":{"b":2}}"#, Ok(r#"{"r":{"a":1,"b":2}}"#)),
    ("[{merge: {from: [/p, /q], into: /r}}]", r#"{"p":{"a":1},"q":{"a":2}}"#, Err("`/r/a` is there already")),
    ("[{merge: {from: [/p, /q], into: /r, on-conflict: keep}}]", r#"{"p":{"a":1},"q":{"a":2}}"#, Ok(r#"{"r":{"a":1}}"#)),
    ("[{merge: {from: [/p], into: /r}}]", r#"{"p":1,"r":{"a":1}}"#, Err("`/p` is not an object")),
    // entries
    ("[{entries: {at: /m, key: name, value: v}}]", r#"{"m":{"b":1,"a":2}}"#, Ok(r#"{"m":[{"name":"b","v":1},{"name":"a","v":2}]}"#)),
    ("[{entries: {at: /m, key: name}}]", r#"{"m":{"b":{"x":1}}}"#, Ok(r#"{"m":[{"name":"b","x":1}]}"#)),
    ("[{entries: {at: /m, key: name}}]", r#"{"m":{"b":{"name":1}}}"#, Err("`/m/b/name` is there already")),
    ("[{from-entries: {at: /m, key: name}}]", r#"{"m":[{"x":1,"name":"b"},{"name":"a"}]}"#, Ok(r#"{"m":{"b":{"x":1},"a":{}}}"#)),
    ("[{from-entries: {at: /m, key: name, value: v}}]", r#"{"m":[{"v":1,"name":"b","x":2}]}"#, Ok(r#"{"m":{"b":1}}"#)),
    ("[{from-entries: {at: /m, key: name}}]", r#"{"m":[{"name":"b"},{"name":"b"}]}"#, Err("the key `b` stands twice in `/m`")),
    // filter
    ("[{filter: {at: /l, where: 'value > 1'}}]", r#"{"l":[1,2,0,3]}"#, Ok(r#"{"l":[2,3]}"#)),
    ("[{filter: {at: /o, where: 'key != \"x\"'}}]", r#"{"o":{"a":1,"x":2,"b":3}}"#, Ok(r#"{"o":{"a":1,"b":3}}"#)),
    // for-each and group
    ("[{for-each: {at: /s, key: name, steps: [{rename: {from: a, to: b}}, {remove: {at: /z}}]}}]", r#"{"s":[{"name":"p","a":1,"z":2},{"name":"q","z":3}]}"#, Ok(r#"{"s":[{"name":"p","b":1},{"name":"q"}]}"#)),
    ("[{for-each: {at: /s, steps: [{add: {at: /id, compute: key}}]}}]", r#"{"s":{"p":{},"q":{"id":"q"}}}"#, Ok(r#"{"s":{"p":{"id":"p"},"q":{"id":"q"}}}"#)),
    ("[{group: {at: ['', '/profiles/*'], steps: [{move: {from: /a, to: /b/a}}]}}]", r#"{"a":1,"profiles":[{"a":2},{}]}"#, Ok(r#"{"profiles":[{"b":{"a":2}},{}],"b":{"a":1}}"#)),
    // when and test
    ("[{when: {test: 'has(self.x)', then: [{rename: {from: a, to: b}}], else: [{remove: {at: /a}}]}}]", r#"{"a":1}"#, Ok(r#"{}"#)),
    ("[{when: {test: 'has(self.x)', back: 'has(self.b)', then: [{rename: {from: a, to: b}}], else: [{remove: {at: /a}}]}}]", r#"{"a":1,"x":2}"#, Ok(r#"{"b":1,"x":2}"#)),
    ("[{test: {at: /x, exists: true, else: skip}}, {remove: {at: /x}}, {add: {at: /y, value: 1}}]", r#"{"x":1}"#, Ok(r#"{"y":1}"#)),
    ("[{test: {at: /x, exists: true, else: skip}}, {remove: {at: /x}}, {add: {at: /y, value: 1}}]", r#"{}"#, Ok(r#"{}"#)),
    ("[{test: {at: /x, type: integer, message: 'no way for text'}}]", r#"{"x":"t"}"#, Err("no way for text")),
    ("[{test: {at: /x, equals: 1}}]", r#"{"x":1}"#, Ok(r#"{"x":1}"#)),
    ("[{test: {at: /x, where: 'value > 1'}}]", r#"{"x":1}"#, Err("`/x` does not pass the test")),
    // several
    ("[{rename: {from: a, to: b}}, {move: {from: /b, to: /c/b}}, {convert: {at: /c/b, up: value + 1, down: value - 1}}, {remove: {at: /d}}, {wrap: {at: /c/b}}]", r#"{"d":0,"a":1,"e":2}"#, Ok(r#"{"e":2,"c":{"b":[2]}}"#)),
];

fn node(text: &str) -> Node {
    parse(text.as_bytes(), Format::Json, &Limits::default()).root.expect("a document")
}

/// The steps in a text.
pub fn steps(text: &str) -> Vec<Step> {
    let root = parse(text.as_bytes(), Format::Yaml, &Limits::default()).root.expect(text);
    let mut reader = Reader { text, drafts: Vec::new() };
    let steps = reader.steps(&root, &Pointer::root());
    assert!(reader.drafts.is_empty(), "{text}: {:?}", reader.drafts);
    steps
}

/// A document after steps.
pub fn moved(text: &str, document: &Node) -> Node {
    let mut moved = document.clone();
    run(&steps(text), &mut moved, &Run::on_document(Direction::Up), &Records::new()).expect(text);
    moved
}

/// One way; the complement goes through its text, as it does between two runs.
fn go(steps: &[Step], direction: Direction, text: &str, records: &Records) -> Result<(String, Records), String> {
    let mut document = node(text);
    let kept = run(steps, &mut document, &Run::on_document(direction), records).map_err(|blocked| blocked.message)?;
    let kept = serde_json::to_string(&kept).expect("complements are JSON");
    Ok((document.to_json_text(), serde_json::from_str(&kept).expect("complements are read back")))
}

#[test]
fn every_kind_of_step_goes_up_as_it_says_and_comes_back_exactly() {
    for (text, before, after) in CASES {
        let steps = steps(text);
        match (go(&steps, Direction::Up, before, &Records::new()), after) {
            (Ok((above, kept)), Ok(after)) => {
                assert_eq!(above, *after, "{text} on {before}");
                let (below, kept) = go(&steps, Direction::Down, &above, &kept).expect(text);
                assert_eq!(below, *before, "{text} on {before} and back with {kept:?}");
                let again = go(&steps, Direction::Up, &below, &kept).expect(text).0;
                assert_eq!(again, *after, "{text} on {before}, back and up again with {kept:?}");
            }
            (Err(message), Err(wanted)) => assert!(message.contains(wanted), "{text} on {before}: {message}"),
            (found, _) => panic!("{text} on {before}: {found:?}"),
        }
    }
}

#[test]
fn edits_at_the_new_version_survive_the_way_down_and_up() {
    let mut tried = 0;
    for (text, before, after) in CASES {
        let (steps, Ok(_)) = (steps(text), after) else { continue };
        let (above, kept) = go(&steps, Direction::Up, before, &Records::new()).expect(text);
        for edited in edits(&above) {
            let Ok((below, kept)) = go(&steps, Direction::Down, &edited, &kept) else { continue };
            let again = match go(&steps, Direction::Up, &below, &kept) {
                Ok((again, _)) => again,
                // What a test refuses is not lost.
                Err(_) if text.contains("test: {at: /x") => continue,
                Err(message) => panic!("{text} on {before}, edited to {edited}, down to {below}: {message}"),
            };
            assert_eq!(again, edited, "{text} on {before}, edited, down to {below}, up with {kept:?}");
            tried += 1;
        }
    }
    assert!(tried > 400, "{tried}");
}

#[test]
fn a_step_that_knows_the_way_back_keeps_nothing() {
    let free = [
        ("[{rename: {from: a, to: b}}]", r#"{"a":1,"c":2}"#),
        ("[{move: {from: /a, to: /o/a}}]", r#"{"o":{"b":0},"a":1}"#),
        ("[{copy: {from: /a, to: /b}}]", r#"{"a":1}"#),
        ("[{add: {at: /b, value: 1}}]", r#"{"a":1}"#),
        ("[{remove: {at: /b, back: 1}}]", r#"{"a":1,"b":1}"#),
        ("[{default: {at: /b, old: 1, new: 2}}]", r#"{"a":1}"#),
        ("[{map: {at: /a, values: {x: y}}}]", r#"{"a":"x"}"#),
        ("[{convert: {at: /a, up: value * 2, down: value / 2}}]", r#"{"a":1}"#),
        ("[{wrap: {at: /a}}]", r#"{"a":1}"#),
        ("[{head: {at: /a}}]", r#"{"a":[1]}"#),
        ("[{entries: {at: /a, key: k, value: v}}]", r#"{"a":{"x":1}}"#),
        ("[{filter: {at: /a, where: 'true'}}]", r#"{"a":[1]}"#),
        ("[{for-each: {at: /a, steps: [{rename: {from: a, to: b}}]}}]", r#"{"a":[{"a":1}]}"#),
        ("[{when: {test: has(self.a), back: has(self.b), then: [{rename: {from: a, to: b}}]}}]", r#"{"a":1}"#),
    ];
    for (text, before) in free {
        assert_eq!(go(&steps(text), Direction::Up, before, &Records::new()).expect(text).1, Records::new(), "{text}");
    }
}

#[test]
fn a_document_written_at_the_new_version_goes_down_without_a_complement() {
    let ways = [
        ("[{rename: {from: a, to: b}}]", r#"{"b":1}"#, Ok(r#"{"a":1}"#)),
        ("[{add: {at: /b, value: 1}}]", r#"{"a":1,"b":9}"#, Ok(r#"{"a":1}"#)),
        ("[{add: {at: /b}}]", r#"{"b":9,"a":1}"#, Ok(r#"{"a":1}"#)),
        ("[{remove: {at: /b, back: 1}}]", r#"{"a":1}"#, Ok(r#"{"a":1,"b":1}"#)),
        ("[{convert: {at: /a, up: value * 2, down: value / 2}}]", r#"{"a":8}"#, Ok(r#"{"a":4}"#)),
        ("[{convert: {at: /a, up: value * 2}}]", r#"{"a":8}"#, Err("`/a` was written at the new version")),
        (
            "[{when: {test: has(self.a), then: [{rename: {from: a, to: b}}]}}]",
            "{}",
            Err("which branch the document came from is not known"),
        ),
    ];
    for (text, above, below) in ways {
        match (go(&steps(text), Direction::Down, above, &Records::new()), below) {
            (Ok((found, kept)), Ok(below)) => {
                assert_eq!(found, below, "{text}");
                assert_eq!(go(&steps(text), Direction::Up, &found, &kept).expect(text).0, above, "{text}");
            }
            (Err(message), Err(wanted)) => assert!(message.contains(wanted), "{text}: {message}"),
            (found, _) => panic!("{text}: {found:?}"),
        }
    }
}

#[test]
fn what_is_kept_for_an_item_follows_it_when_others_go() {
    let cases = [
        (
            "[{remove: {at: '/l/*/s'}}]",
            r#"{"l":[{"n":1,"s":"s1"},{"n":2,"s":"s2"}]}"#,
            r#"{"l":[{"n":2}]}"#,
            r#"{"l":[{"n":2,"s":"s2"}]}"#,
        ),
        (
            "[{for-each: {at: /l, steps: [{remove: {at: /s}}]}}]",
            r#"{"l":[{"n":1,"s":"s1"},{"n":2,"s":"s2"}]}"#,
            r#"{"l":[{"n":2},{"n":1}]}"#,
            r#"{"l":[{"n":2,"s":"s2"},{"n":1,"s":"s1"}]}"#,
        ),
        (
            "[{for-each: {at: /l, key: n, steps: [{remove: {at: /s}}]}}]",
            r#"{"l":[{"n":1,"s":"s1"},{"n":2,"s":"s2"}]}"#,
            r#"{"l":[{"n":2,"new":0}]}"#,
            r#"{"l":[{"n":2,"new":0,"s":"s2"}]}"#,
        ),
        (
            "[{remove: {at: '/l/*/s'}}]",
            r#"{"l":[{"n":1,"s":"s1"},{"n":2,"s":"s2"}]}"#,
            r#"{"l":[{"n":3},{"n":2}]}"#,
            r#"{"l":[{"n":3,"s":"s1"},{"n":2,"s":"s2"}]}"#,
        ),
    ];
    for (text, before, edited, wanted) in cases {
        let steps = steps(text);
        let (_, kept) = go(&steps, Direction::Up, before, &Records::new()).expect(text);
        assert_eq!(go(&steps, Direction::Down, edited, &kept).expect(text).0, wanted, "{text} on {before}");
    }
}

/// The document with one thing changed, in every way that is tried.
fn edits(text: &str) -> Vec<String> {
    let document = node(text);
    let mut places = vec![Pointer::root()];
    let mut index = 0;
    while let Some(at) = places.get(index).cloned() {
        match document.find(&at).map(|node| &node.value) {
            Some(Value::Object(members)) => places.extend(members.iter().map(|member| at.child(&member.key))),
            Some(Value::Array(items)) => places.extend((0..items.len()).map(|index| at.item(index))),
            _ => {}
        }
        index += 1;
    }
    let mut edited = Vec::new();
    for at in &places {
        let mut edit = |change: &dyn Fn(&mut Node)| {
            let mut copy = document.clone();
            change(find_mut(&mut copy, at).expect("a place"));
            edited.push(copy.to_json_text());
        };
        edit(&|node| match &mut node.value {
            Value::Object(members) => members.push(member("new", made(Value::Bool(true)))),
            Value::Array(items) => items.push(made(Value::Number("9".to_owned()))),
            Value::Number(digits) => *digits = "12000".to_owned(),
            Value::String(text) => text.push('9'),
            other => *other = Value::String("else".to_owned()),
        });
        edit(&|node| match &mut node.value {
            Value::Object(members) => drop(members.pop()),
            Value::Array(items) => drop((!items.is_empty()).then(|| items.remove(0))),
            other => *other = Value::Null,
        });
        edit(&|node| match &mut node.value {
            Value::Object(members) => drop((!members.is_empty()).then(|| members.remove(0))),
            Value::Array(items) => items.reverse(),
            other => *other = Value::Array(vec![made(Value::Bool(false))]),
        });
    }
    edited
}

pub fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf =
        prop_oneof![Just(serde_json::Value::Null), any::<i8>().prop_map(Into::into), "[a-c]{0,2}".prop_map(Into::into)];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            3 => proptest::collection::btree_map("[a-d]", inner.clone(), 0..4)
                .prop_map(|members| members.into_iter().collect()),
            1 => proptest::collection::vec(inner, 0..3).prop_map(Into::into),
        ]
    })
}

pub fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-d]", 1..3).prop_map(|tokens| format!("/{}", tokens.join("/")))
}

/// Another place, when it is the same.
fn other(from: &str, to: String) -> String {
    if from == to { format!("{to}e") } else { to }
}

pub fn step() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::json;
    let conflict = prop_oneof![Just("error"), Just("overwrite"), Just("keep"), Just("same")];
    let leaf = prop_oneof![
        (path(), document(), any::<bool>())
            .prop_map(|(at, value, parents)| json!({"add": {"at": at, "value": value, "parents": parents}})),
        (path(), any::<bool>()).prop_map(|(at, prune)| json!({"remove": {"at": at, "prune": prune}})),
        (path(), document()).prop_map(|(at, back)| json!({"remove": {"at": at, "back": back}})),
        ("[a-d]", "[a-d]", conflict.clone())
            .prop_map(|(from, to, how)| json!({"rename": {"from": from, "to": other(&from, to), "on-conflict": how}})),
        (path(), path(), conflict.clone(), any::<bool>()).prop_map(|(from, to, how, prune)| {
            json!({"move": {"from": from, "to": other(&from, to), "on-conflict": how, "prune": prune}})
        }),
        (path(), path(), conflict.clone())
            .prop_map(|(from, to, how)| json!({"copy": {"from": from, "to": other(&from, to), "on-conflict": how}})),
        (path(), document(), document())
            .prop_map(|(at, old, new)| json!({"default": {"at": at, "old": old, "new": new}})),
        (path(), document(), document())
            .prop_map(|(at, old, new)| json!({"map": {"at": at, "values": [[old, new]], "else": "keep"}})),
        path().prop_map(|at| json!({"convert": {"at": at, "up": "[value]", "down": "value"}})),
        path().prop_map(|at| json!({"convert": {"at": at, "up": "string(value)", "down": "int(value)"}})),
        (path(), any::<bool>())
            .prop_map(|(at, keep)| { json!({"wrap": {"at": at, "many": if keep { "keep" } else { "first" }}}) }),
        (path(), "[a-d]").prop_map(|(at, key)| json!({"wrap": {"at": at, "key": key}})),
        path().prop_map(|at| json!({"head": {"at": at}})),
        (path(), "[a-d]").prop_map(|(at, key)| json!({"head": {"at": at, "key": key}})),
        (path(), path(), path(), any::<bool>()).prop_map(
            |(one, two, into, unique)| json!({"merge": {"from": [one, two], "into": into, "unique": unique}})
        ),
        (path(), path()).prop_map(|(from, to)| json!({"split": {"from": from, "to": {to: "value"}, "down": "self"}})),
        (path(), "[a-d]").prop_map(|(at, key)| json!({"entries": {"at": at, "key": key, "value": "v"}})),
        (path(), "[a-d]").prop_map(|(at, key)| json!({"from-entries": {"at": at, "key": key}})),
        path().prop_map(|at| json!({"filter": {"at": at, "where": "value != 'a' && key != 'b' && key != '1'"}})),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let list = proptest::collection::vec(inner, 1..3);
        prop_oneof![
            (path(), list.clone()).prop_map(|(at, steps)| json!({"for-each": {"at": at, "steps": steps}})),
            list.clone().prop_map(|steps| json!({"group": {"at": ["/*"], "steps": steps}})),
            list.clone().prop_map(|steps| json!({"group": {"at": ["/**"], "steps": steps}})),
            ("[a-d]", list.clone(), list).prop_map(|(key, then, other)| {
                json!({"when": {"test": format!("type(self) == map && '{key}' in self"), "then": then, "else": other}})
            }),
        ]
    })
}

/// The same cases in every run, unless somebody asks for others: `PROPTEST_CASES=40000 cargo test -p setpoint-core any_steps`.
pub fn config() -> ProptestConfig {
    let chosen = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return chosen;
    }
    ProptestConfig { cases: 3000, rng_seed: RngSeed::Fixed(11), ..chosen }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn any_steps_come_back_exactly_and_keep_edits(
        document in document(),
        list in proptest::collection::vec(step(), 1..5),
        chosen in any::<prop::sample::Index>(),
    ) {
        let steps = steps(&serde_json::Value::from(list.clone()).to_string());
        let before = document.to_string();
        if let Ok((above, kept)) = go(&steps, Direction::Up, &before, &Records::new()) {
            let back = go(&steps, Direction::Down, &above, &kept);
            prop_assert!(back.is_ok(), "{} down from {above}: {:?}", serde_json::Value::from(list), back);
            let (below, after) = back.unwrap_or_default();
            prop_assert_eq!(&below, &before, "{} by way of {}", serde_json::Value::from(list), above);
            let again = go(&steps, Direction::Up, &below, &after);
            prop_assert_eq!(again.map(|(again, _)| again), Ok(above.clone()), "{}", serde_json::Value::from(list));
            let edited = edits(&above);
            if let Some(edited) = edited.get(chosen.index(edited.len()))
                && let Ok((below, kept)) = go(&steps, Direction::Down, edited, &kept)
            {
                let again = go(&steps, Direction::Up, &below, &kept).map(|(again, _)| again);
                prop_assert_eq!(
                    again, Ok(edited.clone()),
                    "{} on {}, up to {}, edited, down to {} with {:?}", serde_json::Value::from(list), before, above, below, kept
                );
            }
        }
    }
}
