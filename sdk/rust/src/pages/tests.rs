use serde_json::json;

use super::*;
use crate::Field;

fn answer(link: &str) -> Response {
    let headers = vec![Field { name: "link".to_owned(), value: link.to_owned() }];
    Response { status: 200, headers, body: Vec::new(), more: false }
}

#[track_caller]
fn check(pages: &Pages, page: &Page, document: &Value, items: usize, expected: Option<Page>) {
    let items = vec![json!({}); items];
    assert_eq!(pages.next(page, &answer(""), document, &items), Ok(expected));
}

#[test]
fn a_token_leads_on_until_there_is_none() {
    let pages = Pages::token("/next").in_query("cursor");
    check(&pages, &Page::First, &json!({"next": "b"}), 1, Some(Page::Token("b".into())));
    check(&pages, &Page::First, &json!({"next": 7}), 1, Some(Page::Token("7".into())));
    for end in [json!({"next": null}), json!({"next": ""}), json!({"next": false}), json!({})] {
        check(&pages, &Page::Token("b".into()), &end, 1, None);
    }
}

#[test]
fn a_token_counts_only_if_the_answer_says_that_there_is_more() {
    let pages = Pages::token("/after").only_if("/more");
    check(&pages, &Page::First, &json!({"after": "b", "more": true}), 1, Some(Page::Token("b".into())));
    check(&pages, &Page::First, &json!({"after": "b", "more": false}), 1, None);
    check(&pages, &Page::First, &json!({"after": "b"}), 1, None);
}

#[test]
fn the_same_token_twice_is_a_circle() {
    let page = Page::Token("b".into());
    let next = Pages::token("/next").next(&page, &answer(""), &json!({"next": "b"}), &[]);
    assert!(next.is_err());
}

#[test]
fn the_id_of_the_last_item_leads_on_until_there_is_none() {
    let next = |pages: Pages, page: &Page, items: &[Value]| pages.next(page, &answer(""), &json!({}), items);
    let pages = || Pages::last_item("/id").in_query("starting_after");
    let items = [json!({"id": "a"}), json!({"id": 7})];
    assert_eq!(next(pages(), &Page::First, &items), Ok(Some(Page::Token("7".into()))));
    assert_eq!(next(pages(), &Page::First, &[]), Ok(None));
    assert_eq!(next(pages().only_if("/has_more"), &Page::First, &items), Ok(None));
    assert!(next(pages(), &Page::Token("7".into()), &items).is_err());
}

#[test]
fn a_last_item_without_an_id_is_no_quiet_end() {
    for item in [json!({}), json!({"id": null}), json!({"id": ""}), json!("a")] {
        let next = Pages::last_item("/id").next(&Page::First, &answer(""), &json!({}), std::slice::from_ref(&item));
        assert_eq!(next, Err("the last item has no id to go on from".to_owned()), "{item}");
    }
}

#[test]
fn numbered_pages_end_with_a_short_page_or_the_total() {
    let pages = Pages::number(1, 10);
    check(&pages, &Page::First, &json!([]), 10, Some(Page::Number(2)));
    check(&pages, &Page::Number(2), &json!([]), 9, None);
    let counted = Pages::number(0, 10).total("/total");
    check(&counted, &Page::First, &json!({"total": 11}), 5, Some(Page::Number(1)));
    check(&counted, &Page::Number(1), &json!({"total": 11}), 1, None);
    check(&counted, &Page::First, &json!({"total": 99}), 0, None);
}

#[test]
fn an_offset_goes_on_by_the_items_that_came() {
    let pages = Pages::offset(10);
    check(&pages, &Page::First, &json!([]), 10, Some(Page::Offset(10)));
    check(&pages, &Page::Offset(10), &json!([]), 3, None);
    let counted = Pages::offset(10).total("/total");
    check(&counted, &Page::Offset(10), &json!({"total": 15}), 4, Some(Page::Offset(14)));
}

#[test]
fn the_link_header_names_the_next_page() {
    let next = |header: &str| Pages::link_header().next(&Page::First, &answer(header), &Value::Null, &[]).unwrap();
    let url = |url: &str| Some(Page::Url(url.to_owned()));
    assert_eq!(next(r#"<https://a.example/?p=2>; rel="next""#), url("https://a.example/?p=2"));
    assert_eq!(
        next(r"<https://a.example/?p=9>; rel=last, <https://a.example/?p=2,3>; rel=next"),
        url("https://a.example/?p=2,3")
    );
    assert_eq!(next(r#"<https://a.example/?p=1>; rel="prev first""#), None);
    assert_eq!(next("<<<>>>;;rel"), None);
    assert_eq!(next(""), None);
}

#[test]
fn a_page_becomes_part_of_the_request() {
    let get = || Request::get("https://a.example/x?cursor=a&size=5");
    let page = Page::Token("b c".into());
    let in_query = Pages::token("/next").in_query("cursor").request(get(), &page);
    assert_eq!(in_query.url, "https://a.example/x?size=5&cursor=b+c");

    let post = Request::post("https://a.example/x").json(&json!({"size": 5}));
    let in_body = Pages::number(1, 5).in_body("/page/number").request(post, &Page::Number(2));
    let body: Value = serde_json::from_slice(&in_body.body.unwrap()).unwrap();
    assert_eq!(body, json!({"size": 5, "page": {"number": 2}}));

    let elsewhere = Pages::link_header().request(get(), &Page::Url("https://a.example/y".into()));
    assert_eq!(elsewhere.url, "https://a.example/y");
    assert_eq!(elsewhere.credential.as_deref(), Some("default"));
}
