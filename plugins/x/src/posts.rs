//! The posts of a profile. See <https://docs.x.com/x-api/posts/timelines/introduction>.

use relink_sdk::{Column, Context, Fetch, Flow, Items, Pages, Request, Slice, Table, day_plus};
use serde_json::Value;

use crate::API;

/// The most that a page holds.
const PAGE_SIZE: u32 = 100;

/// X gives the latest 3,200 posts of a profile, however old they are, so there is no limit in days.
/// Most of what happens to a post happens within its first week, and each reading of it is billed.
pub(crate) static POSTS: Table = Table::new(
    "posts",
    "Posts with views, likes, replies, reposts, quotes and bookmarks",
    &[
        Column::text("id", "/id").key(),
        Column::day("day", "/created_at"),
        Column::time("created_at", "/created_at"),
        Column::text("user_id", "/user_id"),
        Column::text("text", "/text"),
        Column::integer("impressions", "/public_metrics/impression_count"),
        Column::integer("likes", "/public_metrics/like_count"),
        Column::integer("replies", "/public_metrics/reply_count"),
        Column::integer("reposts", "/public_metrics/retweet_count"),
        Column::integer("quotes", "/public_metrics/quote_count"),
        Column::integer("bookmarks", "/public_metrics/bookmark_count"),
    ],
)
.daily("day")
.window_days(31)
.restated_days(7);

pub(crate) fn sync(context: &Context, slice: &Slice) -> Flow {
    let (since, until) = slice.days();
    let user = context.account();
    let request = Request::get(format!("{API}/users/{user}/tweets"))
        .query("max_results", PAGE_SIZE)
        .query("tweet.fields", "created_at,public_metrics")
        .query("start_time", format!("{since}T00:00:00Z"));
    let last_day = until.to_owned();
    Fetch::rows(&POSTS, until_the_end_of(until, &context.today(), request), Items::at("/data"))
        .with("user_id", user)
        .expand(move |post| if is_later(&post, &last_day) { Vec::new() } else { vec![post] })
        .pages(Pages::token("/meta/next_token").in_query("pagination_token"))
        .into()
}

/// The end is excluded, and X refuses one that lies in the future.
fn until_the_end_of(last_day: &str, today: &str, request: Request) -> Request {
    match day_plus(last_day, 1) {
        Some(end) if end.as_str() <= today => request.query("end_time", format!("{end}T00:00:00Z")),
        _ => request,
    }
}

/// A request without an end may bring posts of a day that has begun meanwhile.
fn is_later(post: &Value, last_day: &str) -> bool {
    post["created_at"].as_str().and_then(|moment| moment.get(..10)).is_some_and(|day| day > last_day)
}
