//! What an actor keeps because it is told to, piece by piece: made on its thread, charged to its account, dropped with its
//! generation.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};

/// How long, in real time, a piece may take, a restart of the actor included.
const KEPT_WITHIN: Duration = Duration::from_secs(30);

/// Makes a piece, on the actor's thread; nothing when there is nothing to keep.
type Make = Box<dyn FnOnce() -> LocalBoxFuture<'static, Option<Box<dyn Any>>> + Send>;

struct Order {
    make: Make,
    kept: oneshot::Sender<bool>,
}

/// The keepsakes of one actor; clones give to the same one.
#[derive(Clone)]
pub struct Keepsakes {
    actor: Arc<str>,
    orders: mpsc::Sender<Order>,
    /// With the living generation.
    taken: Arc<Mutex<mpsc::Receiver<Order>>>,
}

impl Keepsakes {
    /// For the actor of this name; none are kept before a [`Laboratory`](super::Laboratory) has attached them.
    pub fn of(actor: &str) -> Self {
        let (orders, taken) = mpsc::channel(1);
        Self { actor: actor.into(), orders, taken: Arc::new(Mutex::new(taken)) }
    }

    /// Has the actor make something and keep it; says whether it does. It does not when it is restarted meanwhile.
    pub async fn keep(
        &self,
        make: impl FnOnce() -> LocalBoxFuture<'static, Option<Box<dyn Any>>> + Send + 'static,
    ) -> bool {
        let (kept, answer) = oneshot::channel();
        let order = Order { make: Box::new(make), kept };
        let given = async { self.orders.send(order).await.is_ok() && answer.await.unwrap_or(false) };
        tokio::time::timeout(KEPT_WITHIN, given).await.unwrap_or(false)
    }

    pub(super) fn actor(&self) -> &str {
        &self.actor
    }

    /// Beside the actor: takes what is given for as long as the generation lives.
    pub(super) async fn take(self) {
        let mut orders = self.taken.lock().await;
        let mut pieces: Vec<Box<dyn Any>> = Vec::new();
        while let Some(Order { make, kept }) = orders.recv().await {
            let piece = make().await;
            // Who asked may have gone.
            let _ = kept.send(piece.is_some());
            pieces.extend(piece);
        }
    }
}

impl std::fmt::Debug for Keepsakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keepsakes({})", self.actor)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::{Rc, Weak};

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_is_kept_lives_as_long_as_the_generation() {
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let keepsakes = Keepsakes::of("report-builder");
                let generation = tokio::task::spawn_local(keepsakes.clone().take());
                let (tell, told) = oneshot::channel::<usize>();
                let kept = keepsakes.keep(move || {
                    async move {
                        let piece: Rc<[u8]> = Rc::from([1_u8; 10].as_slice());
                        let watch: Weak<[u8]> = Rc::downgrade(&piece);
                        tokio::task::spawn_local(async move {
                            while watch.strong_count() > 0 {
                                tokio::task::yield_now().await;
                            }
                            let _ = tell.send(10);
                        });
                        Some(Box::new(piece) as Box<dyn Any>)
                    }
                    .boxed_local()
                });
                assert!(kept.await);
                assert!(!keepsakes.keep(|| async { None }.boxed_local()).await);
                generation.abort();
                assert_eq!(told.await, Ok(10));
                // The next generation goes on.
                let next = tokio::task::spawn_local(keepsakes.clone().take());
                assert!(keepsakes.keep(|| async { Some(Box::new(1) as Box<dyn Any>) }.boxed_local()).await);
                next.abort();
            })
            .await;
    }
}
