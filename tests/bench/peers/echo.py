"""The ceiling: a websockets server that answers each Call at once and understands nothing.

`--pure` sends every message back as it came.
"""

from websockets.asyncio.server import ServerConnection

from tests.bench.peers.running import arguments, run

_PAYLOAD = (
    '{"currentTime":"2026-01-01T00:00:00Z","interval":300,"status":"Accepted",'
    '"transactionId":1,"idTagInfo":{"status":"Accepted"}}]'
)


async def answer(connection: ServerConnection) -> None:
    """Answer each Call with one fixed payload that suits them all."""
    async for text in connection:
        assert isinstance(text, str)
        await connection.send(f"[3,{text.split(',', 2)[1]},{_PAYLOAD}")


async def echo(connection: ServerConnection) -> None:
    """Send each message back."""
    async for text in connection:
        await connection.send(text)


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--pure", action="store_true", help="send every message back as it came")
    options = parser.parse_args()
    run(echo if options.pure else answer, port=options.port, ping_interval=None)
