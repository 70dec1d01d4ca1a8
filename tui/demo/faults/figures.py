"""Usage that cannot be true. The answer is good, and no figure made from it may be nonsense."""

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage

_ESTIMATED = "Nothing: the answer is whole. Counts the server got wrong are estimated instead, marked with ≈."
_NAMES = (
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "input_tokens",
    "output_tokens",
    "promptTokenCount",
    "candidatesTokenCount",
    "totalTokenCount",
    "prompt_eval_count",
    "eval_count",
    "eval_duration",
)

faults = FaultList(Moment.INSIDE)


async def _counted(stage: Stage, count: object) -> None:
    wrong = dict.fromkeys(_NAMES, count)
    await stage.head(content_type=stage.writer.stream_media_type)
    for event in (stage.opening(), *stage.rest(), stage.ending()):
        await stage.chunk(stage.altered(event, **wrong))
        await stage.pause(0.01)
    await stage.end_body()


@faults.add("usage-negative", "Reports −5 tokens.", Outcome.COMPLETES, _ESTIMATED)
async def usage_negative(stage: Stage) -> None:
    await _counted(stage, -5)


@faults.add("usage-huge", "Reports 10^30 tokens.", Outcome.COMPLETES, _ESTIMATED)
async def usage_huge(stage: Stage) -> None:
    await _counted(stage, 10**30)


@faults.add("usage-words", "Reports its tokens as words.", Outcome.COMPLETES, _ESTIMATED)
async def usage_words(stage: Stage) -> None:
    await _counted(stage, "a great many")


@faults.add("usage-nested", "Reports lists and objects where counts should be.", Outcome.COMPLETES, _ESTIMATED)
async def usage_nested(stage: Stage) -> None:
    await _counted(stage, [{"tokens": [1, 2, 3]}])
