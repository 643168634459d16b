"""The state machine of a publish.

A step returns its expected outcome, which a Choice reads. It raises an error only for the unexpected. Every task gets
the previous step's answer as `step` and replaces it with its own answer. If a task fails and its error is caught, the
previous answer stays.
"""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from dropcast.publishing.model.step_results import Outcome, Round
from infra.functions import allow, make_log_group
from infra.nag import acknowledge
from infra.publishing import Steps
from infra.stage_context import StageContext

_RESULT = "$.step"


class Workflow(Construct):
    """Prepare -> (Pictures) -> (Hold) -> Start -> (Transfer) -> Watch -> Settle."""

    def __init__(self, scope: Construct, context: StageContext, steps: Steps) -> None:
        super().__init__(scope, "Workflow")
        self._steps = steps
        name = f"{context.prefix}-publish"
        log_group = make_log_group(self, "Logs", context, f"/aws/vendedlogs/states/{name}")
        self.machine = sfn.StateMachine(
            self,
            "Publish",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_chainable(self._make_definition()),
            role=self._make_role().without_policy_updates(),
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        # The ARN is built from the machine's name. The machine depends on its functions, so the role of Watch cannot
        # depend on the machine.
        arn = Stack.of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        allow(steps.watch, ["states:SendTaskSuccess"], [arn])

    def _make_definition(self) -> sfn.IChainable:
        self._make_tasks()
        self._make_watches()
        self._chain_beginning()
        self._chain_start()
        self._chain_transfer()
        self._chain_watches()
        return self._prepare

    def _make_tasks(self) -> None:
        steps = self._steps
        self._settle = self._make_task("Settle", steps.settle, timeout_s=45)
        self._decide = self._make_task("Decide", steps.decide, timeout_s=45)
        self._start = self._make_task("Start", steps.start, timeout_s=75)
        self._transfer = self._make_task("Transfer", steps.transfer, timeout_s=930)
        self._prepare = self._make_task("Prepare", steps.prepare, timeout_s=75)
        self._pictures = self._make_task("Pictures", steps.pictures, timeout_s=330)
        self._hold = sfn.Wait(self, "Hold", time=sfn.WaitTime.timestamp_path("$.step.not_before"))
        for task in (self._prepare, self._pictures, self._decide, self._transfer, self._settle):
            _retry_throttled(task)
            _retry(task)
        for task in (self._prepare, self._pictures, self._decide, self._transfer):
            _catch(task, self._settle)
        # A second init could create a second post. So Start is retried only if the call never reached the function.
        _retry_throttled(self._start)
        _catch(self._start, self._decide)

    def _make_watches(self) -> None:
        self._watch_long = self._make_watch("WatchLong", "long", timeout_s=120)
        self._watch_soon = self._make_watch("WatchSoon", "soon", timeout_s=10)
        self._watch_second = self._make_watch("WatchSecond", "second", timeout_s=20)
        self._watch_third = self._make_watch("WatchThird", "third", timeout_s=40)
        self._watch_later = self._make_watch("WatchLater", "later", timeout_s=60)
        self._watch_slow = self._make_watch("WatchSlow", "slow", timeout_s=600)

    def _chain_beginning(self) -> None:
        prepared = {Outcome.READY: self._start, Outcome.PICTURES: self._pictures, Outcome.HELD: self._hold}
        self._prepare.next(self._make_choice("Prepared?", prepared))
        self._pictures.next(self._make_choice("Pictured?", {Outcome.MORE: self._pictures, Outcome.READY: self._start}))
        self._hold.next(self._start)

    def _chain_start(self) -> None:
        started = sfn.Choice(self, "Started?")
        started.when(_outcome(Outcome.STARTED), self._transfer)
        started.when(_with_webhooks(Outcome.PROCESSING), self._watch_long)
        started.when(_outcome(Outcome.PROCESSING), self._watch_soon)
        started.when(_outcome(Outcome.HELD), self._hold)
        started.when(_outcome(Outcome.PICTURES), self._pictures)
        started.when(_outcome(Outcome.LOST), self._decide)
        self._start.next(started.otherwise(self._settle))
        self._decide.next(self._make_choice("Decided?", {Outcome.START: self._start, Outcome.HELD: self._hold}))

    def _chain_transfer(self) -> None:
        wait_turn = sfn.Wait(self, "WaitTurn", time=sfn.WaitTime.timestamp_path("$.step.not_before"))
        wait_turn.next(self._transfer)
        transferred = sfn.Choice(self, "Transferred?")
        transferred.when(_outcome(Outcome.MORE), self._transfer)
        transferred.when(_outcome(Outcome.BUSY), wait_turn)
        transferred.when(_outcome(Outcome.LOST), self._decide)
        transferred.when(_with_webhooks(Outcome.UPLOADED), self._watch_long)
        transferred.when(_outcome(Outcome.UPLOADED), self._watch_soon)
        self._transfer.next(transferred.otherwise(self._settle))

    def _chain_watches(self) -> None:
        watched = self._make_choice("Watched?", {Outcome.LATER: self._watch_later, Outcome.SLOW: self._watch_slow})
        next_round = [
            (self._watch_long, self._watch_later),
            (self._watch_soon, self._watch_second),
            (self._watch_second, self._watch_third),
            (self._watch_third, self._watch_later),
            (self._watch_later, self._watch_later),
            (self._watch_slow, self._watch_slow),
        ]
        for watch, after_timeout in next_round:
            watch.add_retry(errors=["States.Timeout"], max_attempts=0)
            _retry_throttled(watch)
            _retry(watch)
            _catch(watch, after_timeout, errors=["States.Timeout"])
            _catch(watch, self._settle)
            # A long round ends with a verdict or with its timeout, so it needs no Choice. In the usual case this saves
            # a transition.
            watch.next(self._settle if watch is self._watch_long else watched)

    def _make_task(self, name: str, function: lambda_.Function, *, timeout_s: int) -> tasks.LambdaInvoke:
        """The Step Functions state for a step whose function answers at once."""
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

    def _make_watch(self, name: str, round_: Round, *, timeout_s: int) -> tasks.LambdaInvoke:
        """The state of one round of Watch.

        The state waits until a function sends the verdict with the state's task token, or until its timeout.
        """
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

    def _make_choice(self, name: str, ways: Mapping[Outcome, sfn.IChainable]) -> sfn.Choice:
        """A Choice that leads from each outcome in `ways` to its state. All other outcomes lead to Settle."""
        choice = sfn.Choice(self, name)
        for outcome, state in ways.items():
            choice.when(_outcome(outcome), state)
        return choice.otherwise(self._settle)

    def _make_role(self) -> iam.Role:
        """The role that calls the steps' functions and writes logs and traces."""
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

_ANY_ERROR = {
    "interval": Duration.seconds(2),
    "max_attempts": 3,
    "backoff_rate": 2,
    "max_delay": Duration.seconds(30),
    "jitter_strategy": sfn.JitterType.FULL,
}


# A new AWS account can run only ten functions at once. So a burst of publishes may wait for minutes.
_THROTTLED = {
    "interval": Duration.seconds(1),
    "max_attempts": 60,
    "backoff_rate": 2,
    "max_delay": Duration.seconds(20),
    "jitter_strategy": sfn.JitterType.FULL,
}


def _retry_throttled(task: tasks.LambdaInvoke) -> None:
    """Retry for about ten minutes while Lambda throttles. This is safe, because a throttled function did not run."""
    task.add_retry(errors=["Lambda.TooManyRequestsException"], **_THROTTLED)


def _retry(task: tasks.LambdaInvoke) -> None:
    """Retry three times after any error, because a retry only after service errors would miss a killed process."""
    task.add_retry(errors=["States.ALL"], **_ANY_ERROR)


def _catch(task: tasks.LambdaInvoke, handler: sfn.IChainable, *, errors: list[str] | None = None) -> None:
    task.add_catch(handler, errors=errors or ["States.ALL"], result_path=sfn.JsonPath.DISCARD)


def _outcome(value: Outcome) -> sfn.Condition:
    return sfn.Condition.string_equals("$.step.outcome", value.value)


def _with_webhooks(outcome: Outcome) -> sfn.Condition:
    """The condition that the step's outcome is `outcome`, and that TikTok's webhooks are known to arrive."""
    return sfn.Condition.and_(
        _outcome(outcome),
        sfn.Condition.is_present("$.step.webhooks"),
        sfn.Condition.boolean_equals("$.step.webhooks", True),
    )
