"""A small Textual app for the page to show: what was typed, and how large it is."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Label


class Shown(App[None]):
    """Says its size and takes what is typed."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Label("Fleet: HQ-07 ● 7.4 kW ▁▂▃", markup=False)
        yield Input()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was typed; `bye` ends it."""
        event.input.clear()
        self.query_one(Label).update(f"typed {event.value} at {self.size.width}x{self.size.height}")
        if event.value == "bye":
            self.exit()


if __name__ == "__main__":
    Shown().run()
