"""A DynamoDB table and the ways a function may use it; a permission also tells the function the table's name."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import House, allow, tell

_STRING = dynamodb.AttributeType.STRING
_NUMBER = dynamodb.AttributeType.NUMBER


class Table(Construct):
    """On-demand, recoverable to any second of 35 days, items leave at `expires_at` (epoch seconds)."""

    def __init__(
        self, scope: Construct, name: str, house: House, *, sorted_by_sk: bool, streamed: bool = False
    ) -> None:
        super().__init__(scope, f"{name.title()}Table")
        self._variable = f"{name.upper()}_TABLE"
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
            deletion_protection=house.config.keeps_data,
            removal_policy=house.removal,
        )

    @property
    def name(self) -> str:
        return self.table.table_name

    def index(self, name: str, partition: str, sort: str) -> None:
        """An index of whole items by two strings."""
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition, type=_STRING),
            sort_key=dynamodb.Attribute(name=sort, type=_STRING),
            projection_type=dynamodb.ProjectionType.ALL,
        )

    def listing(self, name: str, partition: str, sort: str, shown: list[str]) -> None:
        """An index by two strings that holds `shown` of each item and nothing else."""
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition, type=_STRING),
            sort_key=dynamodb.Attribute(name=sort, type=_STRING),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=shown,
        )

    def finder(self, name: str, partition: str, sort: str) -> None:
        """An index of the keys of items by two strings."""
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition, type=_STRING),
            sort_key=dynamodb.Attribute(name=sort, type=_STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def worklist(self, name: str, shard: str, at: str) -> None:
        """A sparse index of the keys of items that wait for something, by shard and time (epoch seconds)."""
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=shard, type=_STRING),
            sort_key=dynamodb.Attribute(name=at, type=_NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def reads(self, function: lambda_.Function, *indexes: str) -> None:
        """Items by key, and queries of `indexes`."""
        self._allow(function, ["GetItem"])
        for index in indexes:
            self.queries(function, index)

    def lists(self, function: lambda_.Function) -> None:
        """The items of a partition."""
        self._allow(function, ["Query"])

    def reads_many(self, function: lambda_.Function) -> None:
        """Up to a hundred items by key at once."""
        self._allow(function, ["BatchGetItem"])

    def queries(self, function: lambda_.Function, index: str) -> None:
        """Queries of one index and nothing else of the table."""
        tell(function, **{self._variable: self.name})
        allow(function, ["dynamodb:Query"], [f"{self.table.table_arn}/index/{index}"])

    def puts(self, function: lambda_.Function) -> None:
        """New items, alone or in a transaction."""
        self._allow(function, ["PutItem"])

    def changes(self, function: lambda_.Function) -> None:
        """Changes of items in any attribute, alone or in a transaction."""
        self._allow(function, ["UpdateItem"])

    def checks(self, function: lambda_.Function) -> None:
        """Conditions of a transaction on items that it does not write."""
        self._allow(function, ["ConditionCheckItem"])

    def marks(self, function: lambda_.Function, *attributes: str) -> None:
        """Changes of items in these attributes only."""
        tell(function, **{self._variable: self.name})
        only = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", *attributes, "write_id"]}}
        allow(function, ["dynamodb:UpdateItem"], [self.table.table_arn], only)

    def keeps_some(self, function: lambda_.Function, *partitions: str, listed: bool) -> None:
        """Reading and changing items of these partitions only, and listing them; a partition may end in "*"."""
        tell(function, **{self._variable: self.name})
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}}
        actions = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", *(["Query"] if listed else [])]
        allow(function, [f"dynamodb:{action}" for action in actions], [self.table.table_arn], only)

    def deletes(self, function: lambda_.Function) -> None:
        """Deletions, alone or in a transaction."""
        self._allow(function, ["DeleteItem"])

    def _allow(self, function: lambda_.Function, actions: list[str]) -> None:
        tell(function, **{self._variable: self.name})
        allow(function, [f"dynamodb:{action}" for action in actions], [self.table.table_arn])
