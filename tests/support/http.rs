//! As much of HTTP as the tests need to talk to the emulator and the proxy themselves.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Long enough for the emulator's slowest answer, short enough for a test to fail in.
const READ_LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {:?}", self.body))
    }
}

/// Sends one request on a connection of its own; `endpoint` is `http://HOST:PORT`.
///
/// # Errors
///
/// Fails where the connection does, or where the answer is no HTTP.
pub fn send(endpoint: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
    let address = endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(READ_LIMIT))?;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes())?;
    read_answer(BufReader::new(stream))
}

/// Sends one operation of the EC2 query protocol, signed as far as the emulator looks.
///
/// # Errors
///
/// Fails as [`send`] does.
pub fn ec2(endpoint: &str, account: &str, region: &str, operation: &str) -> io::Result<Answer> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0"
    );
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
    ];
    send(endpoint, "POST", "/", &headers, &format!("Action={operation}&Version=2016-11-15"))
}

fn read_answer(mut reader: impl BufRead) -> io::Result<Answer> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
    let status = read_line(&mut reader)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(malformed)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(&mut reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut body = Vec::new();
    match headers.iter().find(|(name, _)| name == "content-length") {
        Some((_, length)) => {
            body.resize(length.parse().map_err(|_| malformed())?, 0);
            reader.read_exact(&mut body)?;
        }
        None => {
            reader.read_to_end(&mut body)?;
        }
    }
    Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
