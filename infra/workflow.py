"""The state machine of a publish, to be read from top to bottom.

A step's expected outcomes are answers that a Choice reads; an error is something nobody expected. Every task is given
the previous answer as `step` and puts its own in its place; a caught error leaves the previous answer standing.
"""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import House, allow, make_log_group
from infra.nag import acknowledge
from infra.publishing import Steps

_RESULT = "$.step"


class Workflow(Construct):
    """Prepare -> (Pictures) -> (Hold) -> Start -> (Transfer) -> Watch -> Settle."""

    def __init__(self, scope: Construct, house: House, steps: Steps) -> None:
        super().__init__(scope, "Workflow")
        self._steps = steps
        name = f"{house.prefix}-publish"
        log_group = make_log_group(self, "Logs", house, f"/aws/vendedlogs/states/{name}")
        self.machine = sfn.StateMachine(
            self,
            "Publish",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_chainable(self._definition()),
            role=self._make_role().without_policy_updates(),
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        # By name: the machine needs its functions first, so the watch's role cannot wait for the machine.
        arn = Stack.of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        allow(steps.watch, ["states:SendTaskSuccess"], [arn])

    def _definition(self) -> sfn.IChainable:
        steps = self._steps
        settle = self._task("Settle", steps.settle, timeout_s=45)
        decide = self._task("Decide", steps.decide, timeout_s=45)
        start = self._task("Start", steps.start, timeout_s=75)
        transfer = self._task("Transfer", steps.transfer, timeout_s=930)
        prepare = self._task("Prepare", steps.prepare, timeout_s=75)
        pictures = self._task("Pictures", steps.pictures, timeout_s=330)
        hold = sfn.Wait(self, "Hold", time=sfn.WaitTime.timestamp_path("$.step.not_before"))
        wait_turn = sfn.Wait(self, "WaitTurn", time=sfn.WaitTime.timestamp_path("$.step.not_before"))
        watch_long = self._watch("WatchLong", "long", timeout_s=120)
        watch_soon = self._watch("WatchSoon", "soon", timeout_s=10)
        watch_second = self._watch("WatchSecond", "second", timeout_s=20)
        watch_third = self._watch("WatchThird", "third", timeout_s=40)
        watch_later = self._watch("WatchLater", "later", timeout_s=60)
        watch_slow = self._watch("WatchSlow", "slow", timeout_s=600)

        for task in (prepare, pictures, decide, transfer, settle):
            _queue_up(task)
            _retry(task)
        for task in (prepare, pictures, decide, transfer):
            _catch(task, settle)

        prepare.next(self._choice("Prepared?", {"ready": start, "pictures": pictures, "held": hold}, settle))
        pictures.next(self._choice("Pictured?", {"more": pictures, "ready": start}, settle))
        hold.next(start)

        # A second init could make a second post: only a call that never reached the function is made again.
        _queue_up(start)
        _catch(start, decide)
        started = sfn.Choice(self, "Started?")
        started.when(_outcome("started"), transfer)
        started.when(_with_webhooks("processing"), watch_long)
        started.when(_outcome("processing"), watch_soon)
        started.when(_outcome("held"), hold)
        started.when(_outcome("pictures"), pictures)
        started.when(_outcome("lost"), decide)
        start.next(started.otherwise(settle))

        decide.next(self._choice("Decided?", {"start": start, "held": hold}, settle))

        transferred = sfn.Choice(self, "Transferred?")
        transferred.when(_outcome("more"), transfer)
        transferred.when(_outcome("busy"), wait_turn)
        transferred.when(_outcome("lost"), decide)
        transferred.when(_with_webhooks("uploaded"), watch_long)
        transferred.when(_outcome("uploaded"), watch_soon)
        transfer.next(transferred.otherwise(settle))
        wait_turn.next(transfer)

        watched = self._choice("Watched?", {"later": watch_later, "slow": watch_slow}, settle)
        next_round = [
            (watch_long, watch_later),
            (watch_soon, watch_second),
            (watch_second, watch_third),
            (watch_third, watch_later),
            (watch_later, watch_later),
            (watch_slow, watch_slow),
        ]
        for watch, after_timeout in next_round:
            watch.add_retry(errors=["States.Timeout"], max_attempts=0)
            _queue_up(watch)
            _retry(watch)
            _catch(watch, after_timeout, errors=["States.Timeout"])
            _catch(watch, settle)
            # A long round ends by a verdict or by its time: nothing to choose, one transition less on the usual road.
            watch.next(settle if watch is watch_long else watched)
        return prepare

    def _task(self, name: str, function: lambda_.Function, *, timeout_s: int) -> tasks.LambdaInvoke:
        """A step that answers at once."""
        return tasks.LambdaInvoke(
            self,
            name,
            lambda_function=function,
            payload=sfn.TaskInput.from_object(
                {
                    "publish_id": sfn.JsonPath.string_at("$.publish_id"),
                    "step": sfn.JsonPath.object_at("$.step"),
                    "execution": sfn.JsonPath.execution_name,
                }
            ),
            payload_response_only=True,
            retry_on_service_exceptions=False,
            task_timeout=sfn.Timeout.duration(Duration.seconds(timeout_s)),
            result_path=_RESULT,
        )

    def _watch(self, name: str, round_: str, *, timeout_s: int) -> tasks.LambdaInvoke:
        """A round that sleeps until somebody sends the verdict to its task token, or its time is up."""
        return tasks.LambdaInvoke(
            self,
            name,
            lambda_function=self._steps.watch,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=sfn.TaskInput.from_object(
                {
                    "publish_id": sfn.JsonPath.string_at("$.publish_id"),
                    "task_token": sfn.JsonPath.task_token,
                    "execution": sfn.JsonPath.execution_name,
                    "round": round_,
                }
            ),
            retry_on_service_exceptions=False,
            task_timeout=sfn.Timeout.duration(Duration.seconds(timeout_s)),
            result_path=_RESULT,
        )

    def _choice(self, name: str, ways: Mapping[str, sfn.IChainable], otherwise: sfn.IChainable) -> sfn.Choice:
        choice = sfn.Choice(self, name)
        for outcome, state in ways.items():
            choice.when(_outcome(outcome), state)
        return choice.otherwise(otherwise)

    def _make_role(self) -> iam.Role:
        """The steps' functions, and what Step Functions needs for its own logs and traces."""
        steps = self._steps
        functions = [steps.prepare, steps.pictures, steps.start, steps.decide]
        functions += [steps.transfer, steps.watch, steps.settle]
        invoke = iam.PolicyStatement(
            actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in functions]
        )
        deliver_logs = iam.PolicyStatement(actions=_LOG_DELIVERY, resources=["*"])
        trace = iam.PolicyStatement(
            actions=[
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
            ],
            resources=["*"],
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={"Steps": iam.PolicyDocument(statements=[invoke, deliver_logs, trace])},
        )
        acknowledge(role, "X-Ray and log delivery take no resource.", "AwsSolutions-IAM5[Resource::*]")
        return role


