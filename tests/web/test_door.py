"""Who gets in: the key, by what name, from which page (RELIABILITY O-08)."""

import pytest
from aiohttp import WSServerHandshakeError

from tests.web.conftest import Served, first


@pytest.mark.parametrize("path", ["", "ws", "static/js/textual.js", "download/x", "nothing", "?key=wrong", "?key=%ff"])
async def test_without_the_key_nothing_is_shown_but_how_to_get_in(served: Served, path: str) -> None:
    async with served.browser.get(served.url + path) as answer:
        said = await answer.text()
    assert answer.status == 403
    assert "cpoctl dashboard --web" in said
    assert served.key not in said


async def test_the_key_leaves_the_address_bar_and_stays_as_a_cookie_that_no_script_reads(served: Served) -> None:
    async with served.browser.get(served.url, params={"key": served.key}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        [cookie] = answer.cookies.values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    async with served.browser.get(served.url) as answer:
        assert (answer.status, "textual-terminal" in await answer.text()) == (200, True)


async def test_who_is_in_may_open_an_old_address_again(served: Served) -> None:
    await served.enter()
    async with served.browser.get(served.url, params={"key": "an old one"}) as answer:
        assert (answer.status, str(answer.url)) == (200, served.url)


@pytest.mark.parametrize(
    "host", ["evil.example", "192.168.1.7:8790", "localhost.evil.example", "x@localhost", "localhost/x", "[::1", ""]
)
async def test_a_foreign_name_for_this_machine_gets_nothing_even_with_the_key(served: Served, host: str) -> None:
    async with served.browser.get(served.url, params={"key": served.key}, headers={"Host": host}) as answer:
        assert answer.status == 421


@pytest.mark.parametrize("host", ["localhost:9001", "127.0.0.1:9001", "[::1]:9001"])
async def test_a_tunnel_may_end_at_any_port(served: Served, host: str) -> None:
    headers = {"Host": host, "Cookie": f"cpoctl_9001={served.key}"}
    async with served.browser.get(served.url, headers=headers) as answer:
        assert f'"ws://{host}/ws"' in await answer.text()


async def test_a_page_of_another_origin_opens_no_tab_even_with_the_cookie(served: Served) -> None:
    await served.enter()
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null", None):
        with pytest.raises(WSServerHandshakeError) as refused:
            await served.browser.ws_connect(f"{served.url}ws", origin=origin)
        assert refused.value.status == 403


async def test_the_page_takes_nothing_from_elsewhere_and_stands_in_no_frame(served: Served) -> None:
    await served.enter()
    async with served.browser.get(served.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.count("://") == page.count("ws://127.0.0.1") == 1
    async with served.browser.get(f"{served.url}static/js/textual.js") as answer:
        assert (answer.status, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")


async def test_the_process_behind_a_tab_never_hears_of_the_key(served: Served) -> None:
    await served.enter()
    async with served.tab() as socket:
        assert served.key not in str(await first(socket))
