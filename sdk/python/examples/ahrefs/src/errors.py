"""What the errors of Ahrefs mean.

An error is `{"error": "text"}` or `["Error", "text"]`; there are no codes beside the status. Only
owners and admins of a workspace can make keys or change the plan, so they are the ones to act. See
https://docs.ahrefs.com/api/docs/introduction.
"""

from relink_sdk import Actor, Grant, Reason, Remedy, rule

BILLING_HELP = "https://ahrefs.com/pricing"
LIMITS_HELP = "https://docs.ahrefs.com/api/docs/limits-consumption"
KEYS_HELP = "https://docs.ahrefs.com/api/docs/api-keys-creation-and-management"
#: Tokens of Ahrefs Connect live for a year; a refusal after that needs no other explanation.
TOKEN_DAYS = 364

ERRORS = [
    rule(
        "units-used-up",
        Reason.PROVIDER_SPECIFIC,
        api=True,
        statuses=(400, 499),
        contains=[
            "units limit reached",
            "api units left: 0",
            "not enough units",
            "out of units",
        ],
        remedy=Remedy.FIX_BILLING,
        cause="units-used-up",
        message=(
            "The API units of the Ahrefs workspace are used up. Data comes again when they are "
            "renewed with the next billing month; an Ahrefs admin can also buy more or raise the "
            "limit of this key. The key stays the same."
        ),
        help_url=LIMITS_HELP,
    ),
    rule(
        "plan-lacks-access",
        Reason.PROVIDER_SPECIFIC,
        api=True,
        statuses=(400, 499),
        contains=[
            "insufficient plan",
            "upgrade your plan",
            "not available on your plan",
            "not included in your plan",
        ],
        remedy=Remedy.FIX_BILLING,
        cause="plan-lacks-access",
        message=(
            "The plan of the Ahrefs workspace does not include this data. An Ahrefs admin must "
            "choose a plan that does; the key stays the same."
        ),
        help_url=BILLING_HELP,
    ),
    # There is no text of its own for a lapsed subscription: a good key is answered with a bare
    # "Forbidden". A key that is not good is answered with 401.
    rule(
        "subscription-lapsed",
        Reason.PROVIDER_SPECIFIC,
        api=True,
        status=403,
        json_present=[""],
        contains=["forbidden", "subscription"],
        remedy=Remedy.FIX_BILLING,
        cause="subscription-inactive",
        message=(
            "Ahrefs gives access to its API only with an active subscription, and the subscription "
            "of this workspace is not active. An Ahrefs admin must renew it. The key stays the "
            "same, and the data comes back by itself."
        ),
        help_url=BILLING_HELP,
    ),
    rule(
        "payment-required",
        Reason.PROVIDER_SPECIFIC,
        api=True,
        status=402,
        remedy=Remedy.FIX_BILLING,
        cause="payment-required",
        message=(
            "Ahrefs asks for a payment before it gives data again. An Ahrefs admin must see to it; "
            "the key stays the same."
        ),
        help_url=BILLING_HELP,
    ),
    rule(
        "key-refused",
        Reason.INVALID_CREDENTIALS,
        api=True,
        status=401,
        grant=Grant.SECRET,
        actor=Actor.ACCOUNT_ADMIN,
        message=(
            "Ahrefs no longer accepts this API key: it was deleted, is older than one year, or the "
            "person who made it left the workspace. An owner or admin of the Ahrefs workspace must "
            "create a new key and enter it here."
        ),
        help_url=KEYS_HELP,
    ),
    rule(
        "token-year-over",
        Reason.EXPIRED_TOKEN,
        api=True,
        status=401,
        grant=Grant.NOT_REFRESHABLE,
        token_older_than_days=TOKEN_DAYS,
        cause="token-lifetime-1y",
        message="Ahrefs gives access for one year, and the year is over. Please reconnect.",
    ),
]
