"""Executes plans."""

from dropcast_client.calls import call, operation, segment
from dropcast_client.models.comments import SentCommentView
from dropcast_client.models.plans import ExecuteRequest
from dropcast_client.models.publishes import PublishView
from dropcast_client.runners import Flow


class Planning:
    """Executing plans. A repeated call returns the same publish or comment."""

    @operation
    @staticmethod
    def execute_plan(plan_id: str) -> Flow[PublishView]:
        """Execute the plan of a publish or a retry. Raises DropcastError."""
        return call("POST", _path(plan_id), PublishView, repeatable=True)

    @operation
    @staticmethod
    def execute_comment_plan(plan_id: str, *, approved_by: str) -> Flow[SentCommentView]:
        """Execute the plan of a comment. The person `approved_by` approved the text. Raises DropcastError."""
        body = ExecuteRequest(approved_by=approved_by)
        return call("POST", _path(plan_id), SentCommentView, body=body, repeatable=True)


def _path(plan_id: str) -> str:
    return f"/v1/plans/{segment(plan_id)}/execute"
