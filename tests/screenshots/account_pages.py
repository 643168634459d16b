"""The pages of the accounts."""

from tests.e2e.road import wait_for
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene


def take_account_pages(camera: Camera, scene: Scene) -> None:
    _take_empty(camera, scene)
    _take_details(camera, scene)
    page = camera.open(scene.operator)
    page.goto("/console/accounts")
    camera.take_page(page, "accounts")


def _take_empty(camera: Camera, scene: Scene) -> None:
    """The list of a user who has no account."""
    wanted = {"name": "Newcomer", "scopes": ["read", "publish"], "user_id": "newcomer"}
    key = scene.client.api("POST", "/v1/keys", json=wanted).raise_for_status().json()["key"]
    page = camera.open(scene.sign_in(key))
    page.goto("/console/accounts")
    camera.take_page(page, "accounts-empty")


def _take_details(camera: Camera, scene: Scene) -> None:
    """A connect link, an account that can post, the page that disconnects it, and an account that its creator
    disconnected.
    """
    page = camera.open(scene.operator)
    page.goto(scene.client.api("POST", "/v1/connections", json={"user_id": "lena"}).json()["connect_url"])
    camera.take_page(page, "connect-link")
    account = scene.connect("lena.bakes", "Lena bakes", user_id="lena")
    page.goto(f"/console/accounts/{account}")
    camera.take_page(page, "account")
    page.goto(f"/console/accounts/{account}/disconnect")
    camera.take_page(page, "account-disconnect")
    page.goto(f"/console/connected?connected={account}")
    camera.take_page(page, "connected")
    gone = scene.connect("gone.gus", "Gone Gus", user_id="gus")
    scene.client.sandbox("POST", "/creators/gone.gus/disconnect", json={"reason": 1})
    wait_for(lambda: scene.client.api("GET", f"/v1/accounts/{gone}").json()["status"] == "disconnected")
    page.goto(f"/console/accounts/{gone}")
    camera.take_page(page, "account-ended")
