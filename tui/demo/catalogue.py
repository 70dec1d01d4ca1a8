"""Finds the script for a question, whichever kind of model it names."""

from tui.demo.author import write_script
from tui.demo.faults.fault import PREFIX
from tui.demo.faults.table import FAULTS, fault_of_model
from tui.demo.load import parse_load, write_load_script
from tui.demo.models import MODELS, Habit
from tui.demo.question import Question
from tui.demo.script import Script

LOAD_DESCRIPTION = "For benchmarks: load-RATE-TOKENS sends TOKENS tokens of 4 characters at an even RATE per second."
LOAD_EXAMPLE = "load-100-5000"


def is_known(model: str) -> bool:
    """Whether there is a model of this name."""
    return model in MODELS or fault_of_model(model) is not None or parse_load(model) is not None


def reasons(model: str) -> bool:
    """Whether the model of this name reasons before it answers."""
    return model in MODELS and MODELS[model].habit is Habit.THINKS


def descriptions() -> dict[str, str]:
    """One line for each listed model, the faults last; of the load models only an example is listed."""
    good = {name: model.description for name, model in MODELS.items()} | {LOAD_EXAMPLE: LOAD_DESCRIPTION}
    return good | {PREFIX + fault.name: f"{fault.does} Should end so: {fault.should}." for fault in FAULTS.values()}


def script_for(question: Question) -> Script:
    """The script of the answer. Raises KeyError when the model is unknown."""
    load = parse_load(question.model)
    if load is not None:
        return write_load_script(load, question.max_tokens)
    return write_script(question)
