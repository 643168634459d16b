"""The choices that shape the template. They are read from the CDK context; functions do not see them."""

from collections.abc import Mapping
from typing import Literal, get_args

from dropcast.setting_declaration import Declared, Setting, literal

LayerTarget = Literal["aws", "host"]

_PROTECTED_STAGE = "prod"


class Config(Declared):
    """The choices of one stage that shape the template.

    Values that functions read or that a parameter may change are declared in dropcast.settings.
    """

    stage = Setting(
        str,
        "dev",
        "Part of the name of the stack and of every resource: a lower-case letter, then at most 19 lower-case"
        " letters, digits and hyphens. Only the stage prod protects its tables from deletion by hand",
        pattern="[a-z][a-z0-9-]{0,19}",
        see="deploy.md#the-prod-stage",
    )
    alarm_email = Setting(str, "", "E-mail address that gets the alarms. AWS first sends a mail that you must confirm")
    monthly_spend_limit = Setting(
        int,
        "0",
        "Monthly spending limit of this AWS account in US dollars. AWS Budgets notifies alarm_email at 80 % "
        "and 100 %. 0: no limit",
        pattern=r"\d{1,7}",
        see="deploy.md#what-it-costs-without-publishes",
    )
    custom_domain = Setting(
        str, "", "Your own domain for the API. Requires certificate_arn", see="deploy.md#your-own-domain"
    )
    certificate_arn = Setting(
        str, "", "ARN of the certificate of custom_domain, in the stack's region", see="deploy.md#your-own-domain"
    )
    media_domain = Setting(
        str,
        "",
        "Your own domain from which TikTok pulls media. Requires media_certificate_arn",
        see="deploy.md#the-media-address",
    )
    media_certificate_arn = Setting(
        str, "", "ARN of the certificate of media_domain, in us-east-1", see="deploy.md#the-media-address"
    )
    media_key = Setting(
        int,
        "1",
        "Number of the key that signs the addresses from which TikTok pulls media: 1 or higher. To create a new "
        "key, use the next number",
        pattern=r"[1-9]\d*",
        see="deploy.md#the-media-address",
    )
    log_retention_days = Setting(
        int,
        "30",
        "Days after which logs are deleted: 1, 7, 14, 30, 90 or 365",
        allowed=("1", "7", "14", "30", "90", "365"),
    )
    refresh_workers = Setting(
        int,
        "10",
        "Number of accounts whose tokens Dropcast refreshes at once, 2 to 1000",
        pattern=r"[2-9]|[1-9]\d{1,2}|1000",
    )
    snapstart = Setting(
        str,
        "off",
        "Whether Lambda starts the functions behind the API from snapshots: off or on",
        allowed=("off", "on"),
        see="deploy.md#faster-first-answers",
    )
    layer_target = Setting[LayerTarget](
        literal,
        "aws",
        "Where the layers run: aws, or host for this machine. A template for host does not run in AWS",
        allowed=get_args(LayerTarget),
    )

    def __init__(self, given: Mapping[str, str]) -> None:
        """The choices in `given`. ValueError if a choice is not allowed, or if two choices contradict each other."""
        super().__init__(given)
        for setting in self.choices():
            setting.text(given)
        pairs = ((Config.custom_domain, Config.certificate_arn), (Config.media_domain, Config.media_certificate_arn))
        for domain, certificate in pairs:
            if bool(domain.text(given)) != bool(certificate.text(given)):
                raise ValueError(f"{domain.name} and {certificate.name} go together: give both or neither")

    @property
    def protects_tables(self) -> bool:
        """Whether DynamoDB refuses to delete the tables. It does so only in prod."""
        return self.stage == _PROTECTED_STAGE
