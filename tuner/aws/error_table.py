"""The table of reasons: which codes of AWS and which exceptions of botocore mean what.

Exceptions are told by the names of their classes, so that the table imports nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuner.errors import Problem

_WORD = re.compile(r"[A-Za-z0-9._:-]{1,80}")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why AWS did not answer, in three of the four parts.

    Parameters
    ----------
    expected, got : str
        As in `Problem`.
    next_step : str
        A sentence with the command to run; ``{flag}`` stands for ``--profile NAME``.
    """

    expected: str
    got: str
    next_step: str

    def problem(self, *, where: str, flag: str) -> Problem:
        """Give the problem at a place.

        Parameters
        ----------
        where : str
            What was being done.
        flag : str
            `` --profile NAME``, or nothing.
        """
        return Problem(
            expected=self.expected,
            got=self.got,
            where=where,
            next_step=self.next_step.replace("{flag}", flag),
        )


NO_CREDENTIALS = Reason(
    "credentials of AWS",
    "none that are complete",
    "Run `aws configure{flag}` or `aws sso login{flag}`, or name another profile with --profile.",
)
EXPIRED = Reason(
    "credentials that are still valid",
    "expired ones",
    "Run `aws sso login{flag}`, or renew the keys with `aws configure{flag}`, and try again.",
)
UNKNOWN_KEY = Reason(
    "credentials that AWS knows",
    "a key that it does not know or that is switched off",
    "Run `aws configure{flag}` with a key that is active; `aws sts get-caller-identity{flag}`"
    " tries it.",
)
NO_REGION = Reason(
    "a region of AWS",
    "none",
    "Give --region, such as --region eu-central-1, or run `aws configure set region"
    " eu-central-1{flag}`.",
)
BAD_REGION = Reason(
    "a region of AWS, such as eu-central-1",
    "a name that is none",
    "Give --region; `aws account list-regions{flag}` lists them.",
)
NO_PROFILE = Reason(
    "a profile of the AWS configuration",
    "a name that is not in it",
    "Run `aws configure list-profiles` and give one of those with --profile.",
)
BAD_CONFIGURATION = Reason(
    "an AWS configuration that can be read",
    "one that cannot",
    "Look at ~/.aws/config and ~/.aws/credentials; `aws configure list{flag}` tries them.",
)
CLOCK = Reason(
    "a signed request that AWS accepts",
    "a signature that is wrong or out of date: the clock of this machine is off, or the secret"
    " key is wrong",
    "Run `cliffside doctor --aws{flag}`, which compares the clock with AWS's, and set it with"
    " `sudo timedatectl set-ntp true`; if it is right, run `aws configure{flag}`.",
)
THROTTLED = Reason(
    "an answer after every attempt",
    "AWS still says that there are too many requests",
    "Run the same command again in some minutes, or ask for a shorter range; nothing is half done.",
)
UNREACHABLE = Reason(
    "an answer of AWS",
    "no connection to it",
    "Look at the network, the proxy, --region and --endpoint-url, then run the same command"
    " again; `cliffside doctor --aws{flag}` tries the connection.",
)
TIMED_OUT = Reason(
    "an answer within 30 s",
    "none, in any attempt",
    "Look at the network and run the same command again; `cliffside doctor --aws{flag}` tries the"
    " connection.",
)
CERTIFICATE = Reason(
    "a certificate of AWS that can be trusted",
    "another one",
    "Look at the proxy; where it is your own, set AWS_CA_BUNDLE to its certificate.",
)
BROKEN = Reason(
    "a whole answer of AWS",
    "one that broke off or cannot be read",
    "Run the same command again.",
)

