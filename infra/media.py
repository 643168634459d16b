"""What TikTok pulls media from: CloudFront in front of the bucket, for those who hold a signed URL.

Where the parameter MediaUrl names another address (a machine without CloudFront), no distribution is made; the URLs are
signed all the same. With MediaDistribution off and no MediaUrl, TikTok cannot pull from the bucket, and the functions
refuse what would need it.
"""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import Aws, CfnCondition, CfnResource, CustomResource, Duration, Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from infra.functions import House, allow, make_function, tell
from infra.nag import acknowledge
from infra.publishing import Publishing

# CloudFront's own policies, by their fixed ids.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_FORWARDED = ["response-content-type", "versionId"]
_READ_ONLY = ["GET", "HEAD"]
_VERIFICATION = "/tiktok*.txt"
_PUBLIC_FOLDER = "/public"


class Media(Construct):
    """The keys that sign, the distribution that checks, and who may sign."""

    def __init__(self, scope: Construct, house: House, publishing: Publishing) -> None:
        super().__init__(scope, "Media")
        self._house = house
        self._bucket = publishing.bucket
        given = house.parameters.media_url.value_as_string
        is_wanted = Fn.condition_equals(house.parameters.media_distribution.value_as_string, "on")
        has_no_other = Fn.condition_equals(given, "")
        self.own = CfnCondition(self, "OwnMedia", expression=Fn.condition_and(is_wanted, has_no_other))
        self._keypair = make_function(
            self, "deploy/keypair", house, does="Makes the key that signs media URLs", timeout_s=60
        )
        # The key before this one stays trusted, so that what was signed with it can still be pulled.
        number = house.config.media_key
        keys = {each: self._make_key(each) for each in range(max(1, number - 1), number + 1)}
        self.key_secret, signing = keys[number]
        public_keys = {each: self._make_public_key(each, made) for each, (_, made) in keys.items()}
        distribution = self._make_distribution(self._make_group(number, list(public_keys.values())))
        self._let_in(distribution)
        for each in self.node.find_all():
            if isinstance(each, CfnResource) and each.cfn_resource_type.startswith("AWS::CloudFront::"):
                each.cfn_options.condition = self.own

        url = f"https://{house.config.media_domain or distribution.attr_domain_name}"
        self._url = self._if_own(url, given)
        self.outputs = {"MediaAddress": url, "MediaDomainTarget": distribution.attr_domain_name}
        self._key_id = self._if_own(public_keys[number].ref, signing.get_att_string("KeyId"))

    def signs(self, function: lambda_.Function) -> None:
        """Making URLs that TikTok pulls from."""
        self.names_address(function)
        tell(function, MEDIA_BUCKET=self._bucket.bucket_name)
        tell(function, MEDIA_KEY_ID=self._key_id, MEDIA_KEY_ARN=self.key_secret.secret_arn)
        allow(function, ["secretsmanager:GetSecretValue"], [self.key_secret.secret_arn])

    def names_address(self, function: lambda_.Function) -> None:
        """The address that TikTok pulls from, empty if there is none."""
        tell(function, MEDIA_URL=self._url)

    def _make_key(self, number: int) -> tuple[secrets.Secret, CustomResource]:
        """A secret that holds a placeholder until the function has put a key into it."""
        secret = secrets.Secret(
            self, f"Key{number}", description=f"Signs the URLs that TikTok pulls from, no. {number}"
        )
        acknowledge(secret, "A new key is a deployment with the next media_key.", "AwsSolutions-SMG4")
        allow(self._keypair, ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], [secret.secret_arn])
        made = CustomResource(
            self,
            f"KeyPair{number}",
            service_token=self._keypair.function_arn,
            resource_type="Custom::MediaKey",
            properties={"SecretArn": secret.secret_arn},
            service_timeout=Duration.minutes(5),
        )
        return secret, made

    def _make_public_key(self, number: int, made: CustomResource) -> cloudfront.CfnPublicKey:
        name = f"{self._house.prefix}-{Aws.REGION}-{number}"
        config = cloudfront.CfnPublicKey.PublicKeyConfigProperty(
            name=name, caller_reference=name, encoded_key=made.get_att_string("PublicKey")
        )
        return cloudfront.CfnPublicKey(self, f"PublicKey{number}", public_key_config=config)

    def _make_group(self, number: int, keys: list[cloudfront.CfnPublicKey]) -> cloudfront.CfnKeyGroup:
        config = cloudfront.CfnKeyGroup.KeyGroupConfigProperty(
            name=f"{self._house.prefix}-{Aws.REGION}",
            items=[key.ref for key in keys],
            comment=f"Signs with no. {number}",
        )
        return cloudfront.CfnKeyGroup(self, "Signers", key_group_config=config)

    def _make_distribution(self, group: cloudfront.CfnKeyGroup) -> cloudfront.CfnDistribution:
        config = self._house.config
        distribution = cloudfront.CfnDistribution(
            self,
            "Distribution",
            distribution_config=cloudfront.CfnDistribution.DistributionConfigProperty(
                enabled=True,
                comment=f"{self._house.prefix}: what TikTok pulls",
                http_version="http2",
                ipv6_enabled=True,
                aliases=[config.media_domain] if config.media_domain else None,
                viewer_certificate=self._certificate(),
                origins=self._origins(),
                default_cache_behavior=cloudfront.CfnDistribution.DefaultCacheBehaviorProperty(
                    target_origin_id="media",
                    # No redirect from http: TikTok takes any for a failure (protocol section 9).
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
        for rule, reason in {
            "AwsSolutions-CFR1": "TikTok pulls from wherever it likes.",
            "AwsSolutions-CFR2": "A firewall that turns TikTok away fails the post; a signature is needed anyway.",
            "AwsSolutions-CFR3": "A log would hold signed URLs, and outlive them.",
        }.items():
            acknowledge(distribution, reason, rule)
        return distribution

    def _origins(self) -> list[cloudfront.CfnDistribution.OriginProperty]:
        """The bucket, and the folder of it that anyone may read: TikTok's verification file lies there."""
        access = cloudfront.CfnOriginAccessControl(
            self,
            "Access",
            origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
                name=f"{self._house.prefix}-{Aws.REGION}",
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
                name=f"{self._house.prefix}-{Aws.REGION}",
                cookies_config=policy.CookiesConfigProperty(cookie_behavior="none"),
                headers_config=policy.HeadersConfigProperty(header_behavior="none"),
                query_strings_config=policy.QueryStringsConfigProperty(
                    query_string_behavior="whitelist", query_strings=_FORWARDED
                ),
            ),
        )

    def _certificate(self) -> cloudfront.CfnDistribution.ViewerCertificateProperty:
        given = cloudfront.CfnDistribution.ViewerCertificateProperty
        if not self._house.config.media_domain:
            return given(cloud_front_default_certificate=True)
        return given(
            acm_certificate_arn=self._house.config.media_certificate_arn,
            minimum_protocol_version="TLSv1.2_2021",
            ssl_support_method="sni-only",
        )

    def _let_in(self, distribution: cloudfront.CfnDistribution) -> None:
        """The distribution reads the bucket; where none is made, the statement names one that there cannot be."""
        arn = f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution"
        source = self._if_own(f"{arn}/{distribution.ref}", f"{arn}/none")
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[self._bucket.arn_for_objects("*")],
                conditions={"StringEquals": {"AWS:SourceArn": source}},
            )
        )

    def _if_own(self, own: str, otherwise: str) -> str:
        return Fn.condition_if(self.own.logical_id, own, otherwise).to_string()
