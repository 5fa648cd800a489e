//! Egito lists: filters, order, parts, counts (section 13).

use favo_core::tenancy::Country;
use favo_core::transaction::Writer;
use favo_core::{Ctx, Resource};

use crate::desk::{Answer, Desk};

/// A tenant with three companies, two persons and two leads.
fn desk() -> Desk {
    let desk = Desk::new(Country::Poland);
    for body in [
        r#"{"name":"Tartak Jodła","nip":"123-456-32-18","industry":"MANUFACTURING","relationshipType":"CUSTOMER",
            "phone":"+48 18 444 00 11","email":"biuro@jodla.example","city":"Nowy Targ","employees":40,
            "annualRevenue":"1 250 000,50","accountType":"COMPANY","tags":["drewno","VIP"],"source":"REFERRAL"}"#,
        r#"{"name":"Drewno i Spółka","nip":"7102453884","industry":"RETAIL","phone":"22 555 01 90","city":"Łódź",
            "employees":7,"annualRevenue":90000,"tags":["drewno"],"fullName":"Drewno i Spółka sp. z o.o."}"#,
        r#"{"name":"Kwiaciarnia Malwa","industry":"RETAIL","relationshipType":"PARTNER","employees":2}"#,
    ] {
        desk.egito_json("Account/create", body).with(200);
        desk.later(60);
    }
    desk.egito_json(
        "Contact/create",
        r#"{"firstName":"Jan Maria","lastName":"Sowa","account":1,"birthDate":"1988-11-03","gender":"M",
            "email":"sowa@jodla.example","position":"Kierownik zakupów"}"#,
    )
    .with(200);
    desk.later(60);
    desk.egito_json("Contact/create", r#"{"lastName":"Lis","birthDate":"2001-02-28","gender":"F"}"#)
        .with(200);
    desk
}

fn list(desk: &Desk, path: &str) -> Answer {
    desk.egito("GET", path, &[], "")
}

/// The ids of a list, with its total.
#[track_caller]
fn ids(desk: &Desk, path: &str) -> (Vec<i64>, i64) {
    let answer = list(desk, path).with(200);
    let total = answer.header("x-total-count").and_then(|total| total.parse().ok()).expect("a total");
    let rows = answer.json();
    (rows.as_array().expect("an array").iter().map(|row| row["id"].as_i64().expect("an id")).collect(), total)
}

#[track_caller]
fn code(desk: &Desk, path: &str) -> String {
    let json = list(desk, path).with(400).json();
    let error = &json["errors"][0];
    format!("{} {}", error["code"].as_str().unwrap_or_default(), error["field"].as_str().unwrap_or_default())
}

