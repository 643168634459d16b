"""An agent without a model: sends a video to a creator's TikTok inbox. python agent.py VIDEO ACCOUNT_ID."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

video, account_id = Path(sys.argv[1]).resolve(), sys.argv[2]
server = StdioServerParameters(command="dropcast", args=["mcp", "--folder", str(video.parent)], env=dict(os.environ))


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        sys.exit(f"{tool}: {result.structured_content}")
    return result.structured_content


async def main() -> None:
    async with Client(server) as client:
        upload = await call(client, "request_upload", account_id=account_id, path=video.name)
        plan = await call(client, "preflight", account_id=account_id, upload_ids=[upload["upload_id"]])
        if not plan["executable"]:  # problems, or a person has to publish it
            sys.exit(f"{plan['next_step']} {plan.get('console_url', plan['report'])}")
        # An agent shows the plan to the person here, and goes on only if they agree.
        publish = await call(client, "publish", plan_id=plan["plan_id"])
        while publish["state"] not in ("published", "in_inbox", "failed", "unknown", "cancelled"):
            await asyncio.sleep(2)
            publish = (await call(client, "status", publish_id=publish["publish_id"]))["publish"]
    print(publish["state"])


asyncio.run(main())
