//! What a scraper collects: in both formats, complete, true, and as docs/metrics.md and the files in deploy/ know it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::common::house::{House, reqwest_client};
use crate::common::{SOON, eventually};

const MARK: &str =
    "<!-- The list below is made from a running daemon's answer by tests/web/metrics.rs. -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The answer to a scraper that accepts `accept`, and its media type.
async fn scraped(house: &House, accept: &str) -> (String, String) {
    let answer = reqwest_client().get(house.url("/metrics")).header("accept", accept).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, answer.text().await.unwrap())
}

/// A daemon that has refreshed, written a report, measured, and restarted an actor.
async fn busy() -> House {
    let often = |config: &mut evenkeel::config::Config| config.memory.sample_every = Duration::from_secs(1);
    let house = House::open(often).await;
    house.report().await.unwrap();
    house.daemon.supervisor.restart("report-builder").await.unwrap();
    let again = async || Some(house.child("report-builder").await).filter(|child| child.generation == 2);
    eventually(SOON, "the builder's second generation", again).await;
    eventually(SOON, "a measurement of it", async || {
        let status = house.daemon.memory.status()?;
        status.children.into_iter().find(|child| child.name == "report-builder" && child.generation == 2)
    })
    .await;
    house
}

/// The samples: the name with its labels, and the value.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
        })
        .collect()
}

fn promtool(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new("promtool");
    command.args(arguments).current_dir(root().join("deploy/prometheus"));
    let mut promtool =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    promtool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    promtool.wait_with_output().unwrap()
}

fn accepted(output: &Output) -> bool {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    println!("{}", String::from_utf8_lossy(&said));
    output.status.success()
}

#[actix_rt::test]
async fn promtool_finds_nothing_to_complain_about_and_openmetrics_has_the_same_samples() {
    let house = busy().await;
    let (kind, classic) = scraped(&house, "*/*").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let output = promtool(&["check", "metrics"], &classic);
    assert!(accepted(&output) && output.stdout.is_empty() && output.stderr.is_empty(), "{classic}");
    assert!(!accepted(&promtool(&["check", "metrics"], "evenkeel_wrong 1 2 3\n")), "the check can fail");

    let accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
    let (kind, open) = scraped(&house, accept).await;
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(open.ends_with("\n# EOF\n") && open.contains("# UNIT evenkeel_process_resident_bytes bytes\n"));
    let names = |text: &str| samples(text).into_keys().collect::<BTreeSet<_>>();
    assert_eq!(names(&classic), names(&open));
}

#[actix_rt::test]
async fn the_numbers_are_those_of_the_daemon() {
    let house = busy().await;
    let stored = house.daemon.archive.latest().unwrap().unwrap();
    let (_, text) = scraped(&house, "").await;
    let samples = samples(&text);
    let sample = |name: &str| *samples.get(name).unwrap_or_else(|| panic!("{name} is missing: {text}"));
    for (name, value) in [
        ("evenkeel_supervising", 1.0),
        ("evenkeel_refreshes_total{result=\"complete\"}", 1.0),
        ("evenkeel_refreshes_total{result=\"failed\"}", 0.0),
        ("evenkeel_source_requests_total{source=\"vietcap\",result=\"ok\"}", 1.0),
        ("evenkeel_reports_total{edition=\"market\",result=\"stored\"}", 1.0),
        ("evenkeel_reports_total{edition=\"market\",result=\"failed\"}", 0.0),
        ("evenkeel_report_bytes_total{edition=\"market\"}", stored.total_bytes() as f64),
        ("evenkeel_report_phase_seconds_count{phase=\"whole\"}", 1.0),
        ("evenkeel_actor_generation{actor=\"report-builder\"}", 2.0),
        ("evenkeel_actor_generation{actor=\"persistence\"}", 1.0),
        ("evenkeel_actor_restarts_total{actor=\"report-builder\",cause=\"requested\"}", 1.0),
        ("evenkeel_actor_restarts_total{actor=\"report-builder\",cause=\"memory\"}", 0.0),
        ("evenkeel_pool_max_connections{pool=\"database\"}", 4.0),
    ] {
        assert_eq!(sample(name), value, "{name}");
    }
    assert!(sample("evenkeel_index_age_seconds{index=\"vnindex\"}") < 60.0);
    assert!(sample("evenkeel_actor_message_wait_seconds_count{actor=\"persistence\"}") > 5.0);
    assert!(sample("evenkeel_actor_leak_out_bytes{actor=\"report-builder\"}") < 1e6);
    let actors = samples.iter().filter(|(name, _)| name.starts_with("evenkeel_actor_resident_bytes"));
    let actors: Vec<f64> = actors.map(|(_, bytes)| *bytes).collect();
    assert_eq!(actors.len(), 5);
    // Other tests of this program run daemons beside this one.
    let others = sample("evenkeel_process_elsewhere_bytes");
    let parts = actors.iter().sum::<f64>() + others + sample("evenkeel_process_unattributed_bytes");
    assert_eq!(parts, sample("evenkeel_process_resident_bytes"), "the parts are the whole");
}

