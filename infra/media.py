"""The CloudFront distribution in front of the bucket. TikTok pulls media from it with signed URLs.

If the parameter MediaUrl names another address (as on a machine without CloudFront), the stack creates no distribution.
The functions still sign the URLs. With MediaDistribution off and no MediaUrl, TikTok cannot pull from the bucket, and
the functions refuse posts that need such a pull.
"""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Aws, CfnCondition, CfnResource, CustomResource, Duration, Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from dropcast.settings import Settings
from infra.functions import allow, make_function, set_env
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.stage_context import StageContext

# CloudFront's managed policies, by their fixed ids.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_FORWARDED = ["response-content-type", "versionId"]
_READ_ONLY = ["GET", "HEAD"]
_VERIFICATION = "/tiktok*.txt"
_PUBLIC_FOLDER = "/public"


class Media(Construct):
    """The signing keys and the distribution that checks signatures."""

    def __init__(self, scope: Construct, context: StageContext, publishing: Publishing) -> None:
        super().__init__(scope, "Media")
        self._context = context
        self._bucket = publishing.bucket
        self._number = context.config.media_key
        self._keypair = make_function(
            self, "deploy/keypair", context, does="Makes the key that signs media URLs", timeout_s=60
        )
        self.own = self._make_condition()
        # The previous key stays trusted, so that TikTok can still pull with URLs that the previous key signed.
        trusted = range(max(1, self._number - 1), self._number + 1)
        keys = {number: self._make_key(number) for number in trusted}
        public_keys = {number: self._make_public_key(number, pair) for number, (_, pair) in keys.items()}
        distribution = self._make_distribution(self._make_group(list(public_keys.values())))
        self._grant_distribution(distribution)
        for each in self.node.find_all():
            if isinstance(each, CfnResource) and each.cfn_resource_type.startswith("AWS::CloudFront::"):
                each.cfn_options.condition = self.own

        url = f"https://{context.config.media_domain or distribution.attr_domain_name}"
        self._url = self._own_or(url, context.parameters.value(Settings.media_url))
        self.outputs = {"MediaAddress": url, "MediaDomainTarget": distribution.attr_domain_name}
        self.key_secret, pair = keys[self._number]
        self._key_id = self._own_or(public_keys[self._number].ref, pair.get_att_string("KeyId"))

    def _make_condition(self) -> CfnCondition:
        """The condition under which the stack creates its own distribution."""
        parameters = self._context.parameters
        is_wanted = Fn.condition_equals(parameters.value(Settings.media_distribution), "on")
        has_no_other = Fn.condition_equals(parameters.value(Settings.media_url), "")
        return CfnCondition(self, "OwnMedia", expression=Fn.condition_and(is_wanted, has_no_other))

    def grant_sign(self, function: lambda_.Function) -> None:
        """Allow signing the URLs from which TikTok pulls."""
        self.set_media_url(function)
        set_env(
            function,
            {
                Settings.media_bucket: self._bucket.bucket_name,
                Settings.media_key_id: self._key_id,
                Settings.media_key_arn: self.key_secret.secret_arn,
            },
        )
        allow(function, ["secretsmanager:GetSecretValue"], [self.key_secret.secret_arn])

    def set_media_url(self, function: lambda_.Function) -> None:
        """Give the function the address from which TikTok pulls. The address is empty if there is none."""
        set_env(function, {Settings.media_url: self._url})

    def _make_key(self, number: int) -> tuple[secrets.Secret, CustomResource]:
        """A secret, and the custom resource whose function stores a new key in it."""
        secret = secrets.Secret(
            self, f"Key{number}", description=f"Signs the URLs that TikTok pulls from, no. {number}"
        )
        acknowledge(secret, "A new key is a deployment with the next media_key.", "AwsSolutions-SMG4")
        allow(self._keypair, ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], [secret.secret_arn])
        pair = CustomResource(
            self,
            f"KeyPair{number}",
            service_token=self._keypair.function_arn,
            resource_type="Custom::MediaKey",
            properties={"SecretArn": secret.secret_arn},
            service_timeout=Duration.minutes(5),
        )
        return secret, pair

    def _make_public_key(self, number: int, pair: CustomResource) -> cloudfront.CfnPublicKey:
        name = f"{self._context.prefix}-{Aws.REGION}-{number}"
        config = cloudfront.CfnPublicKey.PublicKeyConfigProperty(
            name=name, caller_reference=name, encoded_key=pair.get_att_string("PublicKey")
        )
        return cloudfront.CfnPublicKey(self, f"PublicKey{number}", public_key_config=config)

    def _make_group(self, keys: list[cloudfront.CfnPublicKey]) -> cloudfront.CfnKeyGroup:
        config = cloudfront.CfnKeyGroup.KeyGroupConfigProperty(
            name=f"{self._context.prefix}-{Aws.REGION}",
            items=[key.ref for key in keys],
            comment=f"Signs with no. {self._number}",
        )
        return cloudfront.CfnKeyGroup(self, "Signers", key_group_config=config)

    def _make_distribution(self, group: cloudfront.CfnKeyGroup) -> cloudfront.CfnDistribution:
        config = self._context.config
        distribution = cloudfront.CfnDistribution(
            self,
            "Distribution",
            distribution_config=cloudfront.CfnDistribution.DistributionConfigProperty(
                enabled=True,
                comment=f"{self._context.prefix}: what TikTok pulls",
                http_version="http2",
                ipv6_enabled=True,
                aliases=[config.media_domain] if config.media_domain else None,
                viewer_certificate=self._certificate(),
                origins=self._make_origins(),
                default_cache_behavior=cloudfront.CfnDistribution.DefaultCacheBehaviorProperty(
                    target_origin_id="media",
                    # No redirect from http to https, because TikTok treats every redirect as a failure (protocol
                    # section 9).
                    viewer_protocol_policy="https-only",
                    allowed_methods=_READ_ONLY,
                    cached_methods=_READ_ONLY,
                    cache_policy_id=_CACHING_DISABLED,
                    origin_request_policy_id=self._make_forwarding().ref,
                    trusted_key_groups=[group.ref],
                ),
                cache_behaviors=[
                    cloudfront.CfnDistribution.CacheBehaviorProperty(
                        path_pattern=_VERIFICATION,
                        target_origin_id="verification",
                        viewer_protocol_policy="https-only",
                        allowed_methods=_READ_ONLY,
                        cached_methods=_READ_ONLY,
                        cache_policy_id=_CACHING_OPTIMIZED,
                    )
                ],
            ),
        )
        _acknowledge_findings(distribution)
        return distribution

    def _make_origins(self) -> list[cloudfront.CfnDistribution.OriginProperty]:
        """The bucket, and its public folder with TikTok's verification file."""
        access = cloudfront.CfnOriginAccessControl(
            self,
            "Access",
            origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
                name=f"{self._context.prefix}-{Aws.REGION}",
                origin_access_control_origin_type="s3",
                signing_behavior="always",
                signing_protocol="sigv4",
            ),
        )

        def origin(name: str, folder: str | None) -> cloudfront.CfnDistribution.OriginProperty:
            return cloudfront.CfnDistribution.OriginProperty(
                id=name,
                domain_name=self._bucket.bucket_regional_domain_name,
                origin_path=folder,
                origin_access_control_id=access.attr_id,
                s3_origin_config=cloudfront.CfnDistribution.S3OriginConfigProperty(origin_access_identity=""),
            )

        return [origin("media", None), origin("verification", _PUBLIC_FOLDER)]

    def _make_forwarding(self) -> cloudfront.CfnOriginRequestPolicy:
        policy = cloudfront.CfnOriginRequestPolicy
        return policy(
            self,
            "Forwarding",
            origin_request_policy_config=policy.OriginRequestPolicyConfigProperty(
                name=f"{self._context.prefix}-{Aws.REGION}",
                cookies_config=policy.CookiesConfigProperty(cookie_behavior="none"),
                headers_config=policy.HeadersConfigProperty(header_behavior="none"),
                query_strings_config=policy.QueryStringsConfigProperty(
                    query_string_behavior="whitelist", query_strings=_FORWARDED
                ),
            ),
        )

    def _certificate(self) -> cloudfront.CfnDistribution.ViewerCertificateProperty:
        certificate = cloudfront.CfnDistribution.ViewerCertificateProperty
        if not self._context.config.media_domain:
            return certificate(cloud_front_default_certificate=True)
        return certificate(
            acm_certificate_arn=self._context.config.media_certificate_arn,
            minimum_protocol_version="TLSv1.2_2021",
            ssl_support_method="sni-only",
        )

    def _grant_distribution(self, distribution: cloudfront.CfnDistribution) -> None:
        """Allow the distribution to read the bucket.

        If there is no distribution, the statement names a distribution that cannot exist.
        """
        arn = f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution"
        source = self._own_or(f"{arn}/{distribution.ref}", f"{arn}/none")
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[self._bucket.arn_for_objects("*")],
                conditions={"StringEquals": {"AWS:SourceArn": source}},
            )
        )

    def _own_or(self, own: str, otherwise: str) -> str:
        return Fn.condition_if(self.own.logical_id, own, otherwise).to_string()


def _acknowledge_findings(distribution: cloudfront.CfnDistribution) -> None:
    for rule, reason in {
        "AwsSolutions-CFR1": "TikTok does not publish the countries from which it pulls.",
        "AwsSolutions-CFR2": "A firewall that refuses TikTok fails the post; a signature is needed anyway.",
        "AwsSolutions-CFR3": "A log would hold signed URLs, and is kept longer than they are valid.",
    }.items():
        acknowledge(distribution, reason, rule)
