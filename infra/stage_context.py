"""The values that every construct of a stage shares."""

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import RemovalPolicy

from infra.config import Config
from infra.layers import Layers
from infra.parameters import Parameters


@dataclass(frozen=True)
class StageContext:
    """One stage: its choices, its parameters, and the layers of its functions."""

    config: Config
    parameters: Parameters
    layers: Layers
    root: Path

    @property
    def prefix(self) -> str:
        """The beginning of all resource names of the stage."""
        return f"dropcast-{self.config.stage}"

    @property
    def removal(self) -> RemovalPolicy:
        """The removal policy of resources that hold data. These resources remain when the stack is deleted.

        After a failed first deployment CloudFormation deletes them. In prod the tables remain even then, because they
        are protected.
        """
        protected = self.config.protects_tables
        return RemovalPolicy.RETAIN if protected else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
