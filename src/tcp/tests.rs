use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpListener;

use super::*;

async fn pair() -> (Arc<Connection>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, peer) = listener.accept().await.unwrap();
    (Connection::new(stream, peer, None).unwrap(), client)
}

#[tokio::test]
async fn a_paused_connection_is_not_read_until_it_is_resumed() {
    let (connection, mut client) = pair().await;
    connection.set_paused(true);
    client.write_all(b"hello").await.unwrap();
    let mut io = ConnectionIo::new(Arc::clone(&connection), Vec::new());
    let mut buf = [0; 8];
    let mut read = tokio_test_poll(io.read(&mut buf));
    assert!(read.is_pending());
    connection.set_paused(false);
    assert_eq!(read.finish().await.unwrap(), 5);
}

#[tokio::test]
async fn a_head_is_read_to_its_end_and_comes_again() {
    let (connection, mut client) = pair().await;
    let sent = b"GET / HTTP/1.1\r\nhost: a\r\n\r\nbody";
    let (head, ()) = tokio::join!(connection.read_head(1 << 14), async {
        // The empty line in two pieces.
        let (first, second) = sent.split_at(sent.len() - 6);
        client.write_all(first).await.unwrap();
        tokio::task::yield_now().await;
        client.write_all(second).await.unwrap();
    });
    let head = head.unwrap();
    assert!(head.windows(4).any(|end| end == b"\r\n\r\n"));
    client.write_all(b"!").await.unwrap();
    client.shutdown().await.unwrap();
    let mut all = Vec::new();
    ConnectionIo::new(connection, head).read_to_end(&mut all).await.unwrap();
    assert_eq!(all, [&sent[..], b"!"].concat());
}

#[tokio::test]
async fn bytes_that_are_no_head_or_never_end_are_handed_on() {
    for (sent, most) in [(&b"\x16\x03\x01"[..], 1 << 14), (&b"GET /aaaaaaaa"[..], 8)] {
        let (connection, mut client) = pair().await;
        client.write_all(sent).await.unwrap();
        assert_eq!(connection.read_head(most).await.unwrap(), sent);
    }
    let (connection, mut client) = pair().await;
    client.write_all(b"GET").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(connection.read_head(1 << 14).await.unwrap(), b"GET");
}

