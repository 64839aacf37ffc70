//! Whether keys and days are columns.

use crate::datasets::{Dataset, Type};
use crate::plugin::Plugin;

use super::requests::{check_pages, check_request, check_template};
use super::{Mistake, Place, listed};

pub(super) fn check(plugin: &Plugin, found: &mut Vec<Mistake>) {
    for (name, dataset) in &plugin.datasets {
        let place = Place::of("datasets").key(name);
        check_key(dataset, &place.key("key"), found);
        check_daily(dataset, &place, found);
        let is_daily = dataset.daily.is_some();
        check_request(plugin, &dataset.request, is_daily, &place.key("request"), found);
        for (parameter, text) in
            plugin.defaults.query.iter().filter(|(name, _)| !dataset.request.query.contains_key(*name))
        {
            check_template(plugin, text, is_daily, &Place::of("defaults").key("query").key(parameter), found);
        }
        for (member, text) in &dataset.with {
            check_template(plugin, text, is_daily, &place.key("with").key(member), found);
        }
        check_pages(dataset.pages.as_ref(), &place.key("pages"), found);
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