#[test]
fn lists_are_filtered_by_the_fields_of_their_table() {
    let desk = desk();
    for (query, expected) in [
        ("", &[1, 2, 3][..]),
        ("name=tartak+JOD%C5%81A", &[1]),
        ("name=spolka", &[]),
        ("name=drewno+i+sp%C3%B3%C5%82ka", &[2]),
        ("name=Orion", &[]),
        ("name=Tartak+Jod%C5%82a&name=Kwiaciarnia+malwa", &[1, 3]),
        ("name=&city=", &[1, 2, 3]),
        ("fullName=drewno+i+sp%C3%B3%C5%82ka+sp.+z+o.o.", &[2]),
        ("nip=PL+123-456-32-18", &[1]),
        ("nip=7102453884", &[2]),
        ("phone=225550190", &[2]),
        ("phone=%2B48184440011", &[1]),
        ("email=BIURO@jodla.example", &[1]),
        ("city=lodz", &[]),
        ("city=%C5%81%C3%93D%C5%B9", &[2]),
        ("industry=RETAIL", &[2, 3]),
        ("industry=3", &[2, 3]),
        ("industry=handel+detaliczny", &[2, 3]),
        ("industryId=3", &[2, 3]),
        ("industry.value=RETAIL", &[2, 3]),
        ("industry[id]=2&industry[id]=3", &[1, 2, 3]),
        ("relationshipType=CUSTOMER", &[1]),
        ("relationshipType=PROSPECT", &[2]),
        ("relationshipType=PARTNER", &[3]),
        ("relationshipType=FORMER_CUSTOMER", &[]),
        ("accountType=COMPANY", &[1]),
        ("source=Polecenie", &[1]),
        ("employees=7", &[2]),
        ("annualRevenue=1250000.5", &[1]),
        ("annualRevenueFrom=90000", &[1, 2]),
        ("annualRevenueFrom=90000,01", &[1]),
        ("annualRevenueTo=90000", &[2]),
        ("tags=drewno", &[1, 2]),
        ("tags=vip", &[1]),
        ("tags=kwiaty", &[]),
        ("taxIds=1234563218", &[1]),
        ("id=2&id=3", &[2, 3]),
        ("owner=1", &[1, 2, 3]),
        ("owner=anna%40acme", &[1, 2, 3]),
        ("owner=anna%40acme.example&industry=RETAIL", &[2, 3]),
        ("dateCreated=2026-06-09", &[1, 2, 3]),
        ("dateCreated=2026-06-09T10:16:02", &[2]),
        ("dateCreatedFrom=2026-06-09T10:16:02", &[2, 3]),
        ("dateCreatedTo=2026-06-09T10:16:02", &[1, 2]),
        ("dateCreatedTo=2026-06-08", &[]),
        ("lastUpdatedFrom=2026-06-09T10:16:02%2B02:00&sort=lastUpdated", &[2, 3]),
        ("lastUpdatedFrom=2026-06-09&lastUpdatedTo=09.06.2026", &[1, 2, 3]),
        ("_=171&access_token=x&industry=RETAIL", &[2, 3]),
        ("q=jod%C5%82a", &[1]),
        ("q=4440011", &[1]),
        ("q=7102", &[2]),
        ("q=drewno", &[2]),
        ("q=nowy+targ", &[1]),
        ("q=jodla.example", &[1]),
        ("q=malw&industry=RETAIL", &[3]),
    ] {
        let found = ids(&desk, &format!("Account/list?{query}"));
        assert_eq!(found, (expected.to_vec(), expected.len() as i64), "{query}");
    }
}

