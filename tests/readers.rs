//! Five hundred readers of one report while another one is being built: everybody gets the whole page.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::cell::Cell;

use futures_util::StreamExt;
use futures_util::future::join_all;
use sha2::{Digest, Sha256};

mod common;
use common::house::{House, reqwest_client};

evenkeel::install_allocator!();

const READERS: usize = 500;

async fn read(client: &reqwest::Client, url: &str) -> (u64, [u8; 32]) {
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let mut body = answer.bytes_stream();
    let (mut length, mut hash) = (0, Sha256::new());
    while let Some(piece) = body.next().await {
        let piece = piece.unwrap();
        length += piece.len() as u64;
        hash.update(&piece);
    }
    (length, hash.finalize().into())
}

#[actix_rt::test]
async fn five_hundred_readers_see_the_whole_page_during_a_build() {
    let house = House::open(|_| {}).await;
    let report = house.report().await.unwrap();
    let url = house.url(&format!("/reports/{}?lang=en", report.id));
    let client = reqwest_client();
    let expected = read(&client, &url).await;
    let html = report.artifacts.iter().find(|artifact| artifact.name == "html_en").unwrap();
    assert!(expected.0 > html.bytes);

    let (reading, built) = (Cell::new(true), Cell::new(0));
    let building = async {
        while reading.get() {
            house.report().await.unwrap();
            built.set(built.get() + 1);
        }
    };
    // Again and again until a report was begun and finished while somebody was reading.
    let readers = async {
        while built.get() == 0 {
            let pages = join_all((0..READERS).map(|_| read(&client, &url))).await;
            assert_eq!(pages.len(), READERS);
            assert!(pages.iter().all(|page| *page == expected), "somebody got another page");
        }
        reading.set(false);
    };
    tokio::join!(building, readers);
    assert!(built.get() >= 1);
}
