"""Drops the new videos of a folder, each with its options: python sync.py FOLDER BUCKET ACCOUNT_ID.

A video is ready when its options are beside it: clip.json for clip.mp4. A video in the bucket is not sent again.
"""

import json
import sys
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

VIDEOS = {".mp4", ".mov", ".webm"}

folder, bucket, account_id = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
prefix = f"drop/{account_id}/"
s3 = boto3.client("s3")


def in_bucket() -> set[str]:
    """The S3 keys of the account's drops that are already in the bucket."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}


def is_complete(options: Path) -> bool:
    """Whether the file exists and its JSON is written to the end."""
    try:
        return isinstance(json.loads(options.read_bytes()), dict)
    except (FileNotFoundError, ValueError):
        return False


def drop(video: Path, options: Path) -> None:
    """Put the options, then the video, unless another run has put the video meanwhile."""
    s3.put_object(Bucket=bucket, Key=prefix + options.name, Body=options.read_bytes())
    try:
        with video.open("rb") as file:
            s3.put_object(Bucket=bucket, Key=prefix + video.name, Body=file, IfNoneMatch="*")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("PreconditionFailed", "ConditionalRequestConflict"):
            raise


known = in_bucket()
for video in sorted(folder.iterdir()):
    if video.suffix.lower() not in VIDEOS or video.name.startswith(".") or prefix + video.name in known:
        continue
    options = video.with_suffix(".json")
    if is_complete(options):
        drop(video, options)
        print(f"dropped {video.name}")
    else:
        print(f"{video.name} waits for {options.name}")
