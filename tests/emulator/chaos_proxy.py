#!/usr/bin/env python3
"""A fault-injecting HTTP/1.1 proxy in front of the emulator: standard library and loopback only.

    chaos_proxy.py --upstream 127.0.0.1:5577 --log calls.ndjson [--rules rules.json] [--port 0]

Control requests:
  POST /_chaos/rules   a JSON list of rules, which replaces the present one
  POST /_chaos/reset   drops rules, counters and the state of the random numbers
  GET  /_chaos/stats   rules, hits of each rule, calls and faults of each operation

A rule's fields, all optional:
  service, operation, query, region, account   globs; `service` is the signing name, such as ec2,
                elasticloadbalancing, monitoring, servicequotas, ce; the operation of a REST call is
                its method and path, and `query` what follows them
  latency_ms, jitter_ms   delay; the delays of all matching rules add up
  p             probability of the fault, drawn from --seed
  skip, times   the first `skip` matches pass, and at most `times` are faulted
  rate, burst   calls a second for each service and region; only what exceeds it is faulted
  fault         one of the following; of several rules that match, the first one decides
    throttle    the code of the wire protocol: RequestLimitExceeded (ec2), Throttling (query XML),
                ThrottlingException (JSON, REST), SlowDown and 503 (s3); `retry_after` adds a header
    error       `status`, 500 unless given
    denied      access denied
    expired     an expired token
    optin       a region that is not enabled: AuthFailure or UnrecognizedClientException
    reset       a TCP reset before any byte
    hang        no answer for `seconds`, 60 unless given
    truncate    the whole Content-Length, but the connection closes after `bytes`
    garbage     200 with a body that does not parse
  code, status  replace the fault's own error code and status

The log has one JSON object a line and request: t, service, operation, query, region, account,
dry_run, attempt, conn, inflight, status, fault, ms, bytes. `attempt` is what the SDK says in
amz-sdk-request, so a retry can be told from a first call. A line is written before the answer's
first byte, so that whoever has the answer finds the line; `ms` ends at that moment.
"""

import argparse
import asyncio
import fnmatch
import json
import random
import re
import socket
import struct
import time
from urllib.parse import parse_qs

import lifecycle

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
ATTEMPT = re.compile(r"attempt=(\d+)")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
READ_LIMIT = 1 << 20

# Headers that describe one connection and so are not passed on.
REQUEST_HOP_HEADERS = {"connection", "transfer-encoding", "content-length", "expect"}
ANSWER_HOP_HEADERS = {
    "connection",
    "transfer-encoding",
    "content-length",
    "content-type",
    "keep-alive",
}


# --- what an AWS error looks like in each protocol ------------------------------------------------


def cbor_text(text: str) -> bytes:
    data = text.encode()
    if len(data) < 24:
        return bytes([0x60 | len(data)]) + data
    if len(data) < 256:
        return bytes([0x78, len(data)]) + data
    return b"\x79" + len(data).to_bytes(2, "big") + data


def error_body(service: str, protocol: str, code: str, message: str):
    """The content type, body and further headers of an error."""
    escaped = message.replace("&", "&amp;").replace("<", "&lt;")
    named = f"<Code>{code}</Code><Message>{escaped}</Message>"
    prolog = '<?xml version="1.0" encoding="UTF-8"?>'
    if service == "s3":
        body = f"{prolog}<Error>{named}<RequestId>chaos</RequestId></Error>"
        return "application/xml", body.encode(), {}
    if protocol == "query" and service == "ec2":
        body = (
            f"{prolog}<Response><Errors><Error>{named}</Error></Errors>"
            "<RequestID>chaos</RequestID></Response>"
        )
        return "text/xml;charset=UTF-8", body.encode(), {}
    if protocol == "query" or service == "route53":
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type>{named}</Error>"
            "<RequestId>chaos</RequestId></ErrorResponse>"
        )
        return "text/xml", body.encode(), {}
    if protocol == "cbor":
        fields = ("__type", code, "message", message)
        body = b"\xa2" + b"".join(cbor_text(field) for field in fields)
        return "application/cbor", body, {"smithy-protocol": "rpc-v2-cbor"}
    body = json.dumps({"__type": code, "message": message})
    return "application/x-amz-json-1.1", body.encode(), {"x-amzn-ErrorType": code}


