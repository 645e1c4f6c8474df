//! Several supervisors in one process, side by side and one after the other.

use std::collections::BTreeSet;

use actix::prelude::*;
use evenkeel::config::{LimitsConfig, MemoryConfig};
use evenkeel::memory::arena::Arenas;
use evenkeel::memory::record::{Action, PROCESS, Reason, Wish};
use evenkeel::{Supervisor, WholeProcess};

use crate::common::worker::{quick, unwatched};
use crate::common::{SOON, eventually};
use crate::{Hoard, Keep, MIB, PROCESS_WIDE, hoard, status, watchful};

#[actix_rt::test]
async fn two_supervisors_in_one_process_do_not_meet() {
    let _alone = PROCESS_WIDE.write().await;
    let process = LimitsConfig { soft: None, hard: Some(bytesize::ByteSize::mib(1)) };
    let [one, other] = [WholeProcess::Shown, WholeProcess::Judged].map(|whole| {
        let memory = MemoryConfig { process, dry_run: true, ..watchful() };
        Supervisor::builder().config(quick()).memory(memory).process(whole).start()
    });
    // The same name, in each of them.
    let [mine, yours] = [&one, &other].map(|supervisor| supervisor.supervise(hoard("cache")).unwrap());
    yours.send(Keep(32 * MIB)).await.unwrap();
    one.look().await.unwrap();
    other.look().await.unwrap();
    one.restart("cache").await.unwrap();
    eventually(SOON, "the restart", async || (status(&one, "cache").await.generation == 2).then_some(()))
        .await;
    mine.send(Keep(1)).await.unwrap();
    assert_eq!(status(&other, "cache").await.generation, 1);
    assert_eq!(yours.send(Keep(1)).await, Ok(2), "what the other one keeps is still there");

    // What a child of one holds is not what nobody owns to the other. Of the tests before, something may be left.
    let [mine, yours] = eventually(SOON, "each sees what the other one's children hold", async || {
        one.look().await.unwrap();
        other.look().await.unwrap();
        let both = [&one, &other].map(|supervisor| supervisor.memory().unwrap());
        Some(both).filter(|[mine, yours]| mine.elsewhere > yours.elsewhere + 24 * MIB)
    })
    .await;
    for status in [&mine, &yours] {
        let children: u64 = status.children.iter().map(|child| child.rss.unwrap()).sum();
        let known = (children + status.elsewhere).cast_signed() + status.unattributed.unwrap();
        assert_eq!(known, status.process.unwrap().rss.cast_signed());
    }
    // Both show the process, and the one that is told to judges it.
    let judges = |status: &evenkeel::memory::status::MemoryStatus| status.decision.is_some();
    assert_eq!([judges(&mine), judges(&yours)], [false, true]);
    let about_the_process = |record: &evenkeel::memory::record::Record| record.child == PROCESS;
    assert!(!one.decisions().iter().any(about_the_process));
    let held = Action::HeldBack { instead_of: Wish::ReplaceProcess, reason: Reason::DryRun };
    assert!(other.decisions().iter().any(|record| record.child == PROCESS && record.action == held));
}

#[actix_rt::test]
async fn a_supervisor_that_has_ended_leaves_its_arenas_to_the_next() {
    #[derive(Message)]
    #[rtype(result = "u32")]
    struct Where;

    impl Handler<Where> for Hoard {
        type Result = u32;

        fn handle(&mut self, _: Where, _: &mut Self::Context) -> u32 {
            Arenas::probe().unwrap().bound().unwrap().index()
        }
    }

    let _alone = PROCESS_WIDE.write().await;
    let mut seen = BTreeSet::new();
    for _ in 0..8 {
        let supervisor = unwatched(quick());
        let link = supervisor.supervise(hoard("a")).unwrap();
        seen.insert(link.send(Where).await.unwrap());
        link.send(Keep(4 * MIB)).await.unwrap();
        supervisor.shut_down(SOON).await.unwrap();
    }
    // Never two at once; a thread that is late to let go of one makes for a second.
    assert!(seen.len() <= 3, "{seen:?}");
}
