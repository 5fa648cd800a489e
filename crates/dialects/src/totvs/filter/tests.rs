//! The language: the examples of 6.8, the mistakes of 6.9, and what holds for every text.

use proptest::prelude::*;

use super::ast::{Ast, Group, Literal, Node, Operator};
use super::parse;
use crate::totvs::fault::{Code, Detail, Failure};

fn read(text: &str) -> Ast {
    parse(text, "filter").unwrap_or_else(|failure| panic!("{text}: {failure:?}"))
}

/// The code and the position of a mistake.
fn wrong(text: &str) -> (Code, usize) {
    match parse(text, "Integration-Filter") {
        Err(Failure::Wire { code, details, .. }) => match details[0].detail {
            Detail::Filter(at) => (code, at),
            _ => panic!("{text}: another detail"),
        },
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_examples_are_read() {
    for (text, printed) in [
        ("{code->eq->118}", r#"{"code"->eq->"118"}"#),
        ("{code->eq->118}{status->eq->PROGRESS}", r#"{"code"->eq->"118"}&&{"status"->eq->"PROGRESS"}"#),
        ("{name→ilike→padaria}", r#"{"name"->ilike->"padaria"}"#),
        (
            "{status->eq->WON}||{status->eq->LOST}{amount->ge->50000}",
            r#"{"status"->eq->"WON"}||({"status"->eq->"LOST"}&&{"amount"->ge->"50000"})"#,
        ),
        (
            "({status->eq->WON}||{status->eq->LOST}){closedOn->btw->[01/01/2026,31/03/2026]}",
            r#"({"status"->eq->"WON"}||{"status"->eq->"LOST"})&&{"closedOn"->btw->["01/01/2026","31/03/2026"]}"#,
        ),
        ("{customer.id->eq->0fd630f1}", r#"{"customer"."id"->eq->"0fd630f1"}"#),
        ("{status->in->[PROGRESS,WON]}", r#"{"status"->in->["PROGRESS","WON"]}"#),
        ("{status->in->PROGRESS,WON}", r#"{"status"->in->["PROGRESS","WON"]}"#),
        ("{endOn->isNull}||{endOn->ge->09/06/2026}", r#"{"endOn"->isNull}||{"endOn"->ge->"09/06/2026"}"#),
        ("{emails.email->ieq->a@b.example}", r#"{"emails"."email"->ieq->"a@b.example"}"#),
        (
            "{customerIdentificationDocuments.documentNumber->eq->11.222.333/0001-81}",
            r#"{"customerIdentificationDocuments"."documentNumber"->eq->"11.222.333/0001-81"}"#,
        ),
        (r#"{name->eq->"Silva {matriz} & \"Filhos\""}"#, r#"{"name"->eq->"Silva {matriz} & \"Filhos\""}"#),
        (
            "{updatedAt->gt->2026-06-09T00:00:00-03:00}{page->eq->2}{order->eq->-updatedAt,code}",
            r#"{"updatedAt"->gt->"2026-06-09T00:00:00-03:00"}&&{"page"->eq->"2"}&&{"order"->eq->"-updatedAt,code"}"#,
        ),
    ] {
        assert_eq!(read(text).to_string(), printed, "{text}");
    }
}

#[test]
fn blanks_cases_and_escapes_do_not_matter() {
    for (text, printed) in [
        ("", ""),
        (" \t", ""),
        (" ( { a -> EQ ->  x y  } ) && ( {b→IsNotNull} ) ", r#"{"a"->eq->"x y"}&&{"b"->isNnull}"#),
        ("{a->isNull->}", r#"{"a"->isNull}"#),
        ("{a->isNull -> true }", r#"{"a"->isNull}"#),
        ("{a->isNnull->false}", r#"{"a"->isNull}"#),
        (r"{a->eq->a\->b\{\}\,\→}", r#"{"a"->eq->"a->b{},→"}"#),
        (r"{a->in->[ a\,b , c ]}", r#"{"a"->in->["a,b","c"]}"#),
        (r"{a->like->50\% of%}", r#"{"a"->like->"50\% of%"}"#),
        (r#"{customFields."data da visita"->eq->x}"#, r#"{"customFields"."data da visita"->eq->"x"}"#),
        (r#"{a->eq->""}"#, r#"{"a"->eq->""}"#),
        ("{a->eq->São (1) | & 'x'}", r#"{"a"->eq->"São (1) | & 'x'"}"#),
        ("((({a->eq->1})))", r#"{"a"->eq->"1"}"#),
    ] {
        assert_eq!(read(text).to_string(), printed, "{text}");
    }
}

#[test]
fn mistakes_are_found_where_they_are() {
    use Code::{FilterSyntax as Syntax, FilterUnknownOperator as Unknown};
    for (text, code, at) in [
        ("{code->eq->118},{status->eq->WON}", Syntax, 16),
        ("{code->eq->118", Syntax, 15),
        ("{code=118}", Syntax, 6),
        ("code->eq->1", Syntax, 1),
        ("{a->eq->1}}", Syntax, 11),
        ("({a->eq->1}", Syntax, 12),
        ("{a->eq->1}|{b->eq->2}", Syntax, 11),
        ("{a->eq->1}||", Syntax, 13),
        ("{code->eq->}", Syntax, 12),
        ("{status->in->[]}", Syntax, 15),
        ("{status->in->[A,,B]}", Syntax, 17),
        ("{status->in->[A,B}", Syntax, 18),
        ("{createdAt->btw->01/01/2026}", Syntax, 28),
        ("{amount->btw->[1,2,3]}", Syntax, 20),
        ("{name->eq->a->b}", Syntax, 13),
        ("{name->eq->a{b}", Syntax, 13),
        ("{name->eq->\"abc}", Syntax, 17),
        ("{x->isNull->maybe}", Syntax, 13),
        ("{code->equals->1}", Unknown, 8),
        ("{ã->eq->1}", Syntax, 2),
        ("{a->eq->x\ty}", Syntax, 11),
        ("{a->->1}", Syntax, 5),
        ("{->eq->1}", Syntax, 2),
        ("{a.->eq->1}", Syntax, 4),
        ("{1a->eq->1}", Syntax, 2),
        ("()", Syntax, 2),
        ("{a->eq->1}&&", Syntax, 13),
    ] {
        assert_eq!(wrong(text), (code, at), "{text}");
    }
}

#[test]
fn a_mistake_shows_forty_characters_from_where_it_is() {
    let text = format!("{{code->eq->118}},{}", "é".repeat(60));
    let Err(Failure::Wire { message, details, .. }) = parse(&text, "Integration-Filter") else { panic!() };
    assert_eq!(message, "Character 16: a group, an operator or the end was expected.");
    assert_eq!(details[0].field, "Integration-Filter");
    assert_eq!(details[0].value, Some(format!("\",{}\"", "é".repeat(39))));
}

#[test]
fn filters_that_are_too_large_are_refused_at_once() {
    let group = "{a->eq->1}";
    let deep = |depth| format!("{}{group}{}", "(".repeat(depth), ")".repeat(depth));
    let list = |items| format!("{{a->in->[{}]}}", vec!["1"; items].join(","));
    for (fits, too_large) in [
        (group.repeat(100), group.repeat(101)),
        (deep(16), deep(17)),
        (list(500), list(501)),
        (format!("{{a->eq->{}}}", "x".repeat(8183)), format!("{{a->eq->{}}}", "x".repeat(8184))),
    ] {
        read(&fits);
        assert_eq!(wrong(&too_large).0, Code::FilterTooLarge);
    }
    for text in ["(".repeat(100_000), deep(64), "{".repeat(100_000)] {
        assert_eq!(wrong(&text).0, Code::FilterTooLarge);
    }
}

#[test]
fn an_insert_takes_the_values_of_a_plain_conjunction() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        read("{externalId->eq->C-118}{name->eq->\"a%b\"}").insert_values(),
        Some(vec![pair("externalId", "C-118"), pair("name", "a%b")])
    );
    for text in
        ["", "{a->eq->1}||{b->eq->2}", "{a->like->1}", "{a.b->eq->1}", "{a->eq->1}({b->eq->2}||{c->eq->3})"]
    {
        assert_eq!(read(text).insert_values(), None, "{text}");
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    proptest::collection::vec("[a-z%\"\\\\{}\\[\\],→> .|&()é-]{0,6}", 1..4)
        .prop_map(|pieces| Literal { pieces, at: 0 })
}

fn group() -> impl Strategy<Value = Node> {
    let field = proptest::collection::vec("[a-z][a-zA-Z_0-9 \"\\\\]{0,5}", 1..3);
    let operator = proptest::sample::select(Operator::ALL.to_vec());
    (field, operator, proptest::collection::vec(literal(), 3)).prop_map(|(field, operator, mut values)| {
        match operator {
            Operator::IsNull | Operator::IsNotNull => values.clear(),
            Operator::Btw => values.truncate(2),
            Operator::In | Operator::Nin => {}
            _ => values.truncate(1),
        }
        Node::Group(Group { field, field_at: 0, operator, operator_at: 0, values })
    })
}

fn node() -> impl Strategy<Value = Node> {
    group().prop_recursive(3, 20, 4, |inner| {
        let several = proptest::collection::vec(inner, 2..4);
        prop_oneof![several.clone().prop_map(Node::And), several.prop_map(Node::Or)]
    })
}

/// Without places, and with what is joined alike joined once.
fn plain(node: Node) -> Node {
    fn joined(nodes: Vec<Node>, and: bool) -> Vec<Node> {
        nodes
            .into_iter()
            .map(plain)
            .flat_map(|node| match node {
                Node::And(more) if and => more,
                Node::Or(more) if !and => more,
                node => vec![node],
            })
            .collect()
    }
    match node {
        Node::And(nodes) => Node::And(joined(nodes, true)),
        Node::Or(nodes) => Node::Or(joined(nodes, false)),
        Node::Group(mut group) => {
            (group.field_at, group.operator_at) = (0, 0);
            group.values.iter_mut().for_each(|value| value.at = 0);
            Node::Group(group)
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = parse(&text, "filter");
    }

    #[test]
    fn texts_that_look_like_filters_are_read_or_refused(
        text in "([{}()\\[\\]\",|& \\\\%]|->|→|[a-z]|eq|in|btw|isNull|\\{a->eq->1\\}|\\{b->in->\\[1,2\\]\\}){0,30}"
    ) {
        if let Ok(ast) = parse(&text, "filter") {
            let printed = ast.to_string();
            prop_assert_eq!(read(&printed).to_string(), printed);
        }
    }

    #[test]
    fn a_printed_filter_reads_back_as_itself(root in node()) {
        let root = plain(root);
        let ast = Ast { text: "".into(), source: "filter", root: Some(root.clone()) };
        let printed = ast.to_string();
        if printed.len() <= 8192 {
            prop_assert_eq!(read(&printed).root.map(plain), Some(root), "{}", printed);
        }
    }
}
