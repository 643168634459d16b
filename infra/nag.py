"""Findings of cdk-nag that are accepted, each with its reason beside the construct."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    """Accept `rules` (full ids, pack first: "AwsSolutions-IAM5[Resource::*]") on `construct` and below."""
    for rule in rules:
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
