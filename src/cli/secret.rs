//! Reads secrets from the terminal or standard input, never from the command line, which every user of the machine can
//! read.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Asks for a secret at the terminal, without echo.
pub(super) fn asked(question: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask at; --password-stdin reads the password instead");
    }
    let mut error = io::stderr();
    write!(error, "{question}").and_then(|()| error.flush())?;
    let hidden = Hidden::begin()?;
    let line = first_line(io::stdin().lock());
    drop(hidden);
    // Enter was not echoed either.
    writeln!(error)?;
    line
}

/// Reads a secret: the first line, without its line break.
pub(super) fn first_line(mut from: impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line).context("the password cannot be read")?;
    let line = line.trim_end_matches(['\n', '\r']).to_owned();
    if line.is_empty() {
        bail!("no password was given");
    }
    Ok(line)
}

/// Turns off the terminal's echo until it is dropped. Holds the settings to restore.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> anyhow::Result<Self> {
        let before = tcgetattr(io::stdin()).context("the terminal cannot be asked")?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)
            .context("the terminal cannot hide what is typed")?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_secret_and_nothing_is_none() {
        assert_eq!(first_line(&b"cola 1\r\nmore"[..]).unwrap(), "cola 1");
        assert_eq!(first_line(&b"cola"[..]).unwrap(), "cola");
        assert!(first_line(&b"\n"[..]).is_err());
        assert!(first_line(&b""[..]).is_err());
    }
}
