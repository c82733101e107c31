"""A gate is added as docs/composing.md says it: a file, its prompt, one line. Everything else is made of its record."""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from starlette.testclient import TestClient

import draw_graph
import write_configuration
from folders import ROOT
from graph_at_hand import FIRST, THREAD, TOPIC
from page_client import HERE, SMALL, path_of, written
from reading import blocks, files_shown, run_as_file
from recurrentgpt import CYCLE, Cycle, Gate, Library, Resources, Settings, StoryInput, begin, recurrent
from recurrentgpt.cli import terminal, write
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.graph.studio import context_schema
from recurrentgpt.prompts import load
from recurrentgpt.schemas.assistants import AUTHOR, NOVELIST
from recurrentgpt.schemas.errors import PromptError
from recurrentgpt.schemas.languages import language_named
from recurrentgpt.stories.gate_words import busy, label
from recurrentgpt.stories.prompt_log import PromptLog, read_prompt_log
from recurrentgpt.web.app import make_app
from stories_at_hand import at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langchain_core.embeddings import Embeddings
    from langchain_core.runnables import RunnableConfig

    from fake_model import FakeChatModel
    from recurrentgpt.stories.story import Story

NAME, ASKED = "note_weather", "In what weather does the new paragraph end?"
OTHER_THREAD: RunnableConfig = {"configurable": {"thread_id": "2"}}
PAGE = ROOT / "docs" / "composing.md"


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    """The cycle that the page's snippet makes."""
    (snippet,) = [body for body in blocks(PAGE, "python") if NAME in body]
    found = run_as_file(snippet, files_shown(PAGE, tmp_path_factory.mktemp("weather")), "weather")["cycle"]
    assert isinstance(found, Cycle)
    return found


@pytest.fixture
def library(tmp_path: Path, cycle: Cycle, fake_model: FakeChatModel, encoder: Embeddings) -> Iterator[Library]:
    settings = Settings(home=tmp_path, embedding_model="fake")
    makers: Any = {"chat_models": {"fake": lambda: fake_model}, "embeddings": {"fake": lambda: encoder}}
    with Library(settings=settings, cycle=cycle, **makers) as made:
        yield made


def compiled(cycle: Cycle = CYCLE, resources: Resources | None = None) -> Any:
    return recurrent(cycle=cycle, resources=resources).compile(checkpointer=InMemorySaver())


def added(cycle: Cycle) -> Gate[Any]:
    return cycle.remembering[-1]


def nodes_of(schema: dict[str, Any], field: str) -> list[str]:
    nodes: list[str] = schema["properties"][field]["langgraph_nodes"]
    return nodes


# The graph


def test_it_is_a_node_beside_those_that_remember(cycle: Cycle) -> None:
    drawn, usual = compiled(cycle).get_graph(), compiled().get_graph()
    assert set(drawn.nodes) - set(usual.nodes) == {NAME}
    ways = {(edge.source, edge.target, edge.conditional) for edge in drawn.edges}
    new = ways - {(edge.source, edge.target, edge.conditional) for edge in usual.edges}
    assert new == {
        ("generate_paragraph", NAME, False),
        (NAME, "propose_plans", False),
        ("select_plan", NAME, True),  # an edited paragraph: it is looked at anew
    }


