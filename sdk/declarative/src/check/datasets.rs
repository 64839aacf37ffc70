//! Whether keys and days are columns.

use crate::datasets::{Dataset, Each, Type};
use crate::plugin::Plugin;

use super::requests::{Scope, check_pages, check_request, check_template};
use super::{Mistake, Place, listed};

pub(super) fn check(plugin: &Plugin, found: &mut Vec<Mistake>) {
    for (name, dataset) in &plugin.datasets {
        let place = Place::of("datasets").key(name);
        check_key(dataset, &place.key("key"), found);
        check_daily(dataset, &place, found);
        let scope = Scope { days: dataset.daily.is_some(), item: dataset.each.is_some() };
        check_request(plugin, &dataset.request, scope, &place.key("request"), found);
        if let Some(each) = &dataset.each {
            check_each(plugin, dataset, each, &place, found);
        }
        for (parameter, text) in
            plugin.defaults.query.iter().filter(|(name, _)| !dataset.request.query.contains_key(*name))
        {
            check_template(
                plugin,
                text,
                Scope { item: false, ..scope },
                &Place::of("defaults").key("query").key(parameter),
                found,
            );
        }
        for (member, text) in &dataset.with {
            check_template(plugin, text, scope, &place.key("with").key(member), found);
        }
        check_pages(dataset.pages.as_ref(), &place.key("pages"), found);
    }
}

fn check_each(plugin: &Plugin, dataset: &Dataset, each: &Each, place: &Place, found: &mut Vec<Mistake>) {
    let list = place.key("each");
    let scope = Scope { days: dataset.daily.is_some(), item: false };
    check_request(plugin, &each.request, scope, &list.key("request"), found);
    check_pages(each.pages.as_ref(), &list.key("pages"), found);
    if !dataset.request.names_an_item() {
        found.push(place.key("request").mistake(
            "the request is the same for each item of the list",
            "write {each} where the id of the item goes",
        ));
    }
}

fn check_key(dataset: &Dataset, place: &Place, found: &mut Vec<Mistake>) {
    if dataset.key.is_empty() {
        found.push(place.mistake(
            "the key has no column",
            "name the columns that together identify a row: without, a repeated run would store every row again",
        ));
    }
    for (index, name) in dataset.key.iter().enumerate() {
        check_column(dataset, name, &place.index(index), found);
    }
}

fn check_daily(dataset: &Dataset, place: &Place, found: &mut Vec<Mistake>) {
    let Some(daily) = &dataset.daily else { return };
    let place = place.key("daily").key("day");
    check_column(dataset, &daily.day, &place, found);
    let is_another_type = dataset.columns.get(&daily.day).is_some_and(|column| column.kind != Type::Day);
    if is_another_type {
        let name = &daily.day;
        found.push(place.mistake(
            format!("the column `{name}` holds no day"),
            format!("write `{name} = \"day /…\"` below `columns`"),
        ));
    }
}

fn check_column(dataset: &Dataset, name: &str, place: &Place, found: &mut Vec<Mistake>) {
    if !dataset.columns.contains_key(name) {
        let names = listed(dataset.columns.keys().map(String::as_str));
        found.push(place.mistake(format!("there is no column `{name}`; {names}"), "name one of them, or add it"));
    }
}
