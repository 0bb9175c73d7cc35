//! Tells the connections that the hub closes.

use tokio::sync::watch;

/// Says once that the hub closes.
#[derive(Debug, Default)]
pub(super) struct StopSignal(watch::Sender<bool>);

impl StopSignal {
    /// Tells every [`Closing`] of it, also those that are made later.
    pub(super) fn stop(&self) {
        self.0.send_replace(true);
    }

    pub(super) fn closing(&self) -> Closing {
        Closing(self.0.subscribe())
    }
}

/// Learns that the hub closes.
#[derive(Debug, Clone)]
pub(super) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Returns once the hub closes, also when its signal is gone.
    pub(super) async fn begun(&self) {
        let mut receiver = self.0.clone();
        let _begun_or_gone = receiver.wait_for(|begun| *begun).await;
    }
}
