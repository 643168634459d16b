"""DynamoDB tables. A grant on a table also passes the table's name to the function."""

from collections.abc import Mapping, Sequence
from typing import Literal

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dropcast.setting_declaration import Setting
from infra.functions import allow, set_env
from infra.stage_context import StageContext

Action = Literal["BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]

_STRING = dynamodb.AttributeType.STRING
_NUMBER = dynamodb.AttributeType.NUMBER


class Table(Construct):
    """An on-demand table with point-in-time recovery. DynamoDB deletes items after `expires_at` (epoch seconds)."""

    def __init__(
        self,
        scope: Construct,
        setting: Setting[str],
        context: StageContext,
        *,
        sorted_by_sk: bool,
        streamed: bool = False,
    ) -> None:
        """setting: the setting that holds the table's name."""
        super().__init__(scope, f"{setting.name.removesuffix('_table').title()}Table")
        self._setting = setting
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=_STRING),
            sort_key=dynamodb.Attribute(name="sk", type=_STRING) if sorted_by_sk else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            stream=dynamodb.StreamViewType.NEW_IMAGE if streamed else None,
            deletion_protection=context.config.protects_tables,
            removal_policy=context.removal,
        )

    @property
    def name(self) -> str:
        return self.table.table_name

    def add_index(
        self, name: str, partition: str, sort: str, *, by_time: bool = False, attributes: Sequence[str] | None = ()
    ) -> None:
        """Add an index with the key `partition` and `sort`. The index contains the keys of each item and `attributes`
        (None: all attributes).

        by_time: `sort` is a number (epoch seconds), not a string. A sparse index of this kind lists the items that wait
        for their time.
        """
        some = dynamodb.ProjectionType.INCLUDE if attributes else dynamodb.ProjectionType.KEYS_ONLY
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition, type=_STRING),
            sort_key=dynamodb.Attribute(name=sort, type=_NUMBER if by_time else _STRING),
            projection_type=dynamodb.ProjectionType.ALL if attributes is None else some,
            non_key_attributes=list(attributes) if attributes else None,
        )

    def grant(self, function: lambda_.Function, *actions: Action) -> None:
        """Allow these actions on every item, alone or in a transaction.

        "Query" applies to the table, not to its indexes.
        """
        self._allow(function, actions)

    def grant_query(self, function: lambda_.Function, *indexes: str) -> None:
        """Allow queries of these indexes."""
        set_env(function, {self._setting: self.name})
        allow(function, ["dynamodb:Query"], [f"{self.table.table_arn}/index/{index}" for index in indexes])

    def grant_scan(self, function: lambda_.Function, index: str) -> None:
        """Allow reading the whole index, page by page."""
        set_env(function, {self._setting: self.name})
        allow(function, ["dynamodb:Scan"], [f"{self.table.table_arn}/index/{index}"])

    def grant_update_of(self, function: lambda_.Function, *attributes: str) -> None:
        """Allow updates of these attributes only."""
        only = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", *attributes, "write_id"]}}
        self._allow(function, ["UpdateItem"], only)

    def grant_updates_in(self, function: lambda_.Function, *partitions: str) -> None:
        """Allow updates of items in these partitions only. A partition may end in "*"."""
        self._allow(function, ["UpdateItem"], _in_partitions(partitions))

    def grant_partitions(self, function: lambda_.Function, *partitions: str) -> None:
        """Allow reading, listing, writing and deleting items in these partitions only. A partition may end in "*"."""
        actions: list[Action] = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"]
        self._allow(function, actions, _in_partitions(partitions))

    def _allow(
        self, function: lambda_.Function, actions: Sequence[Action], conditions: Mapping[str, object] | None = None
    ) -> None:
        set_env(function, {self._setting: self.name})
        allow(function, [f"dynamodb:{action}" for action in actions], [self.table.table_arn], conditions)


def _in_partitions(partitions: Sequence[str]) -> Mapping[str, object]:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}}
