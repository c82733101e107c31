"""Many commands of the command line in one process, for pages with dozens of them: a line of the input each, as JSON.

The first that fails ends it with its exit code, after saying which it was.
"""

from __future__ import annotations

import io
import json
import sys

from langchain_openai.chat_models._client_utils import _cached_async_httpx_client

from cli_with_fakes import prepare
from recurrentgpt.cli import main as command_line
from recurrentgpt.models import chat

TYPED = "1\nq\n"


def main() -> None:
    """Run them, in order."""
    prepare()
    commands = [json.loads(line) for line in sys.stdin]
    for arguments in commands:
        sys.argv = ["recurrentgpt", *arguments]
        sys.stdin = io.StringIO(TYPED)
        # Connections belong to the event loop of the command before.
        chat.forget()
        _cached_async_httpx_client.cache_clear()
        try:
            command_line()
        except SystemExit as end:
            if end.code:
                sys.stderr.write(f"\n{arguments} ended with {end.code}\n")
                raise


if __name__ == "__main__":
    main()
