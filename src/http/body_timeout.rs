//! A timeout for a request's whole body. A body that drips would keep its connection for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::timeouts;

/// The body with the timeout, if there is a body.
pub(super) fn in_time(body: Incoming) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(InTime { body, until: None }) }
}

struct InTime {
    body: Incoming,
    /// Counts from the first read: before that, the hub itself may delay a client that sends too fast.
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
