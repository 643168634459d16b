"""The history of trends as an Athena table: JSON Lines in the bucket, partitioned by kind and day.

The table needs no crawler.
"""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stage_context import StageContext

# The fields of all kinds. A field that a kind does not have is null.
_COLUMNS = {
    "run_id": "string",
    "captured_at": "string",
    "source": "string",
    "country": "string",
    "period_days": "int",
    "category": "string",
    "rank": "int",
    "direction": "string",
    "basis": "string",
    "rank_change": "int",
    "velocity": "double",
    "hashtag_id": "string",
    "name": "string",
    "views": "bigint",
    "posts": "bigint",
    "views_ever": "bigint",
    "posts_ever": "bigint",
    "countries": "array<string>",
    "video_id": "string",
    "description": "string",
    "author": "string",
    "hashtags": "array<string>",
    "likes": "bigint",
    "comments": "bigint",
    "url": "string",
    "thumbnail_url": "string",
    "track_id": "string",
    "title": "string",
    "artist": "string",
    "duration_seconds": "int",
    "genres": "array<string>",
    "preview_url": "string",
    "keyword": "string",
}
_PARTITIONS = {"kind": "string", "date": "string"}


class TrendHistory(Construct):
    """A Glue database with one table.

    The table's partitions are projected: Athena derives the folder from the kind and the day. In this folder, each
    country has a folder with its objects. Athena reads subfolders too.
    """

    def __init__(self, scope: Construct, context: StageContext, *, bucket: s3.Bucket, prefix: str) -> None:
        super().__init__(scope, "History")
        self.database_name = context.prefix.replace("-", "_")
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database_name, description="Trends that Dropcast collects"
            ),
        )
        place = f"s3://{bucket.bucket_name}/{prefix}"
        table = glue.CfnTable(
            self,
            "Table",
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database_name,
            table_input=glue.CfnTable.TableInputProperty(
                name="trends",
                description="Every item of every list of trends that was collected",
                table_type="EXTERNAL_TABLE",
                partition_keys=_columns(_PARTITIONS),
                parameters=_projection(f"{place}kind=${{kind}}/date=${{date}}/"),
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=_columns(_COLUMNS),
                    location=place,
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.openx.data.jsonserde.JsonSerDe"
                    ),
                ),
            ),
        )
        table.add_dependency(database)


def _columns(types: dict[str, str]) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in types.items()]


def _projection(location: str) -> dict[str, str]:
    return {
        "classification": "json",
        "EXTERNAL": "TRUE",
        "projection.enabled": "true",
        "projection.kind.type": "enum",
        "projection.kind.values": "hashtags,videos,music,keywords",
        "projection.date.type": "date",
        "projection.date.format": "yyyy-MM-dd",
        "projection.date.range": "2026-11-01,NOW",
        "projection.date.interval": "1",
        "projection.date.interval.unit": "DAYS",
        "storage.location.template": location,
    }
