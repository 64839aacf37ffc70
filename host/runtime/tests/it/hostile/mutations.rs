//! Components that a machine made up or changed, through all gates and, if they pass, into calls. Nothing is
//! expected of one but that it is refused, or answers, or ends with a fault, and all that soon.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngCore, SeedableRng};
use relink_runtime::{Compile, Fault, Limits, Loader, LoaderConfig, Proof};
use wasm_mutate::WasmMutate;
use wasmparser::{Parser, Payload};

use super::matrix::REPORT;
use crate::guest::{Guest, context, failure, start};

/// How many are made, if not [`FEW`].
const COUNT: &str = "RELINK_MUTATIONS";
const FEW: u64 = 3_000;

/// More than any takes, on a machine that does other things as well.
const SOON: Duration = Duration::from_secs(10);

const WAYS: [(&str, Way); 7] = [
    ("bits flipped", flip),
    ("cut off", cut),
    ("a piece put elsewhere", splice),
    ("its code changed by wasm-mutate", mutate),
    ("its sections shuffled", shuffle),
    ("its code made up by wasm-smith", make_up),
    ("all of it made up by wasm-smith", make_up_all),
];

/// Names the program `relink-smith`. Without it, the ways that need it are left out.
const SMITH: &str = "RELINK_SMITH";
const WAYS_OF_SMITH: usize = 2;

/// Makes a component out of an honest one; an empty one if it came to nothing.
type Way = fn(&[u8], &mut StdRng) -> Vec<u8>;

#[test]
fn whatever_a_machine_makes_up_is_refused_or_ends() {
    let count = env::var(COUNT).map_or(FEW, |count| count.parse().unwrap());
    let threads = thread::available_parallelism().unwrap().get() as u64;
    let loader = loader();
    let honest = Guest::default().component();
    let began = Instant::now();
    let outcomes = thread::scope(|scope| {
        let run = |first| move || (first..count).step_by(threads as usize);
        let shares: Vec<_> = (0..threads)
            .map(|first| {
                let (loader, honest, numbers) = (&loader, &honest, run(first));
                scope.spawn(move || numbers().map(|number| outcome_of(loader, honest, number)).collect::<Vec<_>>())
            })
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect::<Vec<_>>()
    });
    let mut table: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for outcome in outcomes {
        *table.entry(outcome).or_default() += 1;
    }
    let text = in_words(count, began.elapsed(), &table);
    println!("{text}");
    if let Some(file) = env::var_os(REPORT) {
        let mut file = File::options().append(true).open(file).unwrap();
        write!(file, "\n## Made by machines\n\n{text}").unwrap();
    }
    assert!(!text.contains("panicked"), "{text}");
    assert!(!text.contains("took too long"), "{text}");
}

/// Makes component `number`, always the same for the same number, and says what the host did about it.
fn outcome_of(loader: &Loader, honest: &[u8], number: u64) -> (&'static str, String) {
    let mut random = StdRng::seed_from_u64(number);
    let ways = if env::var_os(SMITH).is_some() { &WAYS[..] } else { &WAYS[..WAYS.len() - WAYS_OF_SMITH] };
    let (way, make) = ways[(number % ways.len() as u64) as usize];
    let component = make(honest, &mut random);
    if component.is_empty() {
        return (way, "came to nothing".to_owned());
    }
    let began = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| suffer(loader, &component)))
        .unwrap_or_else(|_| format!("the host panicked at number {number}"));
    if began.elapsed() > SOON { (way, format!("number {number} took too long")) } else { (way, outcome) }
}

fn suffer(loader: &Loader, component: &[u8]) -> String {
    let plugin = match loader.load(component) {
        Ok(plugin) => plugin,
        Err(refusal) if refusal.found.contains("cannot cope") => return "the compiler panicked, refused".to_owned(),
        Err(refusal) => return format!("refused at `{}`", refusal.gate.code()),
    };
    let answers = [
        plugin.classify(failure()).map(|_| ()),
        plugin.step(context(), &[1, 2, 3], start()).map(|_| ()),
        plugin.describe_again().map(|_| ()),
    ];
    match answers.iter().find_map(|answer| answer.as_ref().err()).map(Fault::code) {
        None => "answers".to_owned(),
        Some(code) => format!("answers at first, then fault `{code}`"),
    }
}