#[tokio::test]
async fn hanging_up_ends_a_read_of_a_paused_connection() {
    let (connection, mut client) = pair().await;
    connection.set_paused(true);
    let mut io = ConnectionIo::new(Arc::clone(&connection), Vec::new());
    let mut buf = [0; 8];
    let mut read = tokio_test_poll(io.read(&mut buf));
    assert!(read.is_pending());
    connection.hang_up();
    assert_eq!(read.finish().await.unwrap(), 0);
    assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_websockets_message_is_overdue_until_it_ends() {
    let (connection, mut client) = pair().await;
    let mut io = ConnectionIo::new(Arc::clone(&connection), Vec::new());
    let mut buf = [0; 8];
    client.write_all(b"G").await.unwrap();
    assert_eq!(io.read(&mut buf).await.unwrap(), 1);
    assert!(!connection.overdue(Duration::ZERO), "HTTP has no messages");
    connection.set_websocket();
    // The head of a text of two bytes, without a mask, and the first of them.
    client.write_all(&[0x81, 2, b'a']).await.unwrap();
    assert_eq!(io.read(&mut buf).await.unwrap(), 3);
    let begun = Instant::now();
    while !connection.overdue(Duration::from_millis(2)) {
        // Only so that the test does not hang.
        assert!(begun.elapsed() < Duration::from_secs(300), "it never is overdue");
        tokio::task::yield_now().await;
    }
    connection.set_paused(true);
    assert!(!connection.overdue(Duration::ZERO), "nobody reads it");
    connection.set_paused(false);
    client.write_all(b"b").await.unwrap();
    assert_eq!(io.read(&mut buf).await.unwrap(), 1);
    assert!(!connection.overdue(Duration::ZERO));
}

/// A text in one frame with a 64-bit length.
fn long_text(length: usize) -> Vec<u8> {
    let mut frame = vec![0x81, 127];
    frame.extend((length as u64).to_be_bytes());
    frame.resize(frame.len() + length, b'x');
    frame
}

#[tokio::test]
async fn a_direct_write_never_lands_inside_or_before_bytes_that_socketioxide_holds() {
    let (connection, mut client) = pair().await;
    let mut io = ConnectionIo::new(Arc::clone(&connection), Vec::new());
    assert_eq!(connection.write_direct(b"no WebSocket yet"), DirectWrite::Unavailable);
    io.write_all(b"the answer").await.unwrap();
    let mut io = io.into_websocket();
    let event = [&[0x81, 4], &b"42[]"[..]].concat();
    assert!(!connection.give_packet(|| false), "nothing was taken");
    assert!(connection.give_packet(|| true));
    assert_eq!(connection.write_direct(b"before the event"), DirectWrite::Unavailable);
    io.write_all(&event).await.unwrap();
    // More than the kernel takes at once; then socketioxide writes again.
    let past = long_text(16 << 20);
    assert_eq!(connection.write_direct(&past), DirectWrite::Partial);
    assert_eq!(connection.write_direct(b"before the rest"), DirectWrite::Unavailable);
    let all = [b"the answer", &event[..], &past, &event].concat();
    let (written, read) = tokio::join!(
        async {
            io.write_all(&event).await.unwrap();
            io.shutdown().await
        },
        async {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            read
        }
    );
    written.unwrap();
    assert!(read == all, "{} bytes came, not {}", read.len(), all.len());
}

#[tokio::test]
async fn a_rest_goes_out_when_the_client_reads_again() {
    let (connection, mut client) = pair().await;
    let _io = ConnectionIo::new(Arc::clone(&connection), Vec::new()).into_websocket();
    let past = long_text(16 << 20);
    assert_eq!(connection.write_direct(&past), DirectWrite::Partial);
    assert!(!connection.write_remainder(), "nobody has read yet");
    assert_eq!(connection.write_direct(b"x"), DirectWrite::Unavailable, "a rest waits");
    let mut read = vec![0; past.len()];
    let (_, rest) = tokio::join!(client.read_exact(&mut read), async {
        while !connection.write_remainder() {
            tokio::task::yield_now().await;
        }
        connection.write_direct(b"x")
    });
    assert_eq!((rest, read == past), (DirectWrite::Done, true));
}

#[tokio::test]
async fn bytes_behind_the_upgrade_request_belong_to_the_websocket() {
    let (connection, mut client) = pair().await;
    let io = ConnectionIo::new(Arc::clone(&connection), Vec::new());
    // All but the last byte of a text.
    let mut io = io.behind(&[0x81, 2, b'a']).into_websocket();
    let mut buf = [0; 8];
    assert_eq!(io.read(&mut buf).await.unwrap(), 3);
    assert_ne!(connection.message.load(Ordering::SeqCst), 0, "a message is under way");
    client.write_all(b"b").await.unwrap();
    assert_eq!(io.read(&mut buf).await.unwrap(), 1);
    assert_eq!(connection.message.load(Ordering::SeqCst), 0, "it has ended");
}

#[tokio::test]
async fn nothing_is_read_while_something_written_waits() {
    let (connection, mut client) = pair().await;
    let mut io = ConnectionIo::new(Arc::clone(&connection), Vec::new()).into_websocket();
    client.write_all(&[0x89, 0x80, 0, 0, 0, 0]).await.unwrap();
    let answer = vec![b'x'; 16 << 20];
    let mut written = 0;
    let mut cx = Context::from_waker(Waker::noop());
    while let Poll::Ready(count) = Pin::new(&mut io).poll_write(&mut cx, &answer[written..]) {
        written += count.unwrap();
    }
    assert!(connection.is_blocked());
    let mut buf = [0; 16];
    let mut read = ReadBuf::new(&mut buf);
    assert!(Pin::new(&mut io).poll_read(&mut cx, &mut read).is_pending());
    let mut drained = vec![0; answer.len()];
    let (all, rest) = tokio::join!(client.read_exact(&mut drained), async {
        io.write_all(&answer[written..]).await?;
        io.flush().await
    });
    all.unwrap();
    rest.unwrap();
    assert_eq!(io.read(&mut buf).await.unwrap(), 6);
    assert_eq!(connection.taken(), answer.len() as u64);
}

#[tokio::test]
async fn bytes_that_the_client_already_has_are_not_sent_again() {
    const HAD: &[u8] = b"\x81\x063probe";
    let (connection, mut client) = pair().await;
    let io = ConnectionIo::new(connection, b"behind".to_vec());
    let mut io = io.into_websocket_again(b"before ", HAD);
    let mut read = [0; 13];
    io.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"before behind");
    for piece in [&HAD[..3], &HAD[3..], b"next"] {
        io.write_all(piece).await.unwrap();
    }
    let (connection, mut other) = pair().await;
    let mut another = ConnectionIo::new(connection, Vec::new()).into_websocket_again(b"", HAD);
    another.write_all(b"\x81\x01 else").await.unwrap();
    drop((io, another));
    let (mut sent, mut all) = (Vec::new(), Vec::new());
    client.read_to_end(&mut sent).await.unwrap();
    other.read_to_end(&mut all).await.unwrap();
    assert_eq!((&sent[..], &all[..]), (&b"next"[..], &b"\x81\x01 else"[..]));
}

/// A future that has been polled once.
struct Polled<F>(Pin<Box<F>>, bool);

fn tokio_test_poll<F: Future>(future: F) -> Polled<F> {
    let mut future = Box::pin(future);
    let pending = future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
    Polled(future, pending)
}

impl<F: Future> Polled<F> {
    fn is_pending(&mut self) -> bool {
        self.1
    }

    async fn finish(self) -> F::Output {
        self.0.await
    }
}
