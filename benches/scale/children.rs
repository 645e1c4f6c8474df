//! More actors: each has a thread and an arena of its own.

use std::time::Duration;

use actix::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::memory::arena::Arenas;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;

use crate::table::{head, idle, mib, row};

const DRAIN: Duration = Duration::from_secs(60);

/// How often each is measured.
const ROUNDS: u32 = 20;

struct Idle;

impl Actor for Idle {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(result = "()")]
struct Ping;

impl Handler<Ping> for Idle {
    type Result = ();

    fn handle(&mut self, _: Ping, _: &mut Self::Context) {}
}

/// Supervisors with so many idle children.
pub(crate) fn children(counts: &[u32]) {
    head("More actors", &["actors", "RSS", "a measurement of all", "a restart"]);
    for count in counts {
        System::new().block_on(async {
            let clock = Clock::system();
            let supervisor =
                Supervisor::builder().arenas(Some(Arenas::probe().unwrap())).without_monitor().start();
            let idle_child = |number| Child::named(&format!("idle-{number}"), || Idle);
            let links: Vec<Link<Idle>> =
                (0..*count).map(|number| supervisor.supervise(idle_child(number)).unwrap()).collect();
            for link in &links {
                link.send(Ping).await.unwrap();
            }
            let rss = idle().await;
            let stopwatch = clock.stopwatch();
            for _ in 0..ROUNDS {
                supervisor.measure(Vec::new()).await.unwrap();
            }
            let measured = stopwatch.elapsed() / ROUNDS;
            let stopwatch = clock.stopwatch();
            supervisor.restart("idle-0").await.unwrap();
            links[0].send(Ping).await.unwrap();
            let restarted = stopwatch.elapsed();
            let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
            row(&[count.to_string(), mib(rss), ms(measured), ms(restarted)]);
            supervisor.shut_down(DRAIN).await.unwrap();
        });
    }
}
