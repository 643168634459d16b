"""Addresses and app of what is not TikTok's open API: its Business API, and the sources of trends."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PartnerServices:
    """Empty addresses are the template's defaults, the real ones; an empty key means that it is not in use."""

    business_url: str = ""
    business_authorize_url: str = ""
    business_holder_url: str = ""
    oembed_url: str = ""
    creative_center_url: str = ""
    creative_center_us_url: str = ""
    ensembledata_url: str = ""
    business_app_id: str = ""
    business_secret: str = ""
    ensembledata_token: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The addresses as parameters of the template."""
        return {
            "TikTokBusinessUrl": self.business_url,
            "TikTokBusinessAuthorizeUrl": self.business_authorize_url,
            "TikTokBusinessHolderUrl": self.business_holder_url,
            "TikTokOembedUrl": self.oembed_url,
            "CreativeCenterUrl": self.creative_center_url,
            "CreativeCenterUsUrl": self.creative_center_us_url,
            "EnsembleDataUrl": self.ensembledata_url,
        }

    @property
    def secret(self) -> dict[str, str]:
        """What the stack's secret holds of them."""
        return {
            "business_app_id": self.business_app_id or "set-me",
            "business_secret": self.business_secret or "set-me",
            "ensembledata_token": self.ensembledata_token,
        }


def partners_from(given: Callable[[str], str]) -> PartnerServices:
    """What `given` (a variable's name to its value or nothing) says of them."""
    return PartnerServices(
        business_url=given("TIKTOK_BUSINESS_URL").rstrip("/"),
        business_authorize_url=given("TIKTOK_BUSINESS_AUTHORIZE_URL"),
        business_holder_url=given("TIKTOK_BUSINESS_HOLDER_URL"),
        oembed_url=given("TIKTOK_OEMBED_URL"),
        creative_center_url=given("CREATIVE_CENTER_URL").rstrip("/"),
        creative_center_us_url=given("CREATIVE_CENTER_US_URL").rstrip("/"),
        ensembledata_url=given("ENSEMBLEDATA_URL").rstrip("/"),
        business_app_id=given("TIKTOK_BUSINESS_APP_ID"),
        business_secret=given("TIKTOK_BUSINESS_SECRET"),
        ensembledata_token=given("ENSEMBLEDATA_TOKEN"),
    )


def sandboxed_partners(url: str, public_url: str, *, app_id: str, secret: str, token: str) -> PartnerServices:
    """A sandbox at `url` as all of them; account holders come back to `public_url`."""
    holder = (
        f"{url}/business/auth?client_key={app_id}&scope=comment.list%2Ccomment.list.manage%2Cdiscovery.search.words"
    )
    return PartnerServices(
        business_url=url,
        business_authorize_url=f"{url}/portal/auth",
        business_holder_url=f"{holder}&response_type=code&redirect_uri={public_url}/oauth/business/callback/",
        oembed_url=f"{url}/oembed",
        creative_center_url=url,
        creative_center_us_url=f"{url}/us",
        ensembledata_url=f"{url}/apis",
        business_app_id=app_id,
        business_secret=secret,
        ensembledata_token=token,
    )