def aws_error(kind: str, service: str, protocol: str, operation: str):
    """The code, message and status AWS answers with, which differ by service and protocol."""
    query = protocol == "query"
    json_like = protocol in ("json", "cbor")
    if kind == "throttle":
        if service == "lambda":
            return "TooManyRequestsException", "Rate exceeded", 429
        fallback = "Throttling" if query else "ThrottlingException"
        code = {"ec2": "RequestLimitExceeded", "s3": "SlowDown"}.get(service, fallback)
        return code, "Rate exceeded", 503 if service in ("ec2", "s3") else 400
    if kind == "denied":
        fallback = "AccessDenied" if query else "AccessDeniedException"
        code = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied"}.get(service, fallback)
        message = (
            "User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: "
            f"{service}:{operation}"
        )
        return code, message, 400 if json_like else 403
    if kind == "expired":
        fallback = "ExpiredToken" if query else "ExpiredTokenException"
        code = {"ec2": "RequestExpired", "s3": "ExpiredToken"}.get(service, fallback)
        message = "The security token included in the request is expired"
        return code, message, 400 if service in ("ec2", "s3") or not query else 403
    if kind == "optin":
        message = "AWS was not able to validate the provided access credentials"
        if service == "ec2":
            return "AuthFailure", message, 401
        return "InvalidClientTokenId" if query else "UnrecognizedClientException", message, 403
    code = "InternalError" if service in ("s3", "ec2") else "InternalFailure"
    return code, "We encountered an internal error.", 500


# --- HTTP messages --------------------------------------------------------------------------------


class Message:
    """The head and body of a request or an answer; header names are in lower case."""

    def __init__(self, first_line: str, headers: dict, body: bytes = b""):
        self.first_line = first_line
        self.headers = headers
        self.body = body

    @property
    def is_head(self) -> bool:
        return self.first_line.startswith("HEAD")

    @property
    def path(self) -> str:
        return self.first_line.split(" ")[1]


async def read_head(reader) -> Message:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        if ":" in line:
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
    return Message(first, headers)


async def read_body(reader, headers: dict, until_close: bool = False) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = b""
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            body += await reader.readexactly(size)
            await reader.readline()
            if size == 0:
                return body
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read() if until_close else b""


def head_bytes(first_line: str, headers: dict) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def describe(request: Message):
    """Which call a request is, and in which wire protocol."""
    credential = CREDENTIAL.search(request.headers.get("authorization", ""))
    key_id, region, service = credential.groups() if credential else ("", "", "unsigned")
    method, target, _ = request.first_line.split(" ", 2)
    path, _, query = target.partition("?")
    content_type = request.headers.get("content-type", "")
    dry_run = False

    if "x-amz-target" in request.headers:
        operation, protocol = request.headers["x-amz-target"].split(".")[-1], "json"
    elif "/operation/" in path:  # Smithy RPC v2
        operation = path.rsplit("/", 1)[1]
        protocol = "cbor" if "cbor" in content_type else "json"
    elif "x-www-form-urlencoded" in content_type:
        form = parse_qs(request.body.decode("utf-8", "replace"))
        operation, protocol = form.get("Action", ["?"])[0], "query"
        dry_run = form.get("DryRun", [""])[0] == "true"
    elif "Action=" in query:
        operation, protocol = parse_qs(query).get("Action", ["?"])[0], "query"
    else:
        operation, protocol = f"{method} {path}", "rest"

    if "cbor" in request.headers.get("smithy-protocol", ""):
        protocol = "cbor"
    if service == "route53":  # REST, but its errors are those of the query protocol
        protocol = "query"

    attempt = ATTEMPT.search(request.headers.get("amz-sdk-request", ""))
    call = {
        "service": service,
        "operation": operation,
        "query": query,
        "region": region,
        "account": key_id if key_id.isdigit() else "",
        "dry_run": dry_run,
        "attempt": int(attempt[1]) if attempt else None,
    }
    return call, protocol


# --- rules ----------------------------------------------------------------------------------------


