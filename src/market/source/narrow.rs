//! An HTTP client that reads a long body in small pieces.
//!
//! The other client doubles its read buffer up to 400 KiB as long as data is waiting, and cannot be told not to: a
//! page of constituents then costs 1.5 to 2 MB at its peak although it is parsed as it arrives. This one never reads
//! more than [`LARGEST_PIECE`] at once, which makes the cost of a page that of its coins.

use std::error::Error;
use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use reqwest::{Body, RequestBuilder, Response};
use rustls::ClientConfig;

use super::client::is_loopback;
use super::failure::{Failure, one_line};
use super::http;

/// Room for every header of a response, which have to fit into one piece.
const LARGEST_PIECE: usize = 16 * 1024;

/// A client for one request at a time; it keeps no connection.
#[derive(Debug)]
pub(super) struct NarrowClient {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    proxies: Matcher,
}

impl NarrowClient {
    pub(super) fn new(tls: &Arc<ClientConfig>) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        let connector = HttpsConnector::from((connector, Arc::clone(tls)));
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(LARGEST_PIECE)
            .build(connector);
        Self { client, proxies: Matcher::from_env() }
    }

    /// Sends a request. One that has to go through a proxy goes the way of all other requests.
    pub(super) async fn send(&self, builder: RequestBuilder) -> Result<Response, Failure> {
        let (client, request) = builder.build_split();
        let request = request.map_err(|error| Failure::Unreachable(one_line(&error.to_string())))?;
        let proxied = match request.url().as_str().parse() {
            Ok(uri) => !is_loopback(request.url()) && self.proxies.intercept(&uri).is_some(),
            Err(_) => false,
        };
        if proxied {
            return http::send(RequestBuilder::from_parts(client, request)).await;
        }
        let request = request
            .try_into()
            .map_err(|error: reqwest::Error| Failure::Unreachable(one_line(&error.to_string())))?;
        match self.client.request(request).await {
            Ok(response) => Ok(Response::from(response.map(Body::wrap))),
            Err(error) => Err(http::failure(error.is_connect(), &error as &dyn Error)),
        }
    }
}
