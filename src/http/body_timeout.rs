//! A request's body that has to arrive whole in time: one that drips would keep its place for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::timeouts;

/// The body, as far as there is one.
pub(super) fn in_time(body: Incoming) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(InTime { body, until: None }) }
}

struct InTime {
    body: Incoming,
    /// Counts from when somebody wants to read: the hub makes who sends too fast wait before that.
    until: Option<Pin<Box<Sleep>>>,
}

impl hyper::body::Body for InTime {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)));
        }
        let until = self.until.get_or_insert_with(|| Box::pin(sleep(timeouts::BODY)));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
