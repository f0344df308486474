"""Texts that the command line fetches for an operation: prices of the day from whoever publishes them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cpoctl.cli import reading
from cpoctl.errors import UsageProblem


class Publisher(BaseHTTPRequestHandler):
    """Somebody who publishes prices."""

    def do_GET(self) -> None:
        """Prices, something else, far too much, or nothing."""
        answers = {"/prices": b"start,price\n", "/binary": b"\xff\xfe", "/endless": b"0" * (17 << 20)}
        body = answers.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.end_headers()
        try:
            self.wfile.write(body or b"")
        except OSError:  # whoever asked has heard enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where prices are published."""
    with HTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_stands_at_a_url_is_read(url: str) -> None:
    assert reading.source(f"{url}/prices", "prices") == "start,price\n"


@pytest.mark.parametrize(
    ("path", "why"), [("/none", "answers 404"), ("/binary", "is not UTF-8"), ("/endless", "longer than 16 MiB")]
)
def test_what_cannot_be_used_is_said(url: str, path: str, why: str) -> None:
    with pytest.raises(UsageProblem, match=why):
        reading.source(url + path, "prices")


def test_nobody_there_is_said() -> None:
    with pytest.raises(UsageProblem, match="cannot read http://127"):
        reading.source("http://127.0.0.1:1/prices", "prices")


def test_text_is_taken_as_it_is() -> None:
    assert reading.source("start,price", "prices") == "start,price"
