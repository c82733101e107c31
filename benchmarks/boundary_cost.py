"""What the boundary costs a call beside the raw client: seconds of processor, on a server that answers at once.

The same stream of a passage of twenty sentences is read by LangChain's client alone, and cleaned and judged as a gate
does it.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from fake_server import FakeServer
from recurrentgpt.models import ChatModels, Endpoint, reply_of
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = [HumanMessage("Write the next paragraph.")]


ROUNDS = 15


def seconds_each(one: Callable[[], object], other: Callable[[], object], calls: int) -> tuple[float, float]:
    """The processor's time that a call of one takes, and how much more one of the other.

    By turns, since a machine is not equally fast at all times; medians, of the rounds and of their differences.
    """
    pairs = []
    for _ in range(ROUNDS):
        spent = []
        for call in (one, other):
            call()
            began = time.thread_time()
            for _ in range(calls):
                call()
            spent.append((time.thread_time() - began) / calls)
        pairs.append(spent)
    return median(first for first, _ in pairs), median(second - first for first, second in pairs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20)
    calls = parser.parse_args().calls
    with FakeServer() as server:
        raw = ChatOpenAI(model="fake-ok", base_url=server.url, api_key=SecretStr("none"), stream_usage=True)
        made = ChatModels(endpoint=Endpoint(server.url)).resolve(Context(model="fake-ok"))

        thoughts: list[str] = []

        def bare() -> object:
            return [chunk.text for chunk in raw.stream(ASKED)]

        def bounded() -> object:
            chunks = list(made.for_prose(20, 1, hear=thoughts.append).stream([*ASKED]))
            whole = chunks[0]
            for chunk in chunks[1:]:
                whole += chunk  # type: ignore[assignment]
            made.check(reply_of(whole))
            return whole

        def summed() -> object:
            chunks = list(raw.stream(ASKED))
            whole = chunks[0]
            for chunk in chunks[1:]:
                whole += chunk
            return whole

        bare()
        raw_client, boundary = seconds_each(summed, bounded, calls)
    print(f"the raw client: {1000 * raw_client:.2f} ms of processor a call")
    print(f"the boundary: {1000 * boundary:.2f} ms of processor a call")


if __name__ == "__main__":
    main()
