//! The datasets: records of the CRM as they are now. Copper states times in unix seconds.

use relink_sdk::{Column, Table};

pub(crate) static PEOPLE: Table = Table::new(
    "people",
    "People and how to reach them",
    &[
        Column::text("id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("title", "/title"),
        Column::text("company_id", "/company_id"),
        Column::text("company_name", "/company_name"),
        Column::text("assignee_id", "/assignee_id"),
        Column::text("contact_type_id", "/contact_type_id"),
        Column::text("email", "/emails/0/email"),
        Column::text("phone_number", "/phone_numbers/0/number"),
        Column::text("city", "/address/city"),
        Column::text("country", "/address/country"),
        Column::json("tags", "/tags"),
        Column::json("custom_fields", "/custom_fields"),
        Column::integer("interaction_count", "/interaction_count"),
        Column::time("last_contacted_at", "/date_last_contacted"),
        Column::time("created_at", "/date_created"),
        Column::time("modified_at", "/date_modified"),
    ],
);

pub(crate) static COMPANIES: Table = Table::new(
    "companies",
    "Companies",
    &[
        Column::text("id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("email_domain", "/email_domain"),
        Column::text("assignee_id", "/assignee_id"),
        Column::text("contact_type_id", "/contact_type_id"),
        Column::text("city", "/address/city"),
        Column::text("country", "/address/country"),
        Column::json("tags", "/tags"),
        Column::json("custom_fields", "/custom_fields"),
        Column::integer("interaction_count", "/interaction_count"),
        Column::time("created_at", "/date_created"),
        Column::time("modified_at", "/date_modified"),
    ],
);

pub(crate) static LEADS: Table = Table::new(
    "leads",
    "Leads and their value",
    &[
        Column::text("id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("title", "/title"),
        Column::text("company_name", "/company_name"),
        Column::text("assignee_id", "/assignee_id"),
        Column::text("customer_source_id", "/customer_source_id"),
        Column::text("status", "/status"),
        Column::text("status_id", "/status_id"),
        Column::number("monetary_value", "/monetary_value"),
        Column::text("monetary_unit", "/monetary_unit"),
        Column::text("email", "/email/email"),
        Column::json("tags", "/tags"),
        Column::json("custom_fields", "/custom_fields"),
        Column::integer("interaction_count", "/interaction_count"),
        Column::time("created_at", "/date_created"),
        Column::time("modified_at", "/date_modified"),
    ],
);

pub(crate) static OPPORTUNITIES: Table = Table::new(
    "opportunities",
    "Opportunities, their value and stage",
    &[
        Column::text("id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("status", "/status"),
        Column::text("priority", "/priority"),
        Column::number("monetary_value", "/monetary_value"),
        Column::text("monetary_unit", "/monetary_unit"),
        Column::integer("win_probability", "/win_probability"),
        Column::text("pipeline_id", "/pipeline_id"),
        Column::text("pipeline_stage_id", "/pipeline_stage_id"),
        Column::text("company_id", "/company_id"),
        Column::text("company_name", "/company_name"),
        Column::text("primary_contact_id", "/primary_contact_id"),
        Column::text("assignee_id", "/assignee_id"),
        Column::text("customer_source_id", "/customer_source_id"),
        Column::text("loss_reason_id", "/loss_reason_id"),
        // Day and month come in the order of the account's settings, which the API does not tell.
        Column::text("close_date", "/close_date"),
        Column::json("tags", "/tags"),
        Column::json("custom_fields", "/custom_fields"),
        Column::time("stage_changed_at", "/date_stage_changed"),
        Column::time("created_at", "/date_created"),
        Column::time("modified_at", "/date_modified"),
    ],
);

pub(crate) static TASKS: Table = Table::new(
    "tasks",
    "Tasks and when they are due",
    &[
        Column::text("id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("status", "/status"),
        Column::text("priority", "/priority"),
        Column::text("assignee_id", "/assignee_id"),
        Column::text("related_type", "/related_resource/type"),
        Column::text("related_id", "/related_resource/id"),
        Column::time("due_at", "/due_date"),
        Column::time("completed_at", "/completed_date"),
        Column::time("created_at", "/date_created"),
        Column::time("modified_at", "/date_modified"),
    ],
);

pub(crate) static PIPELINES: Table = Table::new(
    "pipelines",
    "Pipelines and their stages",
    &[Column::text("id", "/id").key(), Column::text("name", "/name"), Column::json("stages", "/stages")],
);

pub(crate) static USERS: Table = Table::new(
    "users",
    "The users of the account",
    &[Column::text("id", "/id").key(), Column::text("name", "/name"), Column::text("email", "/email")],
);
