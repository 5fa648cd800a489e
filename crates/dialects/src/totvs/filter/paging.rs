//! The groups of a filter that say which page and in which order (section 7): they stand in the top-level conjunction.

use super::ast::{Ast, Group, Node, Operator};
use super::trouble;
use crate::totvs::fault::{Code, Failure};

/// What a filter says about its page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::totvs) struct Paging {
    pub(in crate::totvs) page: Option<String>,
    pub(in crate::totvs) page_size: Option<String>,
    pub(in crate::totvs) order: Option<String>,
}

/// Whether a group is about the page.
fn is_paging(group: &Group) -> bool {
    matches!(group.field.as_slice(), [name] if matches!(name.as_str(), "page" | "pageSize" | "order"))
}

/// Takes the groups about the page out of a filter.
pub(super) fn split(ast: &Ast) -> Result<(Vec<&Node>, Paging), Failure> {
    let top = match &ast.root {
        None => &[],
        Some(Node::And(nodes)) => nodes.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    let (mut rest, mut paging) = (Vec::new(), Paging::default());
    for node in top {
        match node {
            Node::Group(group) if is_paging(group) => take(ast, group, &mut paging)?,
            node => {
                refuse(ast, node)?;
                rest.push(node);
            }
        }
    }
    Ok((rest, paging))
}

fn take(ast: &Ast, group: &Group, paging: &mut Paging) -> Result<(), Failure> {
    let (Operator::Eq, [value]) = (group.operator, group.values.as_slice()) else {
        return Err(misplaced(ast, group));
    };
    let place = match group.field[0].as_str() {
        "page" => &mut paging.page,
        "pageSize" => &mut paging.page_size,
        _ => &mut paging.order,
    };
    let text = value.text();
    if place.as_ref().is_some_and(|known| *known != text) {
        let message = "it was said before, and otherwise.";
        return Err(trouble(Code::PagingInvalid, ast.source, &ast.text, value.at, message));
    }
    *place = Some(text);
    Ok(())
}

/// Refuses groups about the page below the top.
fn refuse(ast: &Ast, node: &Node) -> Result<(), Failure> {
    match node {
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().try_for_each(|node| refuse(ast, node)),
        Node::Group(group) if is_paging(group) => Err(misplaced(ast, group)),
        Node::Group(_) => Ok(()),
    }
}

fn misplaced(ast: &Ast, group: &Group) -> Failure {
    let message = "page, pageSize and order stand in the top-level conjunction and take eq.";
    trouble(Code::FilterPagingMisplaced, ast.source, &ast.text, group.field_at, message)
}
