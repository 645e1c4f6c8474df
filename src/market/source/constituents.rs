//! One page of the constituents table, parsed while it arrives.
//!
//! Pieces of the body go through a short channel to a blocking thread that parses them; what is held at any time is a
//! few pieces and the compact coins of this page, never the body. The thread ends when the request does, for whatever
//! reason: the channel closes.

use std::io::{self, BufReader, Read};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc;

use super::endpoint::Endpoint;
use super::error::SourceError;
use super::failure::Failure;
use super::narrow::NarrowClient;
use crate::market::model::Constituent;
use crate::market::parse::ParseError;
use crate::market::parse::coingecko::parse_constituents;

/// What CoinGecko gives at most.
const LARGEST_PAGE: u32 = 250;
/// Pieces that may wait for the parser.
const PIECES_IN_FLIGHT: usize = 1;
/// The parser asks for one byte at a time.
const READ_AHEAD: usize = 8 * 1024;

/// The coins on `page` (from 1) of `per_page` (1 to 250), largest capitalisation first; none past the end.
pub(super) async fn fetch(
    endpoint: &Endpoint,
    client: &NarrowClient,
    page: u32,
    per_page: u32,
) -> Result<Vec<Constituent>, SourceError> {
    endpoint.admits()?;
    let name = endpoint.name;
    let deadline = endpoint.deadline();
    let answer =
        deadline.within(read_page(endpoint, client, page.max(1), per_page.clamp(1, LARGEST_PAGE))).await;
    let duration_ms = deadline.since.elapsed_ms();
    match answer {
        Ok(coins) => {
            endpoint.note_recovery();
            log::debug!(source = name.as_str(), page, duration_ms; "source {name} gave page {page} of the constituents in {duration_ms} ms");
            Ok(coins)
        }
        Err(failure) => {
            endpoint.note_failure(&failure);
            Err(SourceError::Failed { name, failure })
        }
    }
}

async fn read_page(
    endpoint: &Endpoint,
    client: &NarrowClient,
    page: u32,
    per_page: u32,
) -> Result<Vec<Constituent>, Failure> {
    let path = format!(
        "/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page={per_page}&page={page}\
         &sparkline=true&price_change_percentage=1h,24h,7d,30d"
    );
    let mut body = endpoint.open(client.send(endpoint.get(&path)).await?).await?;
    let (pieces, waiting) = mpsc::channel(PIECES_IN_FLIGHT);
    let parsing =
        tokio::task::spawn_blocking(move || parse(Pieces { waiting, current: Bytes::new() }, per_page));
    let received: Result<(), Failure> = async {
        while let Some(piece) = body.next().await? {
            // The parser has stopped early: it knows why.
            if pieces.send(piece).await.is_err() {
                break;
            }
        }
        Ok(())
    }
    .await;
    drop(pieces);
    let parsed = parsing.await.map_err(|_| Failure::GivenUp)?;
    // A body that broke off is also unusable; that it broke off is the cause.
    received?;
    Ok(parsed?)
}

fn parse(pieces: Pieces, per_page: u32) -> Result<Vec<Constituent>, ParseError> {
    let per_page = per_page as usize;
    let mut coins = Vec::with_capacity(per_page);
    parse_constituents(BufReader::with_capacity(READ_AHEAD, pieces), &mut |coin| {
        if coins.len() < per_page {
            coins.push(coin);
        }
    })?;
    Ok(coins)
}

/// The pieces of a body as one reader; blocks until the next one arrives and ends when the sender is gone.
struct Pieces {
    waiting: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.waiting.blocking_recv() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let length = self.current.len().min(into.len());
        self.current.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}
