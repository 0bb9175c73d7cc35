//! Splits an answer's body into small chunks. hyper copies a whole chunk into its own buffer, however large
//! it is; of small chunks it takes as many as fit, and the rest stays where its memory is counted.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

/// The largest chunk, in bytes.
const PIECE: usize = 16 * 1024;

/// A body in small chunks.
#[derive(Debug)]
pub(super) struct Slices {
    body: Body,
    /// The rest of the body's last chunk.
    rest: Bytes,
}

impl Slices {
    pub(super) fn of(body: Body) -> Self {
        Self { body, rest: Bytes::new() }
    }
}

impl hyper::body::Body for Slices {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.body.size_hint();
        let rest = self.rest.len() as u64;
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;

    #[tokio::test]
    async fn a_large_piece_comes_in_small_ones_and_whole() {
        let bytes: Vec<u8> = (0..40_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut slices = Slices::of(Body::from(bytes.clone()));
        assert_eq!(slices.size_hint().exact(), Some(40_000));
        let mut lengths = Vec::new();
        let mut all = Vec::new();
        while let Some(frame) = slices.frame().await {
            let data = frame.unwrap().into_data().unwrap();
            assert_eq!(slices.size_hint().exact(), Some(40_000 - (all.len() + data.len()) as u64));
            lengths.push(data.len());
            all.extend_from_slice(&data);
        }
        assert_eq!((lengths, all), (vec![PIECE, PIECE, 40_000 - 2 * PIECE], bytes));
        assert!(Slices::of(Body::empty()).is_end_stream());
    }
}
