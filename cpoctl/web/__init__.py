"""The dashboard in a browser: a page on this machine's own address in which each tab runs `cpoctl dashboard`.

textual-serve brings what is between a Textual process and a page; the listener, the key, the limits and
the end of every process are ours, since it has none of them. Nothing is fetched from elsewhere.
"""

DRIVER = "cpoctl.web.driver:Driver"
"""What `TEXTUAL_DRIVER` says in a process behind a tab; such a process has no terminal and needs none."""