fn flip(honest: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut component = honest.to_vec();
    for _ in 0..random.random_range(1..=8) {
        let position = random.random_range(8..component.len());
        component[position] ^= 1 << random.random_range(0..8);
    }
    component
}

fn cut(honest: &[u8], random: &mut StdRng) -> Vec<u8> {
    honest[..random.random_range(1..honest.len())].to_vec()
}

fn splice(honest: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut component = honest.to_vec();
    let length = random.random_range(1..64);
    let [from, to] = [0; 2].map(|_: i32| random.random_range(8..component.len() - length));
    let piece = component[from..from + length].to_vec();
    let replaced = if random.random() { to + length } else { to };
    component.splice(to..replaced, piece);
    component
}

fn mutate(_: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut change = |module: &[u8]| {
        let mut mutate = WasmMutate::default();
        mutate.seed(random.next_u64()).fuel(100);
        mutate.run(module).ok()?.next()?.ok()
    };
    let times = 4;
    let changed = |module: Vec<u8>| (0..times).fold(module, |module, _| change(&module).unwrap_or(module));
    Guest::default().component_with(changed).unwrap_or_default()
}

fn make_up(_: &[u8], random: &mut StdRng) -> Vec<u8> {
    Guest::default().component_with(|module| ask_smith("module", random, &module)).unwrap_or_default()
}

fn make_up_all(_: &[u8], random: &mut StdRng) -> Vec<u8> {
    ask_smith("component", random, &[])
}

/// What `relink-smith` writes; an empty answer if it was out of luck.
fn ask_smith(kind: &str, random: &mut StdRng, given: &[u8]) -> Vec<u8> {
    let mut smith = Command::new(env::var_os(SMITH).unwrap());
    smith.args([kind, &random.next_u64().to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = smith.spawn().unwrap();
    // A component is made of nothing, and nobody reads.
    let _ = child.stdin.take().unwrap().write_all(given);
    let output = child.wait_with_output().unwrap();
    if output.status.success() { output.stdout } else { Vec::new() }
}

/// Leaves out, repeats and moves whole sections of the component: each is sound, together they are not.
fn shuffle(honest: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut sections = sections(honest);
    for _ in 0..random.random_range(1..=4) {
        let piece = sections.choose(random).unwrap().clone();
        let place = random.random_range(0..sections.len());
        match random.random_range(0..4) {
            0 => drop(sections.remove(place)),
            1 => sections.insert(place, piece),
            2 => sections[place] = piece,
            _ => sections[place..].shuffle(random),
        }
    }
    [&honest[..8], &sections.concat()].concat()
}

/// The sections of the component itself, with what lies in them.
fn sections(component: &[u8]) -> Vec<Vec<u8>> {
    let mut depth = 0_usize;
    let mut ends = vec![8];
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.unwrap();
        match &payload {
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                if depth == 0 {
                    ends.push(unchecked_range.end);
                }
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => ends.extend(payload.as_section().map(|(_, range)| range.end)),
            _ => {}
        }
    }
    ends.windows(2).map(|ends| component[ends[0]..ends[1]].to_vec()).collect()
}

fn loader() -> Loader {
    let short = Duration::from_millis(200);
    let limits =
        Limits { describe_deadline: short, classify_deadline: short, step_deadline: short, ..Limits::default() };
    let (compile, proof) = (Compile::Here, Proof::Fixtures);
    Loader::new(LoaderConfig { limits, cache_dir: None, compile, proof, supported_features: Vec::new() }).unwrap()
}

fn in_words(count: u64, took: Duration, table: &BTreeMap<(&str, String), u64>) -> String {
    let mut text = format!("{count} components in {} s.\n\n", took.as_secs());
    text.push_str("| made by | what became of it | times |\n|---|---|---|\n");
    for ((way, outcome), times) in table {
        writeln!(text, "| {way} | {outcome} | {times} |").unwrap();
    }
    text
}
