"""The programs that may answer calls: which tool has one, and how it is run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tui.config.childs_environment import childs_environment
from tui.config.settings import ToolCommand
from tui.engine.tool_command import CommandOutcome, run_tool_command

MAX_OUTPUT_BYTES: Final = 256 * 1024
"""As much as may be pasted: the field it comes into would freeze over more."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What `[tools]` of the configuration says, and the environment these programs see."""

    commands: Mapping[str, ToolCommand] = field(default_factory=lambda: MappingProxyType({}))
    """By the name of the tool."""
    environment: Mapping[str, str] = field(default_factory=lambda: childs_environment(os.environ))
    """What these programs, the editor and the clipboard's see: no keys."""

    def output_bytes(self, tool: ToolCommand) -> int:
        """How much of its output is taken."""
        return min(tool.output_bytes, MAX_OUTPUT_BYTES)

    async def run(self, tool: ToolCommand, arguments: str) -> CommandOutcome:
        """Run it. Only after the user said yes to exactly this command."""
        return await run_tool_command(
            tool.command,
            arguments,
            self.environment,
            timeout_s=tool.timeout,
            output_bytes=self.output_bytes(tool),
        )
