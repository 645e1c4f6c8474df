//! An actor that allocates and keeps what it is told to, in every way that memory comes about here.

#![allow(dead_code, unreachable_pub, missing_docs)] // every test binary uses a part of it
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::any::Any;

use actix::prelude::*;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::measure::ChildMemory;

/// What a kept object is counted as: small, so that it lies in a slab with others.
pub const SMALL: usize = 64;

#[derive(Default)]
pub struct Keeper {
    kept: Vec<Box<dyn Any>>,
}

/// Keeps a list of small Rust objects.
#[derive(Message)]
#[rtype(result = "()")]
pub struct KeepSmall(pub usize);

/// Keeps memory that SQLite asked C's `malloc` for, and says how many bytes.
#[derive(Message)]
#[rtype(result = "u64")]
pub struct KeepSqlite;

/// Keeps what one of its blocking threads allocates.
#[derive(Message)]
#[rtype(result = "()")]
pub struct KeepBlocking(pub usize);

/// Keeps what a thread of its own, which is bound to nothing, allocates.
#[derive(Message)]
#[rtype(result = "()")]
pub struct KeepUnbound(pub usize);

/// Allocates and hands over.
#[derive(Message)]
#[rtype(result = "Vec<u8>")]
pub struct Make(pub usize);

/// Keeps what somebody else allocated.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Keep(pub Vec<u8>);

/// Leaks so many objects of 1 KiB for good.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Forget(pub usize);

/// Drops everything that is kept.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Release;

impl Actor for Keeper {
    type Context = Context<Self>;
}

impl Handler<KeepSmall> for Keeper {
    type Result = ();
    fn handle(&mut self, keep: KeepSmall, _: &mut Self::Context) {
        let mut list = Vec::with_capacity(keep.0);
        list.extend((0..keep.0).map(|_| Box::new([1_u8; SMALL])));
        self.kept.push(Box::new(list));
    }
}

impl Handler<KeepSqlite> for Keeper {
    type Result = u64;
    fn handle(&mut self, _: KeepSqlite, _: &mut Self::Context) -> u64 {
        let mut database = SqliteConnection::establish(":memory:").unwrap();
        // Just below 4 MiB, which is a size of the allocator: what is asked for is what is charged.
        database.batch_execute("CREATE TABLE t (b BLOB); INSERT INTO t VALUES (zeroblob(4160000))").unwrap();
        let copy = database.serialize_database_to_buffer();
        let bytes = copy.try_as_slice().unwrap().len() as u64;
        self.kept.push(Box::new(copy));
        bytes
    }
}

impl Handler<KeepBlocking> for Keeper {
    type Result = ResponseActFuture<Self, ()>;
    fn handle(&mut self, keep: KeepBlocking, _: &mut Self::Context) -> Self::Result {
        let made = tokio::task::spawn_blocking(move || vec![1_u8; keep.0]);
        Box::pin(made.into_actor(self).map(|made, keeper, _| keeper.kept.push(Box::new(made.unwrap()))))
    }
}

impl Handler<KeepUnbound> for Keeper {
    type Result = ();
    fn handle(&mut self, keep: KeepUnbound, _: &mut Self::Context) {
        let made = std::thread::spawn(move || vec![1_u8; keep.0]);
        self.kept.push(Box::new(made.join().unwrap()));
    }
}

impl Handler<Make> for Keeper {
    type Result = Vec<u8>;
    fn handle(&mut self, make: Make, _: &mut Self::Context) -> Vec<u8> {
        vec![1; make.0]
    }
}

impl Handler<Keep> for Keeper {
    type Result = ();
    fn handle(&mut self, keep: Keep, _: &mut Self::Context) {
        self.kept.push(Box::new(keep.0));
    }
}

impl Handler<Forget> for Keeper {
    type Result = ();
    fn handle(&mut self, forget: Forget, _: &mut Self::Context) {
        for _ in 0..forget.0 {
            Box::leak(Box::new([1_u8; 1024]));
        }
    }
}

impl Handler<Release> for Keeper {
    type Result = ();
    fn handle(&mut self, _: Release, _: &mut Self::Context) {
        self.kept = Vec::new();
    }
}

pub fn keeper(link: &Link<Keeper>) -> Child<Keeper> {
    Child::new(link, Keeper::default)
}

/// The account of one child, after a measurement of all.
pub async fn account(supervisor: &SupervisorHandle, name: &str) -> ChildMemory {
    let children = supervisor.measure(Vec::new()).await.unwrap().children;
    children.into_iter().find(|child| child.name == name).unwrap()
}
