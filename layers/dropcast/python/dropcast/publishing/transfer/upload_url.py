"""The address that TikTok gives for a video's bytes, as the row keeps it: sealed, and bound to its publish."""


def upload_url_context(publish_id: str) -> dict[str, str]:
    """The encryption context that binds a sealed upload_url to its publish."""
    return {"publish": publish_id, "kind": "upload_url"}
