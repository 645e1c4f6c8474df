//! A language model's server on a loopback port, which says what it is told to say and misbehaves on request.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

/// How a request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This text, in the form of whichever interface was asked.
    Draft(String),
    /// A whole answer.
    Whole { status: u16, content_type: &'static str, body: String },
    /// A body of this many bytes, with or without its length announced.
    Long { length: usize, announced: bool },
    /// A byte now and then, for ever.
    Trickles,
    /// The start of a body, and then the connection is closed.
    BreaksOff,
}

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) address: String,
    pub(crate) authorization: Option<String>,
    pub(crate) google_key: Option<String>,
    pub(crate) body: Value,
}

#[derive(Debug)]
struct Script {
    answer: Mutex<Answer>,
    asked: Mutex<Vec<Asked>>,
}

/// A running server; stops when dropped.
pub(crate) struct ModelServer {
    pub(crate) base_url: String,
    script: Arc<Script>,
    handle: ServerHandle,
}

impl ModelServer {
    pub(crate) fn start() -> Self {
        let answer = Mutex::new(Answer::Draft(String::new()));
        let script = Arc::new(Script { answer, asked: Mutex::default() });
        let data = Data::from(Arc::clone(&script));
        let server =
            HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(respond)))
                .workers(1)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .unwrap();
        let base_url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base_url, script, handle }
    }

    /// Answers so from now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self.script.answer.lock().unwrap() = answer;
    }

    /// The requests since the last call.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.script.asked.lock().unwrap())
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// A draft as OpenAI's interface wraps it.
pub(crate) fn completion(draft: &str) -> Value {
    json!({"id": "x", "choices": [{"index": 0, "finish_reason": "stop",
           "message": {"role": "assistant", "content": draft}}]})
}

/// A draft as Gemini's interface wraps it: in several parts, after a thought.
pub(crate) fn generation(draft: &str) -> Value {
    let (first, rest) = draft.split_at(draft.find(' ').unwrap_or(draft.len()));
    json!({"candidates": [{"finishReason": "STOP", "content": {"role": "model", "parts": [
           {"text": "Thirteen per cent?", "thought": true}, {"text": first}, {"text": rest}]}}]})
}

async fn respond(request: HttpRequest, body: Bytes, script: Data<Script>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let address = request.uri().to_string();
    script.asked.lock().unwrap().push(Asked {
        address: address.clone(),
        authorization: header("authorization"),
        google_key: header("x-goog-api-key"),
        body: serde_json::from_slice(&body).unwrap(),
    });
    let answer = script.answer.lock().unwrap().clone();
    let mut ok = HttpResponse::Ok();
    ok.content_type("application/json");
    match answer {
        Answer::Draft(draft) if address.ends_with(":generateContent") => ok.json(generation(&draft)),
        Answer::Draft(draft) => ok.json(completion(&draft)),
        Answer::Whole { status, content_type, body } => {
            HttpResponse::build(StatusCode::from_u16(status).unwrap()).content_type(content_type).body(body)
        }
        Answer::Long { length, announced: true } => ok.body(vec![b' '; length]),
        Answer::Long { length, announced: false } => {
            let piece = Bytes::from(vec![b' '; 64 * 1024]);
            ok.streaming(stream::repeat(piece).take(length.div_ceil(64 * 1024)).map(Ok::<_, io::Error>))
        }
        Answer::Trickles => ok.streaming(stream::unfold((), |()| async {
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, io::Error>(Bytes::from_static(b" ")), ()))
        })),
        Answer::BreaksOff => {
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            ok.streaming(stream::iter([Ok(Bytes::from_static(b"{\"choices\"")), broken]))
        }
    }
}
