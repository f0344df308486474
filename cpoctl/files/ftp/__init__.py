"""FTP for chargers: firmware to fetch and diagnostics to upload, active and passive, binary and ASCII.

pyftpdlib serves it, in a thread of its own. A user is a grant, and sees a place of its own in which every directory
exists: STOR with any path is the upload, RETR of any path is the image. No path reaches the disk.
"""

import logging
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # asyncore, which pyftpdlib brings itself from Python 3.12 on
    import pyftpdlib.handlers  # noqa: F401 # quietly, before the others do

logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())  # it would write to stderr
logging.getLogger("pyftpdlib").propagate = False
