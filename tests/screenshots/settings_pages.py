"""The pages of API keys, webhook endpoints and the deployment's health."""

from tests.e2e.receiver import Receivers
from tests.e2e.road import wait_for
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene


def take_settings_pages(camera: Camera, scene: Scene) -> None:
    _take_keys(camera, scene)
    with Receivers() as receivers:
        _take_webhooks(camera, scene, receivers)
    page = camera.open(scene.operator)
    page.goto("/console/health")
    camera.take_page(page, "health")


def _take_keys(camera: Camera, scene: Scene) -> None:
    page = camera.open(scene.operator)
    page.goto("/console/keys")
    camera.take_page(page, "keys")
    page.get_by_label("Name").fill("Shop's server")
    page.get_by_role("button", name="Create the key").click()
    page.get_by_role("button", name="Copy").wait_for()
    # Pictures may be published, so this one shows no key that works.
    page.locator("#secret").evaluate("place => { place.textContent = 'dk_01m8example_…' }")
    camera.take_page(page, "key-made")
    page.goto("/console/keys")
    page.get_by_role("link", name="Revoke Shop's server").click()
    camera.take_page(page, "key-revoke")


def _take_webhooks(camera: Camera, scene: Scene, receivers: Receivers) -> None:
    """An endpoint that answers, an endpoint that does not, and the page of a delivery."""
    made = [
        scene.client.api(
            "POST", "/v1/webhook-endpoints", json={"url": f"{receivers.origin}/{name}", "events": events}
        ).raise_for_status()
        for name, events in (("shop", ["publish.*", "account.connected"]), ("ledger", ["*"]))
    ]
    shop, ledger = [one.json()["endpoint_id"] for one in made]
    receivers.answers["/ledger"] += [500] * 3
    for endpoint in (shop, ledger):
        scene.client.api("POST", f"/v1/webhook-endpoints/{endpoint}/test").raise_for_status()
    wait_for(lambda: receivers.got["/ledger"] and receivers.got["/shop"])
    page = camera.open(scene.operator)
    page.goto("/console/webhooks")
    camera.take_page(page, "webhooks")
    for part in ("edit", "rotate-secret", "delete"):
        page.goto(f"/console/webhooks/{shop}/{part}")
        camera.take_page(page, f"webhook-{part}")
    page.goto(f"/console/webhooks/{ledger}")
    page.get_by_text("it answered 500").wait_for()
    camera.take_page(page, "webhook")
    page.get_by_role("link", name="webhook_endpoint.test").click()
    page.get_by_role("heading", name="Attempts").wait_for()
    camera.take_page(page, "webhook-delivery")
