"""The link by which a person opens a plan in the console."""

from dropcast.accounts.connect.begin_consent import public_url


def plan_url(plan_id: str) -> str:
    """The address of the plan's page. It grants no right. The page requires a session that may see the account."""
    return f"{public_url()}/console/plans/{plan_id}"
