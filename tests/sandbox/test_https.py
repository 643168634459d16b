"""The sandbox over https, under TikTok's own name."""

import datetime
import ssl
import time
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.running import Certificate, running
from sandbox.settings import Settings

HOST = "open.tiktokapis.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A self-signed certificate for TikTok's host."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return Certificate(str(folder / "cert.pem"), str(folder / "key.pem"))


def test_a_client_with_a_fixed_https_address_uploads_under_tiktok_s_name(certificate, video):
    trust = ssl.create_default_context(cafile=Path(certificate.certificate))
    settings = Settings(redirect_uris=["https://app.example/callback"], access_lifetime=60)

    with running(settings, certificate=certificate) as url, httpx.Client(verify=trust, trust_env=False) as http:
        port = httpx.URL(url).port

        def call(method, path, **more):
            """Connect to the sandbox as if its address were that of open.tiktokapis.com."""
            headers = {"Host": f"{HOST}:{port}", **more.pop("headers", {})}
            return http.request(method, f"{url}{path}", headers=headers, extensions={"sni_hostname": HOST}, **more)

        token = connect(call)
        bearer = {"Authorization": f"Bearer {token}"}
        plan = {"video_size": len(video), "chunk_size": len(video), "total_chunk_count": 1}
        body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {"source": "FILE_UPLOAD", **plan}}
        upload_url = call("POST", "/v2/post/publish/video/init/", json=body, headers=bearer).json()["data"][
            "upload_url"
        ]
        put = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{len(video) - 1}/{len(video)}"}
        answer = call("PUT", httpx.URL(upload_url).raw_path.decode(), content=video, headers=put)

    assert url.startswith("https://127.0.0.1:")
    assert upload_url.startswith(f"https://{HOST}:{port}/upload/video/?")
    assert answer.status_code == 201


def connect(call) -> str:
    query = "client_key=sandbox-client-key&scope=video.publish&state=s1&response_type=code"
    page = f"https://www.tiktok.com/v2/auth/authorize/?{query}&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback"
    back = call("POST", "/_sandbox/authorize", json={"authorize_url": page, "username": "tom.private"}).json()
    form = {
        "client_key": "sandbox-client-key",
        "client_secret": "sandbox-client-secret",
        "grant_type": "authorization_code",
        "redirect_uri": "https://app.example/callback",
        "code": httpx.URL(back["redirect_to"]).params["code"],
    }
    return call("POST", "/v2/oauth/token/", data=form).json()["access_token"]


def test_faults_and_outages_close_tls_connections_too(certificate):
    trust = ssl.create_default_context(cafile=Path(certificate.certificate))
    trust.check_hostname = False

    with running(certificate=certificate) as url, httpx.Client(base_url=url, verify=trust, trust_env=False) as http:
        http.post("/_sandbox/faults", json={"route": "user_info", "kind": "reset_before"})
        with pytest.raises(httpx.TransportError):
            http.get("/v2/user/info/")
        after = http.get("/v2/user/info/").status_code
        http.post("/_sandbox/away", json={"seconds": 0.05})
        time.sleep(0.3)
        back = http.get("/_sandbox/health").status_code

    assert (after, back) == (401, 200)
