"""What draws the dashboard behind a tab: Textual's web driver, which also ends when nobody is there any more.

A server that was killed cannot end its processes, and they would go on for ever: their input ends, and that Textual
takes for silence.
"""

import os

from textual.drivers.web_driver import WebDriver


class Driver(WebDriver):
    """Ends the process with its input."""

    def run_input_thread(self) -> None:
        """Read what the page says, for as long as there is one."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            os._exit(1)  # an orderly end would want to draw, and there is nobody to draw for
