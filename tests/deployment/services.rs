//! The services of the compose file, and what asks how they are.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::tempdir;

use crate::common::program::{evenkeel, run, stderr};
use crate::image::instructions;
use crate::read;

fn compose() -> Value {
    serde_saphyr::from_str(&read("deploy/compose.yaml")).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn the_services_are_confined_and_wait_for_each_other() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(
        services.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        ["evenkeel", "postgres", "redis"].into()
    );
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(words(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert!(service["mem_limit"].is_string() && service["pids_limit"].is_u64(), "{name}");
        assert!(!words(&service["healthcheck"]["test"]).is_empty(), "{name}");
        let (_, tag) = service["image"].as_str().unwrap().rsplit_once(':').unwrap();
        assert!(tag.contains('.'), "{name}: {tag} is not a version");
        for (other, dependency) in service["depends_on"].as_object().into_iter().flatten() {
            assert_eq!(dependency["condition"], "service_healthy", "{name}");
            assert!(services.contains_key(other), "{name} depends on {other}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let volume = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(compose["volumes"].get(volume).is_some(), "{name}: {volume}");
        }
    }
    // Only this machine reaches the daemon, and nobody else the others.
    assert_eq!(words(&services["evenkeel"]["ports"]), ["127.0.0.1:8888:8888"]);
    assert!(services["postgres"].get("ports").is_none() && services["redis"].get("ports").is_none());
}

#[test]
fn every_secret_of_the_services_is_named_in_the_example_and_has_no_value() {
    let text = read("deploy/compose.yaml");
    let used: BTreeSet<&str> =
        text.split("${").skip(1).map(|rest| rest.split(":?}").next().unwrap()).collect();
    let example = read("deploy/evenkeel.env.example");
    let named = example.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let named: BTreeSet<&str> = named.map(|line| line.strip_suffix('=').unwrap()).collect();
    assert_eq!(used, named);
}

#[test]
fn what_asks_how_a_container_is_can_be_typed() {
    let compose = compose();
    let asked = words(&compose["services"]["evenkeel"]["healthcheck"]["test"]);
    let (_, image) = instructions().into_iter().find(|(name, _)| name == "HEALTHCHECK").unwrap();
    let image: Vec<String> = serde_json::from_str(image.split_once("CMD ").unwrap().1).unwrap();
    let directory = tempdir().unwrap();
    for command in [&asked[2..], &image.iter().skip(1).map(String::as_str).collect::<Vec<_>>()] {
        // Nobody listens at that port: it is the daemon that is missed, and nothing about the command.
        let output = run(evenkeel(directory.path()).args(command).env("PORT", "9"));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("evenkeel: no daemon answers at http://127.0.0.1:9: "), "{said}");
    }
}