/// A family, as the list has it.
#[derive(Default)]
struct Family {
    kind: String,
    help: String,
    labels: BTreeSet<String>,
}

/// The families of an answer in the classic format, by the name that a query uses.
fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            families.entry(name.to_owned()).or_default().help = help.trim_end_matches('.').to_owned();
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' '))
        {
            families.entry(name.to_owned()).or_default().kind = kind.to_owned();
        } else if let Some((name, labels)) = line.split_once('{') {
            let family = ["", "_bucket", "_sum", "_count"]
                .iter()
                .find_map(|suffix| name.strip_suffix(suffix).filter(|name| families.contains_key(*name)))
                .unwrap_or_else(|| panic!("{line} has no description"))
                .to_owned();
            let names = labels.split('=').filter_map(|part| part.rsplit([',', '{']).next());
            let names = names.filter(|name| !name.is_empty() && !name.contains(['"', '}']) && *name != "le");
            families.get_mut(&family).unwrap().labels.extend(names.map(str::to_owned));
        }
    }
    families
}

fn list(families: &BTreeMap<String, Family>) -> String {
    let mut list = "\n| metric | type | labels | what it is |\n| --- | --- | --- | --- |\n".to_owned();
    for (name, Family { kind, help, labels }) in families {
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(" ");
        list.push_str(&format!("| `{name}` | {kind} | {labels} | {help} |\n"));
    }
    list
}

/// `EVENKEEL_BLESS=1 cargo test --test web metrics` writes the list anew.
#[actix_rt::test]
async fn the_list_in_the_documentation_is_that_of_a_running_daemon() {
    let (_, text) = scraped(&busy().await, "").await;
    let families = families(&text);
    assert!(families.values().all(|family| !family.kind.is_empty() && !family.help.is_empty()), "{text}");
    let path = root().join("docs/metrics.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let (head, _) = written.split_once(MARK).expect("the mark is there");
    let expected = [head, MARK, &list(&families)].concat();
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected, "EVENKEEL_BLESS=1 writes it anew");
}

/// Names of metrics in a text, without what a histogram adds to them.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let names = text.match_indices("evenkeel_").map(|(at, _)| {
        let rest = &text[at..];
        &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())]
    });
    names.map(|name| name.strip_suffix("_bucket").unwrap_or(name).to_owned()).collect()
}

#[test]
fn alerts_and_the_grafana_dashboard_ask_for_metrics_that_there_are() {
    let list = std::fs::read_to_string(root().join("docs/metrics.md")).unwrap();
    let known = named(list.split_once(MARK).unwrap().1);
    for file in
        ["prometheus/evenkeel.rules.yml", "prometheus/evenkeel.rules.test.yml", "grafana/evenkeel.json"]
    {
        let text = std::fs::read_to_string(root().join("deploy").join(file)).unwrap();
        let unknown: Vec<_> = named(&text).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
        assert!(named(&text).len() > 10, "{file} names few metrics: is it read rightly?");
    }
    let text = std::fs::read_to_string(root().join("deploy/grafana/evenkeel.json")).unwrap();
    let dashboard = crate::json(&text);
    let panels = dashboard["panels"].as_array().unwrap();
    let shown: BTreeSet<String> = named(&panels.iter().map(ToString::to_string).collect::<String>());
    let missing: Vec<_> =
        known.difference(&shown).filter(|name| !NOT_DRAWN.contains(&name.as_str())).collect();
    assert!(
        missing.is_empty(),
        "the dashboard draws everything but {NOT_DRAWN:?}; it leaves out {missing:?}"
    );
}

/// What a time series says nothing with, or another one says better.
const NOT_DRAWN: [&str; 8] = [
    "evenkeel_actor_abandoned_threads",
    "evenkeel_actor_generation",
    "evenkeel_actor_live_bytes",
    "evenkeel_actor_running",
    "evenkeel_build_info",
    "evenkeel_memory_decisions_total",
    "evenkeel_process_elsewhere_bytes",
    "evenkeel_process_threads",
];

#[test]
fn promtool_accepts_the_rules_and_each_alert_fires_where_it_should() {
    let output = promtool(&["check", "rules", "--lint-fatal", "evenkeel.rules.yml"], "");
    assert!(accepted(&output));
    assert!(accepted(&promtool(&["test", "rules", "evenkeel.rules.test.yml"], "")));
    let rules = std::fs::read_to_string(root().join("deploy/prometheus/evenkeel.rules.yml")).unwrap();
    let tests = std::fs::read_to_string(root().join("deploy/prometheus/evenkeel.rules.test.yml")).unwrap();
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    for alert in alerts {
        let tried = tests.matches(&format!("alertname: {alert}\n")).count();
        assert_eq!(tried, 2, "{alert} is tried once where it fires and once where it does not");
    }
}
