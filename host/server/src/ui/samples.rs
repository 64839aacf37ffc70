//! A filled example of every page in every state, and what must hold for all of them.

mod connecting;
mod connections;
mod endings;
mod others;
mod parts;
mod plugins;
mod tables;

use std::collections::BTreeSet;

use askama::Template;

/// One page in one state, rendered.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) html: String,
}

/// Renders all samples.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = tables::data_sources();
    samples.extend(connections::connections());
    samples.extend(connecting::connecting());
    samples.extend(endings::endings());
    samples.extend(others::the_others());
    samples.extend(plugins::plugins());
    samples
}

/// Renders the parts of the data-sources page that a script may ask for.
pub(crate) fn fragments() -> [Sample; 2] {
    tables::fragments()
}

fn sample(name: &'static str, page: &impl Template) -> Sample {
    Sample { name, html: page.render().unwrap() }
}

/// Every value of an attribute, as often as it stands there.
fn values_of<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn no_page_has_a_style_or_a_script_of_its_own() {
    for Sample { name, html } in all() {
        for forbidden in ["<style", " style=\"", " onclick=", "javascript:", "<script>"] {
            assert!(!html.contains(forbidden), "{name} contains {forbidden}");
        }
    }
}

#[test]
fn every_page_has_one_heading_of_the_first_level_and_a_title() {
    for Sample { name, html } in all() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(html.contains(" · Relink</title>"), "{name}");
    }
}

#[test]
fn ids_are_unique_and_what_refers_to_them_finds_them() {
    for Sample { name, html } in all() {
        let ids = values_of(&html, "id");
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name} has the same id twice: {ids:?}");
        for attribute in ["for", "form", "popovertarget", "aria-controls", "aria-labelledby", "aria-describedby"] {
            for id in values_of(&html, attribute).iter().flat_map(|value| value.split_whitespace()) {
                assert!(unique.contains(id), "{name}: {attribute}={id} leads nowhere");
            }
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_csrf_token() {
    for Sample { name, html } in all() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            if form.contains("method=\"post\"") {
                assert!(form.contains("name=\"csrf\" value=\"csrf-of-sample\""), "{name}: <form{form}");
            }
        }
    }
}

#[test]
fn what_a_provider_or_person_typed_cannot_become_markup() {
    for Sample { name, html } in all() {
        assert!(!html.contains("<b>Acme</b>"), "{name}");
    }
    let hostile = all().into_iter().find(|sample| sample.name == "data-sources-hostile").unwrap();
    assert!(hostile.html.contains("&#60;b&#62;Acme&#60;/b&#62;"), "the client's name is missing");
}

#[test]
fn a_fragment_is_the_same_main_part_without_the_frame() {
    let whole = all().into_iter().find(|sample| sample.name == "data-sources").unwrap();
    let [main, bell] = fragments().map(|fragment| fragment.html);
    let (_, main_part) = main.split_once("<main").unwrap();
    assert!(whole.html.contains(main_part.trim_end()), "the main part differs from the page");
    assert!(whole.html.contains(bell.trim()), "the bell differs from the page");
    assert!(main.starts_with("\n<title>") && bell.starts_with("<div id=\"bell\""), "{bell}");
}

#[test]
fn people_who_may_not_repair_get_no_button_that_does() {
    let viewer = all().into_iter().find(|sample| sample.name == "data-sources-viewer").unwrap();
    assert!(!viewer.html.contains("form=\"reconnect\"") && !viewer.html.contains("formaction"));
    assert!(!viewer.html.contains("href=\"/settings\""));
}
