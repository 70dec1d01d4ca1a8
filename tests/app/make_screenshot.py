"""Makes docs/screenshot.svg from a recorded run: `python -m tests.app.make_screenshot`.

The recording, tests/streams/demo/rainbow.json, holds each network read of six targets with the millisecond it arrived
at; `--record` makes it anew from the demo provider. The picture shows one moment of it, so it never changes by itself.
"""

import argparse
import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import httpx

from tests.app.scripted import MS, ScriptedEngine, draw, make_app
from tui.app.app import SidestreamApp
from tui.demo.process import DemoProcess

ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "tests" / "streams" / "demo" / "rainbow.json"
PICTURE = ROOT / "docs" / "screenshot.svg"
PROMPT = "Explain how a rainbow forms, briefly."
MODELS = ("swift", "scribe", "thinker", "caller", "sleeper", "deep")
MOMENT_MS = 5200


async def record() -> None:
    """Ask the demo's models once and keep every read."""
    with DemoProcess(seed=7) as demo:
        base_url = demo.base_url
        async with httpx.AsyncClient(timeout=60) as client:
            reads = await asyncio.gather(*(_read(client, base_url, model) for model in MODELS))
    RECORDING.write_text(json.dumps(dict(zip(MODELS, reads, strict=True)), ensure_ascii=False, indent=0))


async def _read(client: httpx.AsyncClient, base_url: str, model: str) -> list[tuple[int, str]]:
    body = {
        "model": model,
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    start = time.perf_counter()
    reads: list[tuple[int, str]] = []
    async with client.stream("POST", f"{base_url}/chat/completions", json=body) as response:
        async for data in response.aiter_bytes():
            reads.append((round((time.perf_counter() - start) * 1000), data.decode()))
            if reads[-1][0] > MOMENT_MS:
                break
    return reads


async def render(theme: str | None = None, size: tuple[int, int] = (132, 42), moment_ms: int = MOMENT_MS) -> str:
    """The dashboard at `moment_ms` of the recorded run, as SVG."""
    app, engine = make_app(*MODELS, theme=theme)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for number, pane in enumerate(app.dashboard.panes.values()):
            pane.target = replace(pane.target, model=MODELS[number])
        app.dashboard.on_prompt_box_sent(app.dashboard.prompt_box.Sent(PROMPT))
        play(app, engine, json.loads(RECORDING.read_text()), moment_ms)
        await pilot.pause()
        draw(app)
        await pilot.pause()
        return app.export_screenshot(title="sidestream")


def play(
    app: SidestreamApp, engine: ScriptedEngine, recording: dict[str, list[tuple[int, str]]], until_ms: int
) -> None:
    """Feed every read up to `until_ms` at its own time, drawing ten frames a second."""
    begin_ns = engine.clock.now_ns()
    for model in recording:
        engine.state(model).start(begin_ns)
        engine.state(model).connected(begin_ns + 2 * MS, reused=False)
    reads = [(at_ms, model, text) for model, reads in recording.items() for at_ms, text in reads]
    reads.sort(key=lambda read: read[0])  # stable: reads of one millisecond keep their order
    next_frame_ms = 100
    for at_ms, model, text in reads:
        if at_ms > until_ms:
            break
        while at_ms >= next_frame_ms:
            engine.clock.at_ns = begin_ns + next_frame_ms * MS
            draw(app)
            next_frame_ms += 100
        engine.clock.at_ns = begin_ns + at_ms * MS
        engine.raw(model, text.encode())
    engine.clock.at_ns = begin_ns + until_ms * MS


def main() -> None:
    """Render the picture; with --record make the recording first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--theme")
    parser.add_argument("--size", default="132x42")
    parser.add_argument("--at", type=int, default=MOMENT_MS, help="moment of the run, ms")
    parser.add_argument("--out", type=Path, default=PICTURE)
    options = parser.parse_args()
    if options.record:
        asyncio.run(record())
    width, height = map(int, options.size.split("x"))
    options.out.write_text(asyncio.run(render(options.theme, (width, height), options.at)))
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