#[test]
fn people_are_found_by_the_parts_of_their_names() {
    let desk = desk();
    // Made elsewhere: one name.
    let made = desk
        .nectar("POST", "contatos", r#"{"nome":"Ewa Anna Kot","isEmpresa":false,"constante":0}"#)
        .with(200);
    let other = made.id();
    for (query, expected) in [
        ("firstName=jan+maria", vec![4]),
        ("firstName=jan", vec![]),
        ("firstName=ewa+anna", vec![other]),
        ("firstName=ewa", vec![]),
        ("lastName=sowa", vec![4]),
        ("lastName=LIS", vec![5]),
        ("lastName=kot", vec![other]),
        ("lastName=anna+kot", vec![]),
        ("fullName=jan+maria+sowa", vec![4]),
        ("account=1", vec![4]),
        ("accountId=1", vec![4]),
        ("account.id=1", vec![4]),
        ("gender=K", vec![5]),
        ("gender=M&gender=FEMALE", vec![4, 5]),
        ("birthDate=03.11.1988", vec![4]),
        ("birthDateFrom=1988-11-04", vec![5]),
        ("birthDateTo=1988-11-03", vec![4]),
        ("position=kierownik+zakupow", vec![4]),
        ("q=sow", vec![4]),
    ] {
        let found = ids(&desk, &format!("Contact/list?{query}"));
        assert_eq!(found, (expected.clone(), expected.len() as i64), "{query}");
    }
}

#[test]
fn leads_are_filtered_by_their_qualification() {
    let desk = desk();
    let lead = |body: &str| desk.egito_json("Lead/create", body).with(200).id();
    let wrona = lead(r#"{"lastName":"Wrona","gender":"K","company":"Ogrody Wrona","source":"WEB_FORM"}"#);
    let gil = lead(r#"{"lastName":"Gil","gender":"M"}"#);
    desk.egito_json(&format!("Lead/update/{gil}"), r#"{"status":"DISCARDED","discardReason":"PRICE"}"#)
        .with(200);
    for (query, expected) in [
        ("", vec![wrona, gil]),
        ("status=NEW", vec![wrona]),
        ("status=DISCARDED", vec![gil]),
        ("status=1&status=4", vec![wrona, gil]),
        ("discardReason=PRICE", vec![gil]),
        ("company=ogrody+wrona", vec![wrona]),
        ("source=WEB_FORM", vec![wrona]),
        ("sort=status&order=desc", vec![gil, wrona]),
        ("q=ogrody", vec![wrona]),
    ] {
        assert_eq!(ids(&desk, &format!("Lead/list?{query}")).0, expected, "{query}");
    }
    assert_eq!(ids(&desk, "Contact/list?lastName=wrona").0, Vec::<i64>::new());
}

#[test]
fn opportunities_and_tasks_are_found_by_their_client_and_stage() {
    let desk = desk();
    let deal = |body: &str| desk.egito_json("Opportunity/create", body).with(200).id();
    let one = deal(
        r#"{"name":"Linia","account":1,"contact":4,"stage":"OFFER","value":500,"expectedCloseDate":"2026-09-30"}"#,
    );
    let two = deal(r#"{"name":"Serwis","account":2,"value":"1 200,50","opportunityType":"SERVICE"}"#);
    desk.egito_json(&format!("Opportunity/update/{two}"), r#"{"stage":"LOST","lossReason":"PRICE"}"#)
        .with(200);
    for (query, expected) in [
        ("account=1", vec![one]),
        ("contact=4", vec![one]),
        ("stage=OFFER", vec![one]),
        ("stage=3", vec![one]),
        ("stage=LOST", vec![two]),
        ("stage=WON", vec![]),
        ("stage=NEW", vec![]),
        ("lossReason=PRICE", vec![two]),
        ("pipeline=SALES", vec![one, two]),
        ("opportunityType=SERVICE", vec![two]),
        ("valueFrom=500.01", vec![two]),
        ("expectedCloseDate=2026-09-30", vec![one]),
        ("expectedCloseDateFrom=2026-09-30&expectedCloseDateTo=2026-09-30", vec![one]),
        ("sort=account&order=desc", vec![one, two]),
        ("sort=value", vec![one, two]),
    ] {
        assert_eq!(ids(&desk, &format!("Opportunity/list?{query}")).0, expected, "{query}");
    }
    let product = desk.egito_json("Product/create", r#"{"name":"Deska"}"#).with(200).id();
    let three = deal(&format!(r#"{{"name":"Deski","account":1,"items":[{{"product":{product}}}]}}"#));
    assert_eq!(ids(&desk, &format!("Opportunity/list?items.product={product}")).0, [three]);
    assert_eq!(code(&desk, "Opportunity/list?items.product=99"), "reference.notFound items");
    let task = |body: &str| desk.egito_json("Task/create", body).with(200).id();
    let call = task(
        r#"{"subject":"Oddzwonić","contact":4,"type":"CALL","priority":"HIGH","dueDate":"2026-06-10T09:00"}"#,
    );
    let visit = task(r#"{"subject":"Wizyta","account":1,"dueDate":"2026-06-11"}"#);
    for (query, expected) in [
        ("account=1", vec![call, visit]),
        ("contact=4", vec![call]),
        ("type=CALL", vec![call]),
        ("priority=HIGH", vec![call]),
        ("status=OPEN", vec![call, visit]),
        ("dueDate=2026-06-10", vec![call]),
        ("dueDateFrom=2026-06-11", vec![visit]),
        ("subject=oddzwonic", vec![call]),
    ] {
        assert_eq!(ids(&desk, &format!("Task/list?{query}")).0, expected, "{query}");
    }
    assert_eq!(ids(&desk, "User/list?login=anna").0, [1]);
    assert_eq!(ids(&desk, "User/list?username=anna%40acme&active=tak").0, [1]);
    assert_eq!(ids(&desk, "User/list?lastName=kos&firstName=anna").0, [1]);
    assert_eq!(ids(&desk, "User/list?q=kos").0, [1]);
}

#[test]
fn lists_are_sorted_by_one_field_and_then_by_id() {
    let desk = desk();
    for (query, expected) in [
        ("order=DESC", [3, 2, 1]),
        ("sort=name", [2, 3, 1]),
        ("sort=name&order=desc", [1, 3, 2]),
        ("sort=employees", [3, 2, 1]),
        ("sort=industry", [2, 3, 1]),
        ("sort=industry&order=desc", [1, 3, 2]),
        ("sort=dateCreated&order=desc", [3, 2, 1]),
        ("sort=owner", [1, 2, 3]),
        ("sort=relationshipType", [1, 3, 2]),
    ] {
        assert_eq!(ids(&desk, &format!("Account/list?{query}")).0, expected, "{query}");
    }
    // Every field that may be sorted by, of every entity.
    for entity in [
        "Account",
        "Contact",
        "Lead",
        "Opportunity",
        "Offer",
        "OfferGroup",
        "Order",
        "Product",
        "Task",
        "User",
    ] {
        let sample = list(&desk, &format!("{entity}/list?max=1")).with(200).json();
        let Some(fields) = sample[0].as_object() else { continue };
        for field in fields.keys() {
            let answer = list(&desk, &format!("{entity}/list?sort={field}&order=desc"));
            let refused = answer.status == 400 && answer.json()["errors"][0]["code"] == "sort.invalid";
            assert!(answer.status == 200 || refused, "{entity}.{field}: {}", answer.body);
        }
    }
}

#[test]
fn any_offset_and_size_gives_exactly_its_part() {
    let desk = desk();
    for number in 4..=12 {
        desk.egito_json("Product/create", &format!(r#"{{"name":"Deska {number}"}}"#)).with(200);
    }
    let all = ids(&desk, "Product/list?sort=name").0;
    assert_eq!(all.len(), 9);
    for offset in 0..=10 {
        for max in 1..=10 {
            let (part, total) = ids(&desk, &format!("Product/list?sort=name&offset={offset}&max={max}"));
            let expected: Vec<i64> = all.iter().copied().skip(offset).take(max).collect();
            assert_eq!((part, total), (expected, 9), "offset {offset}, max {max}");
        }
    }
    assert_eq!(ids(&desk, "Product/list?limit=2").0.len(), 2);
    let (past, total) = ids(&desk, "Product/list?offset=100000");
    assert_eq!((past, total), (vec![], 9));
    assert_eq!(ids(&desk, "Product/list?offset=9223372036854775807&max=7").0, Vec::<i64>::new());
    desk.set("egito.max_default", "4");
    assert_eq!(ids(&desk, "Product/list").0.len(), 4);
    desk.set("egito.max_cap", "3");
    assert_eq!(ids(&desk, "Product/list").0.len(), 3);
    assert_eq!(code(&desk, "Product/list?max=4"), "paging.invalid max");
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let desk = desk();
    for (query, expected) in [
        ("max=0", "paging.invalid max"),
        ("max=501", "paging.invalid max"),
        ("limit=501", "paging.invalid limit"),
        ("offset=-1", "paging.invalid offset"),
        ("max=ten", "paging.invalid max"),
        ("colour=red", "filter.unknown colour"),
        ("nameFrom=a", "filter.unknown nameFrom"),
        ("nameId=1", "filter.unknown nameId"),
        ("customFields.nothing=1", "filter.unknown customFields.nothing"),
        ("sort=description", "sort.invalid sort"),
        ("sort=tags", "sort.invalid sort"),
        ("sort=shoeSize", "sort.invalid sort"),
        ("order=up", "sort.invalid order"),
        ("industry=Kosmos", "not.inList industry"),
        ("employees=many", "typeMismatch employees"),
        ("annualRevenueFrom=1.234,50", "typeMismatch annualRevenueFrom"),
        ("dateCreatedFrom=06/09/2026", "date.invalid dateCreatedFrom"),
        ("parent=99999", "reference.notFound parent"),
        ("owner=nobody", "reference.notFound owner"),
    ] {
        assert_eq!(code(&desk, &format!("Account/list?{query}")), expected, "{query}");
    }
    assert_eq!(code(&desk, "Opportunity/list?items=1"), "filter.unknown items");
    let several = list(&desk, "Account/list?max=0&colour=red&sort=x").with(400).json();
    assert_eq!(several["errors"].as_array().map(Vec::len), Some(3));
}

#[test]
fn parameters_may_come_in_a_form_or_in_json() {
    let desk = desk();
    let json =
        desk.egito_json("Account/list", r#"{"industry":["RETAIL"],"sort":"name","max":1,"city":null}"#);
    let json = json.with(200);
    assert_eq!((json.header("x-total-count"), json.json()[0]["id"].as_i64()), (Some("2"), Some(2)));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = desk.egito("POST", "Account/list?max=1", &form, "industry=RETAIL&offset=1").with(200);
    assert_eq!(answer.json()[0]["id"], 3);
    let head = desk.egito("HEAD", "Account/list", &[], "").with(200);
    assert_eq!(head.header("x-total-count"), Some("3"));
}

#[test]
fn custom_fields_filter_by_their_alias() {
    let desk = desk();
    desk.system(|ctx: &Ctx, tx: &mut dyn Writer| {
        use favo_core::catalogue::custom_field;
        use favo_core::patch::{Input, Patch};
        for (label, kind) in [("Klasa", 1), ("Wizyta", 2), ("Rabat", 0)] {
            let patch = Patch::new()
                .text(custom_field::LABEL, label)
                .with(custom_field::TYPE, Input::Int(kind))
                .with(custom_field::EXTENDS, Input::Int(0));
            favo_core::write::create(
                ctx,
                tx,
                Resource::CustomField,
                patch,
                favo_core::write::Skip::default(),
            )?;
        }
        Ok(())
    })
    .expect("custom fields");
    let set = |id: i64, body: &str| desk.egito_json(&format!("Account/update/{id}"), body).with(200);
    set(1, r#"{"klasa":"Złota","customFields":{"wizyta":"2026-07-01","rabat":"7,50"}}"#);
    set(2, r#"{"klasa":"srebrna"}"#);
    for (query, expected) in [
        ("customFields.klasa=z%C5%82ota", vec![1]),
        ("customFields.klasa=Srebrna&customFields.klasa=z%C5%82ota", vec![1, 2]),
        ("customFields[wizyta]=01.07.2026", vec![1]),
        ("customFields.rabat=7.5", vec![1]),
        ("customFields.klasa=", vec![1, 2, 3]),
    ] {
        assert_eq!(ids(&desk, &format!("Account/list?{query}")).0, expected, "{query}");
    }
}

#[test]
fn a_parameter_may_have_very_many_values() {
    let desk = desk();
    let many = |name: &str, value: &dyn Fn(usize) -> String| {
        let pairs: Vec<String> = (0..1990).map(|number| format!("{name}={}", value(number))).collect();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let entity = if name.ends_with("Name") { "Contact" } else { "Account" };
        let answer = desk.egito("POST", &format!("{entity}/list"), &[form], &pairs.join("&")).with(200);
        answer.header("x-total-count").and_then(|total| total.parse::<i64>().ok()).expect("a total")
    };
    for (name, total) in [("id", 3), ("employees", 3), ("annualRevenue", 0), ("phone", 0), ("nip", 0)] {
        assert_eq!(many(name, &|number| (number + 1).to_string()), total, "{name}");
    }
    for name in ["name", "city", "email", "fullName", "tags", "street", "firstName", "lastName"] {
        assert_eq!(many(name, &|number| format!("x{number}")), 0, "{name}");
    }
    assert_eq!(many("owner", &|_| "anna".to_owned()), 3);
    assert_eq!(many("parent", &|number| (number % 3 + 1).to_string()), 0);
    assert_eq!(many("industry", &|number| (number % 20 + 1).to_string()), 3);
    assert_eq!(many("relationshipType", &|number| (number % 8 + 1).to_string()), 3);
    assert_eq!(many("dateCreated", &|number| format!("2026-06-{:02}", number % 30 + 1)), 3);
    let ids: Vec<String> = (1..2500).map(|id| id.to_string()).collect();
    let answer = desk.egito_json("Account/list", &format!(r#"{{"parent":[{}]}}"#, ids.join(","))).with(400);
    assert_eq!(answer.json()["errors"][0]["code"], "body.unreadable");
}

#[test]
fn what_is_shown_for_want_of_a_value_is_found_by_it() {
    let desk = Desk::new(Country::Poland);
    let customer = desk.egito_json("Account/create", r#"{"name":"Orion"}"#).with(200).id();
    let body = format!(r#"{{"nome":"Regał","cliente":{{"id":{customer}}}}}"#);
    let made = desk.nectar("POST", "oportunidades", &body).with(200).id();
    let product =
        desk.nectar("POST", "produtos", r#"{"nome":"Deska","codigo":"D1","valorBase":5}"#).with(200).id();
    desk.nectar("POST", &format!("oportunidades/{made}/propostas"), "{}");
    let shown = list(&desk, &format!("Opportunity/get/{made}")).with(200).json();
    assert_eq!(shown["currency"]["value"], "PLN");
    assert_eq!(ids(&desk, "Opportunity/list?currency=PLN"), (vec![made], 1));
    assert_eq!(ids(&desk, "Opportunity/list?currency=EUR&currency=USD").1, 0);
    assert_eq!(ids(&desk, "Opportunity/list?currency=EUR&currency=PLN").1, 1);
    let shown = list(&desk, &format!("Product/get/{product}")).with(200).json();
    assert_eq!(shown["vatRate"]["value"], "VAT23");
    assert_eq!(ids(&desk, "Product/list?vatRate=VAT23"), (vec![product], 1));
    assert_eq!(ids(&desk, "Product/list?vatRate=VAT8").1, 0);
    let offers = list(&desk, "Offer/list").with(200);
    let total = offers.header("x-total-count").expect("a total").to_owned();
    assert_eq!(list(&desk, "Offer/list?currency=PLN").header("x-total-count"), Some(total.as_str()));
}

#[test]
fn blanks_are_no_filter_and_nothing_is_ignored() {
    let desk = desk();
    for path in [
        "Account/list?parent.id=",
        "Account/list?parentId=&industry.id=&name=",
        "Account/list?customFields=",
        "Account/list?industry[value]=",
    ] {
        assert_eq!(ids(&desk, path).1, 3, "{path}");
    }
    assert_eq!(code(&desk, "Account/list?customFields=1"), "filter.unknown customFields");
    let refused = list(&desk, "Account/list?industry=Kosmos").with(400).json();
    assert_eq!(refused["errors"][0]["rejected-value"], "Kosmos");
}

#[test]
fn a_user_is_meant_by_a_word_only_when_it_fits_one() {
    let desk = desk();
    desk.user("ola@acme.example", "seller");
    let other = desk.user("ola@other.example", "seller");
    assert_eq!(code(&desk, "Account/list?owner=ola"), "reference.notFound owner");
    assert_eq!(ids(&desk, "Account/list?owner=ola@other.example").1, 0);
    desk.egito_json("Account/update/1", r#"{"owner":"OLA@OTHER.EXAMPLE"}"#).with(200);
    assert_eq!(ids(&desk, &format!("Account/list?owner={other}")), (vec![1], 1));
    desk.egito_json("Account/update/1", r#"{"owner":"ANNA@ACME"}"#).with(200);
    assert_eq!(ids(&desk, "Account/list?owner=anna@ACME").1, 3);
    // A reference needs READ on users, like on any other record.
    let blind = desk.user_with("blind@acme.example", &[("contact.read", "all"), ("contact.update", "all")]);
    desk.act_as(blind);
    assert_eq!(code(&desk, "Account/list?owner=anna"), "reference.notFound owner");
    let refused = desk.egito_json("Account/update/2", r#"{"owner":"ola@other.example"}"#).with(400);
    assert_eq!(refused.json()["errors"][0]["code"], "reference.notFound");
}
