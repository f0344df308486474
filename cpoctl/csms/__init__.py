"""The central system: lets chargers in, handles what they say, and tells them what operators want.

The way of a frame is `websocket` → `connection` → `dispatch` → `actions/` → `ledger`; `operator` is what operations get.
"""
