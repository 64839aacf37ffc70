"""Ahrefs, API v3: the standing of one web site in search, day by day.

The account of a connection is the site (`target`). What is read does not depend on whose key is
used; the key says only who pays.
"""

from errors import ERRORS, KEYS_HELP
from tables import DOMAIN_RATING, ORGANIC_KEYWORDS, REFERRING_DOMAINS, TRAFFIC

from relink_sdk import (
    Account,
    AuthMethod,
    BudgetKey,
    Context,
    Fetch,
    Flow,
    Identity,
    Items,
    Json,
    Oauth2,
    Plugin,
    RateBudget,
    Request,
    Scope,
    Slice,
    Table,
    text_at,
)

API = "https://api.ahrefs.com/v3"
#: Keywords are read from the most visited down; more cost units without telling more.
MAX_KEYWORDS = 1000

#: Access for a year, after which a person must come again: there is no refresh token.
AHREFS_CONNECT = Oauth2(
    authorize_url="https://app.ahrefs.com/web/oauth/authorize",
    token_url="https://ahrefs.com/oauth/token",
    scopes=[Scope("apiv3-integration-apps", "Read your Ahrefs data")],
    assumed_lifetime_s=365 * 86_400,
    reauthorize_days=365,
)

plugin = Plugin(
    id="ahrefs",
    display_name="Ahrefs",
    version="0.1.0",
    hosts=["api.ahrefs.com", "app.ahrefs.com", "ahrefs.com"],
    auth=[AuthMethod.bearer_key(KEYS_HELP), AuthMethod.oauth2(AHREFS_CONNECT)],
    errors=ERRORS,
    budgets=[RateBudget("requests", calls=60, per_ms=60_000, key=BudgetKey.AUTHORIZATION)],
    help_url=KEYS_HELP,
)


@plugin.probe
def probe(_: Context) -> Flow:
    """Free of charge, and answered as long as the key lives."""
    return Fetch.probe(Request.get(f"{API}/subscription-info/limits-and-usage"))


@plugin.identify
def identify(_: Context) -> Flow:
    """There is no "who am I". The oldest project tells one workspace from another."""
    return Fetch.identity(projects(), workspace)


@plugin.accounts
def accounts(_: Context) -> Flow:
    """Every project is a site."""
    return Fetch.accounts(projects(), Items.at("/projects"), site)


@plugin.sync(DOMAIN_RATING)
def domain_rating(context: Context, slice: Slice) -> Flow:
    """How strong the links to the site are."""
    request = daily(context, slice, "domain-rating-history")
    return rows(context, DOMAIN_RATING, request, "/domain_ratings")


@plugin.sync(TRAFFIC)
def traffic(context: Context, slice: Slice) -> Flow:
    """How many people search brings."""
    request = daily(context, slice, "metrics-history").with_query(
        {"mode": "subdomains", "select": "date,org_traffic,org_cost,paid_traffic,paid_cost"}
    )
    return rows(context, TRAFFIC, request, "/metrics")


@plugin.sync(REFERRING_DOMAINS)
def referring_domains(context: Context, slice: Slice) -> Flow:
    """How many domains link to the site."""
    request = daily(context, slice, "refdomains-history")
    return rows(context, REFERRING_DOMAINS, request, "/refdomains")


@plugin.sync(ORGANIC_KEYWORDS)
def organic_keywords(context: Context, _: Slice) -> Flow:
    """What people searched for when they found the site."""
    request = site_explorer(context, "organic-keywords").with_query(
        {
            "date": context.today(),
            "mode": "subdomains",
            "select": (
                "keyword,keyword_country,best_position,best_position_url,volume,sum_traffic,"
                "keyword_difficulty"
            ),
            "order_by": "sum_traffic:desc",
            "limit": MAX_KEYWORDS,
        }
    )
    return rows(context, ORGANIC_KEYWORDS, request, "/keywords")


def projects() -> Request:
    """The projects of the workspace."""
    return Request.get(f"{API}/management/projects")


def workspace(answer: Json) -> Identity:
    """The workspace, by its oldest project."""
    oldest = min(answer["projects"], key=lambda project: project["project_id"], default=None)
    if oldest is None:
        return Identity("no-projects", "Ahrefs workspace")
    owner = text_at(oldest, "/owned_by") or "Ahrefs workspace"
    return Identity(f"project-{oldest['project_id']}", owner)


def site(project: Json) -> Account:
    """The site of a project."""
    return Account(project["url"], text_at(project, "/project_name") or project["url"])


def site_explorer(context: Context, report: str) -> Request:
    """A report about the site."""
    return Request.get(f"{API}/site-explorer/{report}", query={"target": context.account})


def daily(context: Context, slice: Slice, report: str) -> Request:
    """A report with one entry per day."""
    since, until = slice.days()
    days = {"date_from": since, "date_to": until, "history_grouping": "daily"}
    return site_explorer(context, report).with_query(days)


def rows(context: Context, table: Table, request: Request, items: str) -> Flow:
    """The answers do not repeat the site, so it is added to every item."""
    return Fetch.rows(table, request, Items.at(items), adding={"target": context.account})
