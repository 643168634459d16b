"""/v1/health: a health check for monitors."""

from typing import Literal

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.publishing.store import publish_store
from dropcast.settings import settings

from .answers import Answer, documented, needs, view

router = APIGatewayHttpRouter()

_NO_PUBLISH = "pub_health"


class HealthView(BaseModel):
    """The deployment works: the API, its authorizer and the publishes table answer."""

    status: Literal["good"] = "good"
    checked_at: str
    tiktok_app_set: bool = Field(description="Whether the client key of the TikTok app is set.")
    app_audit: str = Field(description="Whether TikTok has audited the app, according to the operator's setting.")


@router.get("/v1/health", middlewares=needs("read"), responses=documented(200, "The deployment works", HealthView))
def show_health() -> Answer:
    """Check whether the deployment works.

    Any status other than 200 means that the deployment does not work, or that the key is wrong.
    """
    publish_store.get(_NO_PUBLISH)
    is_set = tiktok_app.app_credentials().client_key != tiktok_app.PLACEHOLDER
    return view(
        200, HealthView(checked_at=clock.iso(clock.now()), tiktok_app_set=is_set, app_audit=settings().app_audit)
    )
