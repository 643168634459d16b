"""SnapStart, an option for the functions behind the API: Lambda starts their processes from snapshots."""

# pyright: reportArgumentType=false, reportReturnType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

import json

from aws_cdk import aws_lambda as lambda_

from infra.stage_context import StageContext


def invoked(function: lambda_.Function, context: StageContext) -> lambda_.IFunction:
    """What the API invokes: the function itself, or with SnapStart an alias of its newest version.

    Lambda takes snapshots only of published versions. A version keeps the settings with which it was published, so each
    changed setting creates a new version. Call this once per function.
    """
    if context.config.snapstart == "off":
        return function
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.snap_start = lambda_.CfnFunction.SnapStartProperty(apply_on="PublishedVersions")
    function.invalidate_version_based_on(json.dumps(dict(context.config.given), sort_keys=True))
    return lambda_.Alias(function, "Live", alias_name="live", version=function.current_version)
