//! `GET /2/users/:id/tweets`: two posts a day, newest first, with public metrics.

use axum::response::Response;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::{PROVIDER, errors};
use crate::{answer, call::Call, rows, world::world};

const HOURS: [i8; 2] = [9, 17];
/// The first millisecond that an id can stand for.
const SNOWFLAKE_EPOCH_MS: i64 = 1_288_834_974_657;

struct Post {
    id: String,
    at: Timestamp,
    day: Date,
}

pub(super) fn answer(call: &Call, user: &str) -> Response {
    if world().account(PROVIDER, user).is_none() {
        return no_such_user(user);
    }
    let asked = call.query.get("max_results").unwrap_or("10");
    let Ok(size @ 5..=100_usize) = asked.parse() else {
        let message = format!("The `max_results` query parameter value [{asked}] is not between 5 and 100");
        return errors::invalid_request("max_results", asked, &message);
    };
    let mut posts = posts(user, call.now);
    for (name, keep) in [("start_time", true), ("end_time", false)] {
        let Some(text) = call.query.get(name) else {
            continue;
        };
        let Ok(moment) = text.parse::<Timestamp>() else {
            let message = format!("Invalid '{name}':'{text}'. '{name}' must be RFC3339.");
            return errors::invalid_request(name, text, &message);
        };
        posts.retain(|post| if keep { post.at >= moment } else { post.at < moment });
    }
    let token = call.query.get("pagination_token");
    let Some(start) = token.map_or(Some(0), |token| place_of(token, &posts)) else {
        let message = "The `pagination_token` query parameter value is not valid";
        return errors::invalid_request("pagination_token", token.unwrap_or_default(), message);
    };
    let end = posts.len().min(start + size);
    page(call, user, &posts[start..end], posts.get(end))
}

fn page(call: &Call, user: &str, posts: &[Post], next: Option<&Post>) -> Response {
    let fields = call.query.get("tweet.fields").unwrap_or_default();
    let wanted: Vec<&str> = fields.split(',').collect();
    let mut meta = json!({"result_count": posts.len()});
    if let (Some(newest), Some(oldest)) = (posts.first(), posts.last()) {
        meta["newest_id"] = json!(newest.id);
        meta["oldest_id"] = json!(oldest.id);
    }
    if let Some(next) = next {
        meta["next_token"] = json!(format!("7140dibdnow9c7btw{}", next.id));
    }
    let mut body = json!({"meta": meta});
    if !posts.is_empty() {
        body["data"] = posts.iter().map(|post| describe(user, post, &wanted)).collect();
    }
    answer::json(200, &body)
}

/// A token names the post that its page starts with, so new posts do not shift the pages.
fn place_of(token: &str, posts: &[Post]) -> Option<usize> {
    let id = token.strip_prefix("7140dibdnow9c7btw")?;
    posts.iter().position(|post| post.id == id)
}

fn posts(user: &str, now: i64) -> Vec<Post> {
    let mut posts: Vec<Post> =
        rows::history().iter().flat_map(|day| HOURS.map(|hour| post(user, *day, hour))).flatten().collect();
    posts.retain(|post| post.at.as_millisecond() <= now);
    posts.reverse();
    posts
}

fn post(user: &str, day: Date, hour: i8) -> Option<Post> {
    let minute = i8::try_from(rows::fixed(&format!("{user} {day} {hour}"), 60)).ok()?;
    let at = day.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let sequence = i64::try_from(rows::fixed(user, 1 << 22)).ok()?;
    let id = ((at.as_millisecond() - SNOWFLAKE_EPOCH_MS) << 22) + sequence;
    Some(Post { id: id.to_string(), at, day })
}

fn describe(user: &str, post: &Post, wanted: &[&str]) -> Value {
    let number = |name: &str, base: u64| rows::number(&format!("{} {name}", post.id), post.day, base);
    let mut tweet = json!({
        "id": post.id,
        "text": format!("What we did on {}: see for yourself.", post.day),
        "edit_history_tweet_ids": [post.id],
    });
    let optional = [
        ("created_at", json!(post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())),
        ("author_id", json!(user)),
        ("lang", json!("en")),
        (
            "public_metrics",
            json!({
                "retweet_count": number("retweets", 6),
                "reply_count": number("replies", 4),
                "like_count": number("likes", 45),
                "quote_count": number("quotes", 2),
                "bookmark_count": number("bookmarks", 5),
                "impression_count": number("impressions", 2400),
            }),
        ),
    ];
    for (name, value) in optional {
        if wanted.contains(&name) {
            tweet[name] = value;
        }
    }
    tweet
}

fn no_such_user(user: &str) -> Response {
    answer::json(
        200,
        &json!({"errors": [{
            "value": user,
            "detail": format!("Could not find user with id: [{user}]."),
            "title": "Not Found Error",
            "resource_type": "user",
            "parameter": "id",
            "resource_id": user,
            "type": "https://api.x.com/2/problems/resource-not-found",
        }]}),
    )
}
