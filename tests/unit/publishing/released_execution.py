"""Runs an execution of the last release's definition with today's functions, like Step Functions.

The interpreter supports the states of the definition: Task (with a payload, or with a task token), Choice, Wait, Catch.
It does not retry failed tasks: a planned failure represents a task whose retries have all failed.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from local.folder import ROOT
from tests.unit.support.functions import context

RELEASED: dict[str, Any] = json.loads((ROOT / "tests" / "infra" / "released" / "definition.json").read_text())
_STATES_MAX = 40
# The input of an execution in the last release.
INPUT: dict[str, Any] = {"step": {"outcome": "begin"}}


class TaskError(Exception):
    """A task failed after all its retries. The argument is the error's name."""


@dataclass
class ReleasedExecution:
    """One execution of a publish. `visited`: its states in order. `at`: the time of its last Wait.

    fail: the errors of a state's next visits. left_ms: the time left for the functions in these visits, in
    milliseconds.
    """

    publish_id: str
    woken: list[tuple[str, dict[str, Any]]]
    fail: dict[str, list[str]] = field(default_factory=dict)
    left_ms: dict[str, list[int]] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    at: float = 0

    def run(self) -> list[str]:
        """The visited states. AssertionError if the execution does not end."""
        self._data = {"publish_id": self.publish_id, **INPUT}
        name: str | None = RELEASED["StartAt"]
        while name is not None:
            assert len(self.visited) < _STATES_MAX, self.visited
            self.visited.append(name)
            name = self._next(name, RELEASED["States"][name])
        return self.visited

    def _next(self, name: str, state: dict[str, Any]) -> str | None:
        match state["Type"]:
            case "Choice":
                return next((rule["Next"] for rule in state["Choices"] if self._holds(rule)), state["Default"])
            case "Wait":
                self.at = datetime.fromisoformat(self._read(state["TimestampPath"])).timestamp()
            case "Task":
                try:
                    self._data["step"] = self._answer(name, state)
                except TaskError as error:
                    names = {str(error), "States.ALL"}
                    return next(one["Next"] for one in state["Catch"] if names & set(one["ErrorEquals"]))
            case other:
                raise AssertionError(f"the definition has a state of the type {other}, which this test cannot run")
        return None if state.get("End") else state["Next"]

    def _answer(self, name: str, state: dict[str, Any]) -> dict[str, Any]:
        if planned := self.fail.get(name):
            raise TaskError(planned.pop(0))
        waits = state["Resource"].endswith(".waitForTaskToken")
        place = state["Parameters"]["FunctionName"] if waits else state["Resource"]
        payload = self._filled(state["Parameters"]["Payload"] if waits else state["Parameters"])
        left = self.left_ms.get(name) or [state["TimeoutSeconds"] * 1000]
        handler = import_module(f"functions.{place.replace('-', '.', 1)}.handler").handler
        answer = handler(payload, context(left.pop(0)))
        if waits:
            answer = next((step for token, step in self.woken if token == payload["task_token"]), None)
            if answer is None:
                raise TaskError("States.Timeout")
        return json.loads(json.dumps(answer))

    def _filled(self, template: dict[str, Any]) -> dict[str, Any]:
        return {
            name.removesuffix(".$"): self._read(value) if name.endswith(".$") else value
            for name, value in template.items()
        }

    def _read(self, path: str) -> Any:
        match path:
            case "$$.Execution.Name":
                return self.publish_id
            case "$$.Task.Token":
                return f"token-{len(self.visited)}"
        value: Any = self._data
        for name in path.removeprefix("$.").split("."):
            value = value[name]
        return value

    def _holds(self, rule: dict[str, Any]) -> bool:
        if "And" in rule:
            return all(self._holds(one) for one in rule["And"])
        name = rule["Variable"].removeprefix("$.step.")
        if "IsPresent" in rule:
            return (name in self._data["step"]) == rule["IsPresent"]
        return self._data["step"].get(name) == rule.get("StringEquals", rule.get("BooleanEquals"))