class Rules:
    """The rules in force and how often each has matched."""

    MATCHED = ("service", "operation", "query", "region", "account")

    def __init__(self, rules: list, seed: int):
        self.seed = seed
        self.random = random.Random(seed)
        self.replace(rules)

    def replace(self, rules: list) -> None:
        self.rules = rules
        self.hits = {}
        self.buckets = {}

    def reset(self) -> None:
        self.random = random.Random(self.seed)
        self.replace([])

    def pick(self, call: dict):
        """The delay in seconds and the faulting rule, if any, of one call."""
        delay, chosen = 0.0, None
        for index, rule in enumerate(self.rules):
            if not all(
                fnmatch.fnmatchcase(str(call[field]), rule.get(field, "*"))
                for field in self.MATCHED
            ):
                continue
            if "latency_ms" in rule:
                jitter = self.random.random() * rule.get("jitter_ms", 0)
                delay += (rule["latency_ms"] + jitter) / 1000
            if chosen is None and "fault" in rule and self.applies(index, rule, call):
                chosen = rule
        return delay, chosen

    def applies(self, index: int, rule: dict, call: dict) -> bool:
        if "rate" in rule and self.within_rate(index, rule, call):
            return False
        hit = self.hits[index] = self.hits.get(index, 0) + 1
        first = rule.get("skip", 0)
        if not first < hit <= first + rule.get("times", 10**9):
            return False
        return self.random.random() < rule.get("p", 1.0)

    def within_rate(self, index: int, rule: dict, call: dict) -> bool:
        """A token bucket for each service and region, as AWS throttles."""
        key = (index, call["service"], call["region"])
        burst = float(rule.get("burst", rule["rate"]))
        now = time.monotonic()
        tokens, last = self.buckets.get(key, (burst, now))
        tokens = min(burst, tokens + (now - last) * rule["rate"])
        allowed = tokens >= 1
        self.buckets[key] = (tokens - 1 if allowed else tokens, now)
        return allowed


# --- the proxy ------------------------------------------------------------------------------------


