"""CloudFormation parameters, one for each choice of dropcast.settings. So one template serves several deployments."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnCondition, CfnParameter, Fn, Stack
from constructs import Construct

from dropcast.setting_declaration import Setting
from dropcast.settings import Settings


class Parameters:
    """The parameters. Their defaults come from the CDK context, or else from the declarations."""

    def __init__(self, stack: Stack, given: Mapping[str, str]) -> None:
        """ValueError if a choice in `given` is not allowed."""
        self._values = {setting: _make_parameter(stack, setting, given) for setting in Settings.choices()}

    def value(self, setting: Setting[Any]) -> str:
        """The value that the setting has in a deployment."""
        return self._values[setting]

    def is_given(self, scope: Construct, name: str, setting: Setting[Any]) -> CfnCondition:
        """Create the condition that the value of `setting` is not empty."""
        is_empty = Fn.condition_equals(self.value(setting), "")
        return CfnCondition(scope, name, expression=Fn.condition_not(is_empty))


def _make_parameter(stack: Stack, setting: Setting[Any], given: Mapping[str, str]) -> str:
    return CfnParameter(
        stack,
        setting.parameter,
        type="String",
        default=setting.text(given),
        description=setting.description,
        allowed_values=list(setting.allowed) or None,
        allowed_pattern=setting.pattern or None,
    ).value_as_string
