"""Accepted findings of cdk-nag. The reason for each is next to the construct."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    """Accept `rules` on `construct` and everything below it. Each is a full id: "AwsSolutions-IAM5[Resource::*]"."""
    for rule in rules:
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
