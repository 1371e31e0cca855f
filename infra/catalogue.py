"""The answers' files as tables of the Glue Data Catalog, for Athena."""

from __future__ import annotations

import re

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct

from pipeline.answers.output.tables import PREFIX, TABLES, Table

_PROJECTION = {
    "projection.enabled": "true",
    "projection.scene.type": "injected",
    "projection.day.type": "date",
    "projection.day.format": "yyyy-MM-dd",
    "projection.day.range": "2000-01-01,NOW+2DAYS",
}
"""Partitions are computed from the query instead of stored: nothing has to add one for each day. A query
names its scene; days begin before any camera's first video.
"""


class Catalogue(Construct):
    """A database with a table for each kind of answers. No data: the tables say where the files are."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, bucket: s3.IBucket) -> None:
        super().__init__(scope, construct_id)
        self.name = f"{re.sub('[^a-z0-9]', '_', prefix.lower())}_answers"
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.name, description="People pathing: answers to the questions of scenes"
            ),
        )
        for table in TABLES:
            self._add_table(table, bucket).add_dependency(database)

    def _add_table(self, table: Table, bucket: s3.IBucket) -> glue.CfnTable:
        location = f"s3://{bucket.bucket_name}/{PREFIX}{table.name}/"
        column = glue.CfnTable.ColumnProperty
        return glue.CfnTable(
            self,
            "".join(part.title() for part in table.name.split("_")),
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.name,
            table_input=glue.CfnTable.TableInputProperty(
                name=table.name,
                table_type="EXTERNAL_TABLE",
                parameters={
                    **_PROJECTION,
                    "classification": "json",
                    "storage.location.template": location + "scene=${scene}/day=${day}/",
                },
                partition_keys=[column(name=name, type="string") for name in ("scene", "day")],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[column(name=name, type=kind) for name, kind in table.columns],
                    location=location,
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.openx.data.jsonserde.JsonSerDe"
                    ),
                ),
            ),
        )
