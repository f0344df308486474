"""The dashboard: what on-call staff keep open all night, and technicians beside a charger (UX §5 to §7).

`link.py` keeps the stream from the server, `picture.py` the live state made of it, `views/` is one file a screen,
`widgets/` what they are made of, `actions.py` the one table of what can be done. It is a client like any other:
whatever it does is an operation over the control API.
"""