_LOG_DELIVERY = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
]

_PATIENCE = {
    "interval": Duration.seconds(2),
    "max_attempts": 3,
    "backoff_rate": 2,
    "max_delay": Duration.seconds(30),
    "jitter_strategy": sfn.JitterType.FULL,
}


# A young AWS account runs ten functions at once: a burst of publishes has to wait its turn for minutes.
_THRONG = {
    "interval": Duration.seconds(1),
    "max_attempts": 60,
    "backoff_rate": 2,
    "max_delay": Duration.seconds(20),
    "jitter_strategy": sfn.JitterType.FULL,
}


def _queue_up(task: tasks.LambdaInvoke) -> None:
    """Where Lambda has no room, the function did not run: ask until it has, for about ten minutes."""
    task.add_retry(errors=["Lambda.TooManyRequestsException"], **_THRONG)


def _retry(task: tasks.LambdaInvoke) -> None:
    """Three more tries whatever happened: a killed process is no service error."""
    task.add_retry(errors=["States.ALL"], **_PATIENCE)


def _catch(task: tasks.LambdaInvoke, handler: sfn.IChainable, *, errors: list[str] | None = None) -> None:
    task.add_catch(handler, errors=errors or ["States.ALL"], result_path=sfn.JsonPath.DISCARD)


def _outcome(value: str) -> sfn.Condition:
    return sfn.Condition.string_equals("$.step.outcome", value)


def _with_webhooks(outcome: str) -> sfn.Condition:
    """`outcome`, where TikTok's webhooks are known to arrive."""
    return sfn.Condition.and_(
        _outcome(outcome),
        sfn.Condition.is_present("$.step.webhooks"),
        sfn.Condition.boolean_equals("$.step.webhooks", True),
    )
