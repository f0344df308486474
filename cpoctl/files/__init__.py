"""The file exchange: chargers fetch firmware from it and upload diagnostics to it, over HTTP, HTTPS and FTP.

It listens on ports of its own, in threads of its own, and shares no route with the control API. Whoever may move a
file has a grant: one request to one charger, with a secret that expires. What a client calls a file never becomes a
path. OCPP 1.6 §5.9, §5.19 · OCPP 2.0.1 L01, N01
"""
