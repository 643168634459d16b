"""The pages of comments."""

from tests.e2e.business import connect_business
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_USERNAME = "cora.crafts"


def take_comment_pages(camera: Camera, scene: Scene) -> None:
    account = scene.connect(_USERNAME, "Cora crafts", user_id="cora")
    path = f"/console/accounts/{account}/comments"
    page = camera.open(scene.operator)
    page.goto(path)
    camera.take_page(page, "comments-not-connected")
    connect_business(scene.client, "account", user_id="cora", account_id=account, username=_USERNAME)
    video, comment = _fill(scene)
    page.goto(path)
    camera.take_page(page, "comments-videos")
    page.goto(f"{path}?video={video}")
    camera.take_page(page, "comments")
    page.locator("summary", has_text="Reply to ben").click()
    page.locator("details[open] textarea").fill("It is called Minka.")
    camera.take_page(page, "comments-reply")
    page.goto(f"{path}?video={video}&comment={comment}")
    camera.take_page(page, "comments-replies")


def _fill(scene: Scene) -> tuple[str, str]:
    """Create a video with comments and replies. Return the ids of the video and of the comment with replies."""
    creator = f"/creators/{_USERNAME}/videos"
    video = scene.client.sandbox("POST", creator, json={"title": "Repairing a bowl with gold #kintsugi"})["id"]
    scene.client.sandbox("POST", creator, json={"title": "A walk to the harbour"})
    comments = f"{creator}/{video}/comments"
    first = scene.client.sandbox(
        "POST", comments, json={"username": "ben", "text": "What is the cat's name?", "likes": 4}
    )["id"]
    for text in ("I would like to know too!", "Same here", "And how old is it?", "😀"):
        scene.client.sandbox("POST", comments, json={"text": text, "parent_id": first})
    text = "Where did you learn this?\nIt is <b>beautiful</b>."
    scene.client.sandbox("POST", comments, json={"username": "ida", "text": text, "likes": 12})
    scene.client.sandbox("POST", comments, json={"username": _USERNAME, "text": "Thank you all"})
    return video, first
