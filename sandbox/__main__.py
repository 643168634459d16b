"""tiktok-sandbox, or python -m sandbox: serves the sandbox until SIGTERM or SIGINT."""

import argparse
import contextlib
import json
import os
import ssl
import sys
import threading
import time
from typing import Any, NoReturn

import uvicorn
from pydantic import SecretStr, ValidationError

from sandbox.running import Certificate, bind, serve
from sandbox.settings import ALL_SCOPES, Settings

COMMAND = "tiktok-sandbox"


def main() -> None:
    parent = os.getppid()
    args = make_parser().parse_args()
    settings, certificate = _settings(args), _certificate(args)
    try:
        listening = bind(args.host, args.port)
    except (OSError, OverflowError) as problem:
        _fail(f"{args.host}:{args.port} cannot be used: {getattr(problem, 'strerror', None) or problem}")

    def ready(url: str, server: uvicorn.Server) -> None:
        print(json.dumps({"url": url, "pid": os.getpid()}), flush=True)
        if args.with_parent:
            threading.Thread(target=_stop_with_parent, args=(server, parent), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt):
        serve(settings, listening, ready, certificate)


def _settings(args: argparse.Namespace) -> Settings:
    try:
        return Settings(
            client_key=args.client_key,
            client_secret=SecretStr(args.client_secret),
            platform=args.platform,
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
    except ValidationError as problem:
        first = problem.errors()[0]
        _fail(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}")


def _certificate(args: argparse.Namespace) -> Certificate | None:
    if not args.tls_cert and not args.tls_key:
        return None
    if not args.tls_cert or not args.tls_key:
        _fail("--tls-cert and --tls-key belong together")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(args.tls_cert, args.tls_key)
    except OSError as problem:
        _fail(f"the certificate cannot be used: {problem.strerror or problem}")
    return Certificate(args.tls_cert, args.tls_key)


def _fail(words: str) -> NoReturn:
    sys.exit(f"{COMMAND}: {words}")


def _stop_with_parent(server: uvicorn.Server, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    server.should_exit = True


def make_parser() -> argparse.ArgumentParser:
    default: dict[str, Any] = {
        name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()
    }
    parser = argparse.ArgumentParser(COMMAND, description="A local TikTok, built from TikTok's documentation.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; stdout has its number")
    parser.add_argument("--tls-cert", metavar="FILE", help="serve https with this certificate (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="the certificate's private key (PEM)")
    parser.add_argument("--client-key", default=default["client_key"])
    parser.add_argument("--client-secret", default=default["client_secret"].get_secret_value())
    parser.add_argument("--platform", choices=("web", "desktop"), default=default["platform"])
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