_EXPIRED_KINDS = frozenset(
    {
        "LoginRefreshRequired",
        "LoginTokenLoadError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
_KINDS: dict[str, Reason] = {
    **dict.fromkeys(_EXPIRED_KINDS, EXPIRED),
    **dict.fromkeys(("NoCredentialsError", "NoAuthTokenError"), NO_CREDENTIALS),
    **dict.fromkeys(("PartialCredentialsError", "CredentialRetrievalError"), NO_CREDENTIALS),
    **dict.fromkeys(("MetadataRetrievalError", "UnknownCredentialError"), NO_CREDENTIALS),
    "NoRegionError": NO_REGION,
    **dict.fromkeys(("InvalidRegionError", "UnknownRegionError"), BAD_REGION),
    "ProfileNotFound": NO_PROFILE,
    **dict.fromkeys(("ConfigParseError", "ConfigNotFound"), BAD_CONFIGURATION),
    **dict.fromkeys(("InvalidConfigError", "InfiniteLoopConfigError"), BAD_CONFIGURATION),
    **dict.fromkeys(("ConnectTimeoutError", "ReadTimeoutError"), TIMED_OUT),
    "SSLError": CERTIFICATE,
    **dict.fromkeys(("IncompleteReadError", "ResponseStreamingError"), BROKEN),
    **dict.fromkeys(("ConnectionClosedError", "ResponseParserError"), BROKEN),
    **dict.fromkeys(("EndpointConnectionError", "ProxyConnectionError"), UNREACHABLE),
    **dict.fromkeys(("ConnectionError", "HTTPClientError", "EndpointProviderError"), UNREACHABLE),
}
_CODES: dict[str, Reason] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), EXPIRED),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"), CLOCK),
    **dict.fromkeys(("InvalidSignatureException", "RequestInTheFuture"), CLOCK),
    **dict.fromkeys(("InvalidClientTokenId", "UnrecognizedClientException"), UNKNOWN_KEY),
    **dict.fromkeys(("InvalidAccessKeyId", "AuthFailure", "NotSignedUp"), UNKNOWN_KEY),
    **dict.fromkeys(("MissingAuthenticationToken", "IncompleteSignature"), NO_CREDENTIALS),
    **dict.fromkeys(("MissingAuthenticationTokenException",), NO_CREDENTIALS),
    **dict.fromkeys(("Throttling", "ThrottlingException", "ThrottledException"), THROTTLED),
    **dict.fromkeys(("RequestThrottled", "RequestThrottledException"), THROTTLED),
    **dict.fromkeys(("TooManyRequestsException", "RequestLimitExceeded", "SlowDown"), THROTTLED),
    **dict.fromkeys(("EC2ThrottledException", "PriorRequestNotComplete"), THROTTLED),
}
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "InsufficientPrivilegesException",
        "NotAuthorized",
        "OptInRequired",
        "UnauthorizedOperation",
    }
)
_LATER = frozenset({"ScalingActivityInProgress", "ResourceContention", "ResourceInUse"})


def reason_of_kind(error: Exception) -> Reason:
    """Find the reason for an exception that is no answer of AWS, by its class or one above it.

    Parameters
    ----------
    error : Exception
        What botocore raised.
    """
    for kind in type(error).__mro__:
        if kind.__name__ in _KINDS:
            return _KINDS[kind.__name__]
    return Reason(
        "an answer of AWS",
        type(error).__name__,
        "Run `cliffside doctor --aws{flag}`, which looks at credentials, connection and clock.",
    )


def reason_of_code(code: str, *, status: int, action: str, said: str) -> Reason:
    """Find the reason for an answer that is an error.

    Parameters
    ----------
    code : str
        ``Error.Code`` of the answer.
    status : int
        Status of HTTP.
    action : str
        What is not allowed, such as ``cloudwatch:GetMetricData``, or the operation.
    said : str
        AWS's message, harmless; shown where it is about values that we sent.
    """
    if code in _CODES:
        return _CODES[code]
    if code in _DENIED or (status == 403 and code in ("", "403", "Forbidden")):
        return Reason(
            f"permission for {action}",
            "access denied",
            "Run `aws sts get-caller-identity{flag}` to see as whom you ask, and let that role"
            f" do {action}.",
        )
    shown = code if _WORD.fullmatch(code) else "an error without a code"
    if status == 429:
        return THROTTLED
    if status >= 500 or code.startswith(("Internal", "ServiceUnavailable")):
        return Reason(
            "an answer after every attempt",
            f"an error of AWS itself, {shown}",
            "Run the same command again in some minutes; nothing is half done.",
        )
    if code in _LATER:
        return Reason(
            "a group that can be changed now",
            f"{shown}: {said}",
            "Wait until its scaling activity is over; `aws autoscaling"
            " describe-scaling-activities{flag}` shows it.",
        )
    if "name not found" in said or "NotFound" in code:
        return Reason(
            "a name that is there, in this account and region",
            f"{shown}: {said}",
            "Look at --region and --profile; `aws autoscaling describe-auto-scaling-groups{flag}"
            " --query 'AutoScalingGroups[].AutoScalingGroupName'` lists the groups.",
        )
    return Reason(
        "a request that AWS takes",
        f"{shown}: {said}" if said else shown,
        "Correct the value that it names, and run the same command again.",
    )


def unknown_group(group: str) -> Problem:
    """Say that there is no such group.

    Parameters
    ----------
    group : str
        ``AutoScalingGroupName`` that was asked for.
    """
    return Problem(
        expected="the name of an Auto Scaling group in this account and region",
        got=f"{group!r}, which is none",
        where=f"the group {group}",
        next_step="Look at --region and --profile; `aws autoscaling describe-auto-scaling-groups"
        " --query 'AutoScalingGroups[].AutoScalingGroupName'` lists the groups.",
    )
