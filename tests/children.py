"""What a test's child processes are started with."""

import signal


def hears_ctrl_c() -> None:
    """For `preexec_fn`: a suite started in the background ignores Ctrl-C, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