def test_it_runs_before_the_plans_are_made_and_its_update_is_in_the_state(
    cycle: Cycle, fake_model: FakeChatModel
) -> None:
    story = compiled(cycle)
    events = list(story.stream({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST, stream_mode="custom"))
    order = [(event["gate"], event["event"]) for event in events]
    assert order.index((NAME, "end")) < order.index(("propose_plans", "begin"), order.index(("append_summary", "end")))
    state = story.get_state(THREAD).values
    assert state["weather"]
    assert state["usage"][NAME]["calls"] == 1
    (asked,) = [messages for messages in fake_model.asked if ASKED in messages[-1].text]
    assert asked[-2].text == state["paragraph"], "it goes on with the conversation of the step"


async def test_sync_and_async_note_the_same(cycle: Cycle, fake_model: FakeChatModel) -> None:
    assert fake_model
    given = {**TOPIC, "target_paragraphs": 2}
    one = compiled(cycle).invoke({**given, "story_id": "a"}, THREAD, context=FIRST)
    other = await compiled(cycle).ainvoke({**given, "story_id": "b"}, THREAD, context=FIRST)
    assert one["weather"] == other["weather"]
    assert one["paragraph"] == other["paragraph"]


def test_a_story_with_it_is_the_same_story(cycle: Cycle, fake_model: FakeChatModel) -> None:
    assert fake_model
    given = {**TOPIC, "target_paragraphs": 2}
    with_it = compiled(cycle).invoke({**given, "story_id": "a"}, THREAD, context=FIRST)
    without = compiled().invoke({**given, "story_id": "b"}, THREAD, context=FIRST)
    assert with_it["paragraph"] == without["paragraph"]
    assert "weather" not in without


def test_without_a_state_of_its_own_it_runs_and_is_accounted_for(cycle: Cycle, fake_model: FakeChatModel) -> None:
    assert fake_model
    plain = Cycle(remembering=(*CYCLE.remembering, added(cycle)))
    state = compiled(plain).invoke({**TOPIC, "target_paragraphs": 1}, THREAD, context=FIRST)
    assert "weather" not in state
    assert state["usage"][NAME]["calls"] == 1


def test_a_model_that_takes_no_schema_is_asked_for_it_by_its_name(cycle: Cycle, fake_model: FakeChatModel) -> None:
    fake_model.interfere = lambda messages, _: (
        "**Weather:** Fog from the sea." if messages[-1].text.endswith("Weather:") else None
    )
    fake_model.schemas = False
    only_this = Cycle(remembering=(added(cycle),), state=cycle.state)
    story = compiled(only_this)
    story.update_state(THREAD, settled(), as_node="generate_paragraph")
    story.invoke(None, THREAD, context=FIRST.model_copy(update={"tries": 1}), interrupt_before=["propose_plans"])
    assert story.get_state(THREAD).values["weather"] == "Fog from the sea."


def settled() -> dict[str, Any]:
    """A state in which a paragraph is written."""
    words = dict.fromkeys(("title", "topic", "outline", "prompt", "paragraph", "short_term_memory"), "…")
    return {**words, "story_id": "s", "step": 1, "lineage": [], "plans": [], "language": "en"}


def test_it_stands_in_a_conversation_too(cycle: Cycle, fake_model: FakeChatModel) -> None:
    assert fake_model
    novelist: Any = in_messages(NOVELIST, cycle=cycle).compile(checkpointer=InMemorySaver())
    context = FIRST.model_copy(update={"plan_selection": "first"})
    done = novelist.invoke({"messages": [("user", "A lamp.")], "target_paragraphs": 1}, THREAD, context=context)
    assert done["messages"][-1].text
    assert novelist.get_state(THREAD).values["weather"]


# Studio, and a run's settings


def test_studio_shows_its_prompt_and_its_settings_at_its_node(cycle: Cycle) -> None:
    schema = compiled(cycle).get_context_jsonschema()
    assert nodes_of(schema, f"{NAME}_prompt") == [NAME]
    assert schema["properties"][f"{NAME}_prompt"]["langgraph_type"] == "prompt"
    assert NAME in nodes_of(schema, "try_again_prompt")
    gate = added(cycle)
    reads = Gate(gate.function, replace(gate.record, settings=("retrieve_k",)))
    shown = context_schema(AUTHOR, (*CYCLE.gates, reads)).model_json_schema()
    assert NAME in nodes_of(shown, "retrieve_k")


def test_its_prompt_can_be_replaced_and_is_checked(
    cycle: Cycle, fake_model: FakeChatModel, tmp_path: Path, encoder: Embeddings
) -> None:
    resources = Resources(
        Settings(home=tmp_path, embedding_model="fake"), {"fake": lambda: fake_model}, {"fake": lambda: encoder}
    )
    story, given = compiled(cycle, resources), {**TOPIC, "target_paragraphs": 1}
    story.invoke(given, THREAD, context={**FIRST.model_dump(), f"{NAME}_prompt": "Rain or not?\n\nBefore: {before}"})
    assert any(messages[-1].text.startswith("Rain or not?") for messages in fake_model.asked)
    fake_model.asked.clear()
    with pytest.raises(PromptError, match=NAME):
        story.invoke(given, OTHER_THREAD, context=FIRST.changed({f"{NAME}_prompt": "{cloud}"}))
    assert not fake_model.asked, "a broken prompt is refused before anything was paid for"
    resources.close()


async def test_a_library_knows_its_prompt(library: Library) -> None:
    own = FIRST.changed({f"{NAME}_prompt": "Rain?"})
    assert (await begin(library, StoryInput(topic="Rain"), own)).context.prompts == {NAME: "Rain?"}
    with pytest.raises(PromptError, match=NAME):
        await begin(Library(library.home), StoryInput(topic="Rain"), own)


# The faces


class Heard:
    """Stands for the terminal's progress line, and keeps what it said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def update(self, text: str) -> None:
        self.said.append(text)

    def start(self) -> None:
        """Show it."""

    def stop(self) -> None:
        """Hide it."""


def test_the_terminal_says_what_it_does(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Heard()
    monkeypatch.setattr(terminal.errors, "status", lambda *_, **__: line)
    record = library.begin(StoryInput(topic="Rain"), FIRST)
    assert write.Session(library, record, FIRST, 1).run() == 0
    assert line.said.count("Looking at the sky…") == 1


def test_the_page_says_what_it_does_and_what_it_cost(library: Library, fake_model: FakeChatModel) -> None:
    fake_model.delay = 0.05  # long enough to be told of
    with TestClient(make_app(library), HERE, headers={"origin": HERE}) as client:
        record = library.begin(StoryInput(topic="Rain"), SMALL)
        place = f"/story/{record.story_id}"
        client.post(f"{place}/go-on", data=path_of(client, place))
        written(client, record.story_id)
        session: Any = client.app.state.sessions.of(record)  # type: ignore[attr-defined]
        heard = {"log": session.log.id, "number": session.log.in_flight().number}
        query = "&".join(f"{name}={value}" for name, value in heard.items())
        with (
            suppress(CancelledError),  # the test's client cancels what it leaves
            client.websocket_connect(f"{place}/live?{query}", headers={"host": "127.0.0.1:7860"}) as socket,
        ):
            form = {"do": "plan", "plan": "1", **path_of(client, place)}
            assert client.post(f"{place}/reply", data=form).status_code == 200
            said = statuses(socket)
        written(client, record.story_id)
        assert "Looking at the sky" in said
        assert ">Weather</th>" in client.get(f"{place}?panel=cost").text
        prompts = client.get(f"{place}?panel=prompts").text
        assert f'Weather <span class="facts">{NAME} ·' in prompts
        assert ASKED in prompts
        assert f'name="prompts.{NAME}"' in client.get(f"{place}?panel=settings").text
        assert f'name="prompts.{NAME}"' in client.get("/new").text


def statuses(socket: Any) -> list[str]:
    """What was being done, until the plans were thought of."""
    said: list[str] = []
    while "Thinking of plans" not in said:
        event = socket.receive_json()
        if event["kind"] == "status":
            said.append(event["text"])
    return said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_language_that_has_no_words_for_it_says_its_own(library: Library, language: str) -> None:
    assert busy(library.gates, NAME, language) == "Looking at the sky"
    assert label(library.gates, NAME, language) == "Weather"


# What is kept


def test_what_it_sent_is_in_the_log_and_what_it_noted_on_the_disk(library: Library) -> None:
    record = library.begin(StoryInput(topic="Rain"), FIRST)

    async def run(story: Story) -> str:
        log = PromptLog(story.folder, record.branch)
        for _ in range(2):
            async for _event in story.run(FIRST, callbacks=[log]):
                pass
        log.keep()
        return str((await story.state())["weather"])  # type: ignore[typeddict-item]

    noted = at(library, record, run)
    sent = read_prompt_log(library.folder(record))[NAME]
    assert [call[-1].text.split("\n")[0] for call in sent.calls] == [f"{ASKED} Answer in a few words."]
    assert noted

    async def seen(story: Story) -> dict[str, Any]:
        return dict(await story.state())

    with Library(settings=library.settings) as without:
        assert "weather" not in at(without, record, seen), "another cycle does not know the key, and reads the rest"
    assert at(library, record, seen)["weather"] == noted


def test_the_docs_tables_and_picture_have_it(cycle: Cycle) -> None:
    assert f"| `{NAME}` | `{NAME}` |" in write_configuration.prompts_table(cycle)
    assert NAME not in write_configuration.prompts_table()
    assert f'{NAME}["{NAME}<br/><i>the sky</i>"]' in draw_graph.picture(cycle)


# Its prompt's folder


@pytest.mark.parametrize("place", ["de/author", "de", "en/author", "en", ""])
def test_its_prompt_may_have_folders_as_ours_have(
    place: str, tmp_path: Path, cycle: Cycle, fake_model: FakeChatModel
) -> None:
    assert fake_model
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / place / f"{NAME}.md").write_text("Which sky?")
    (spec,) = added(cycle).record.prompts
    german = replace(language_named("en"), tag="de", folder="de")
    assert load(replace(spec, folder=tmp_path), german).template == "Which sky?"
