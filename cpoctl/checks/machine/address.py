"""Address: what chargers must be given, by the addresses of this machine that reach the port."""

from cpoctl import addresses
from cpoctl.checks import Said, ok, skipped, warn
from cpoctl.checks.machine import Place, answers


def check(place: Place) -> Said:
    """Name the URLs, and whom they reach."""
    if place.elsewhere:
        return skipped("the server runs elsewhere", "cpoctl status    the address that it tells")
    host, port = place.listening
    every = [address for address in addresses.reaching(host) if not place.up or answers(address, port)]
    usable = [address for address in every if not addresses.is_loopback(address)]
    if not usable:
        why = "this machine has no other address" if host in addresses.ANYWHERE else f"it listens on {host}"
        return warn(  # it may listen there on purpose, behind a proxy or for simulated chargers
            f"no charger can reach it: {why}",
            "cpoctl serve --listen 0.0.0.0:9000    on every address, once the network is there",
        )
    scheme = "wss" if place.tls else "ws"
    urls = "  ".join(f"{scheme}://{address}:{port}/" for address in usable[:4])
    if all(map(addresses.is_private, usable)):
        return ok(f"give chargers {urls} (a private network: no charger with a SIM card gets there)")
    if not place.tls:
        return warn(
            f"give chargers {urls}; a public address without TLS", "cpoctl serve --help    --tls-cert and --tls-key"
        )
    return ok(f"give chargers {urls}")
