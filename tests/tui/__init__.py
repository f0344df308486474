"""The dashboard, driven by its keys against a real server."""
