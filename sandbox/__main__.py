"""python -m sandbox: serves the sandbox until SIGTERM or SIGINT."""

import argparse
import contextlib
import json
import os
import threading
import time
from typing import Any

import uvicorn
from pydantic import SecretStr

from sandbox.running import serve
from sandbox.settings import ALL_SCOPES, Settings


def main() -> None:
    parent = os.getppid()
    args = _parser().parse_args()
    settings = Settings(
        client_key=args.client_key,
        client_secret=SecretStr(args.client_secret),
        redirect_uris=args.redirect_uri,
        webhook_url=args.webhook_url,
        audited=args.audited,
        access_lifetime=args.access_lifetime,
        refresh_lifetime=args.refresh_lifetime,
        scopes=[scope for scope in args.scopes.split(",") if scope],
        verified_urls=args.verified_url,
        business_app_id=args.business_app_id,
        business_secret=SecretStr(args.business_secret),
        business_redirect_uris=args.business_redirect_uri,
        ensembledata_token=SecretStr(args.ensembledata_token),
    )

    def ready(url: str, server: uvicorn.Server) -> None:
        print(json.dumps({"url": url, "pid": os.getpid()}), flush=True)
        if args.with_parent:
            threading.Thread(target=_stop_with_parent, args=(server, parent), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt):
        serve(settings, args.host, args.port, ready)


def _stop_with_parent(server: uvicorn.Server, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    server.should_exit = True


def _parser() -> argparse.ArgumentParser:
    default: dict[str, Any] = {
        name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()
    }
    parser = argparse.ArgumentParser(
        "python -m sandbox", description="A local TikTok, built from TikTok's documentation."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; stdout has its number")
    parser.add_argument("--client-key", default=default["client_key"])
    parser.add_argument("--client-secret", default=default["client_secret"].get_secret_value())
    parser.add_argument("--redirect-uri", action="append", default=[], help="a registered URI; may be repeated")
    parser.add_argument("--webhook-url")
    parser.add_argument("--audited", action="store_true", default=False)
    parser.add_argument("--unaudited", dest="audited", action="store_false", help="the default")
    parser.add_argument("--access-lifetime", type=int, default=default["access_lifetime"], metavar="SECONDS")
    parser.add_argument("--refresh-lifetime", type=int, default=default["refresh_lifetime"], metavar="SECONDS")
    parser.add_argument("--scopes", default=",".join(ALL_SCOPES), help="the app's approved scopes, separated by commas")
    parser.add_argument("--verified-url", action="append", default=[], help="domain or URL prefix; may be repeated")
    parser.add_argument("--business-app-id", default=default["business_app_id"])
    parser.add_argument("--business-secret", default=default["business_secret"].get_secret_value())
    parser.add_argument("--business-redirect-uri", action="append", default=[], help="as --redirect-uri, ending in /")
    parser.add_argument("--ensembledata-token", default=default["ensembledata_token"].get_secret_value())
    parser.add_argument("--with-parent", action="store_true", help="stop when the parent process ends")
    return parser


if __name__ == "__main__":
    main()