class Exchange:
    """One request on one client connection, and its line in the log."""

    def __init__(self, proxy, request: Message, writer, connection: int):
        self.proxy = proxy
        self.request = request
        self.writer = writer
        self.call, self.protocol = describe(request)
        self.started = time.monotonic()
        self.record = {
            "t": round(time.time(), 6),
            **self.call,
            "conn": connection,
            "inflight": proxy.inflight,
        }

    async def run(self) -> bool:
        """Answers the request; False where the connection is to be closed."""
        delay, rule = self.proxy.rules.pick(self.call)
        if delay:
            await asyncio.sleep(delay)
        kind = rule["fault"] if rule else None
        if kind == "reset":
            return self.reset_connection()
        if kind == "hang":
            self.log(0, 0, kind)
            await asyncio.sleep(rule.get("seconds", 60))
            return False
        if kind == "garbage":
            return await self.answer(200, "text/xml", b"<?xml version='1.0'?><Oops", fault=kind)
        if kind is None or kind == "truncate":
            return await self.forward(rule)
        return await self.answer_error(rule)

    async def answer_error(self, rule: dict) -> bool:
        kind, service = rule["fault"], self.call["service"]
        code, message, status = aws_error(kind, service, self.protocol, self.call["operation"])
        content_type, body, headers = error_body(
            service, self.protocol, rule.get("code", code), message
        )
        if "retry_after" in rule:
            headers = {**headers, "retry-after": str(rule["retry_after"])}
        status = rule.get("status", status)
        return await self.answer(status, content_type, body, headers, fault=kind)

    def reset_connection(self) -> bool:
        # Closing a socket that lingers for zero seconds sends RST instead of FIN.
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.log(0, 0, "reset")
        self.writer.transport.abort()
        return False

    async def forward(self, rule) -> bool:
        status, upstream = await self.ask_upstream()
        headers = {k: v for k, v in upstream.headers.items() if k not in ANSWER_HOP_HEADERS}
        if self.request.is_head and "content-length" in upstream.headers:
            headers["content-length"] = upstream.headers["content-length"]
        content_type = upstream.headers.get("content-type", "text/plain")
        if rule is None:
            return await self.answer(status, content_type, upstream.body, headers)
        cut = rule.get("bytes", max(1, len(upstream.body) // 2))
        return await self.answer(
            status, content_type, upstream.body, headers, fault=rule["fault"], cut=cut
        )

    async def ask_upstream(self):
        host, port = self.proxy.upstream
        reader, writer = await asyncio.open_connection(host, port, limit=READ_LIMIT)
        try:
            headers = {
                name: value
                for name, value in self.request.headers.items()
                if name not in REQUEST_HOP_HEADERS
            }
            headers["content-length"] = str(len(self.request.body))
            headers["connection"] = "close"
            writer.write(head_bytes(self.request.first_line, headers) + self.request.body)
            await writer.drain()
            answer = await read_head(reader)
            status = int(answer.first_line.split()[1])
            if not self.request.is_head and status not in (204, 304):
                answer.body = await read_body(reader, answer.headers, until_close=True)
            return status, answer
        finally:
            writer.close()

    async def answer(
        self, status, content_type, body: bytes, headers=None, fault=None, cut=None
    ) -> bool:
        self.log(status, len(body) if cut is None else cut, fault)
        head = head_bytes(
            f"HTTP/1.1 {status} Status",
            {
                "content-type": content_type,
                "content-length": str(len(body)),
                "x-amzn-requestid": "chaos",
                **(headers or {}),
            },
        )
        self.writer.write(head + (b"" if self.request.is_head else body[:cut]))
        await self.writer.drain()
        return cut is None

    def log(self, status: int, size: int, fault) -> None:
        elapsed = (time.monotonic() - self.started) * 1000
        self.record.update(status=status, fault=fault, ms=round(elapsed, 2), bytes=size)
        # The path of a REST call names a resource, so counting by it would count nothing.
        service = self.call["service"]
        key = service if self.protocol == "rest" else f"{service}:{self.call['operation']}"
        self.proxy.count(key, fault)
        self.proxy.write_line(self.record)


class Proxy:
    def __init__(self, upstream, rules: list, seed: int, log_path):
        self.upstream = upstream
        self.rules = Rules(rules, seed)
        self.log_file = open(log_path, "a", buffering=1) if log_path else None
        self.inflight = 0
        self.connections = 0
        self.stats = {}

    def count(self, key: str, fault) -> None:
        counted = self.stats.setdefault(key, {"calls": 0, "faults": 0})
        counted["calls"] += 1
        counted["faults"] += bool(fault)

    def write_line(self, record: dict) -> None:
        if self.log_file:
            self.log_file.write(json.dumps(record) + "\n")

    async def serve_connection(self, reader, writer) -> None:
        self.connections += 1
        connection = self.connections
        try:
            keep = True
            while keep:
                keep = await self.serve_request(reader, writer, connection)
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass  # either side went away
        finally:
            writer.close()

    async def serve_request(self, reader, writer, connection: int) -> bool:
        request = await read_head(reader)
        if request.headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = await read_body(reader, request.headers)
        if request.path.startswith("/_chaos/"):
            writer.write(self.control(request))
            await writer.drain()
            return True
        self.inflight += 1
        try:
            keep = await Exchange(self, request, writer, connection).run()
        finally:
            self.inflight -= 1
        return keep and request.headers.get("connection", "").lower() != "close"

    def control(self, request: Message) -> bytes:
        if request.path.endswith("/rules") and request.first_line.startswith("POST"):
            self.rules.replace(json.loads(request.body))
        if request.path.endswith("/reset"):
            self.rules.reset()
            self.stats = {}
        state = {"rules": self.rules.rules, "stats": self.stats, "hits": self.rules.hits}
        body = json.dumps(state).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body))}
        return head_bytes("HTTP/1.1 200 OK", headers) + body


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--upstream", required=True, help="HOST:PORT of the emulator")
    parser.add_argument("--log", help="file the calls are appended to")
    parser.add_argument("--rules", help="file of the rules to start with")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument(
        "--exit-with-stdin", action="store_true", help="end when stdin is closed by the starter"
    )
    options = parser.parse_args()
    host, _, port = options.upstream.rpartition(":")
    if host not in LOOPBACK:
        parser.error("the upstream must be on this machine's loopback")
    options.upstream = (host, int(port))
    return options


async def main() -> None:
    options = parse_arguments()
    rules = []
    if options.rules:
        with open(options.rules) as file:
            rules = json.load(file)
    proxy = Proxy(options.upstream, rules, options.seed, options.log)
    server = await asyncio.start_server(
        proxy.serve_connection, "127.0.0.1", options.port, limit=READ_LIMIT
    )
    if options.exit_with_stdin:
        lifecycle.exit_when_stdin_closes()
    lifecycle.announce(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
