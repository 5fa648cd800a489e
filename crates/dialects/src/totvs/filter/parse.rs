//! The grammar of filters (6.3), by recursive descent over the characters.

use super::ast::{Ast, Group, Literal, Node, Operator};
use super::trouble;
use crate::totvs::fault::{Code, Failure};

/// The most bytes, groups, items of a list and brackets inside each other.
const BYTES: usize = 8 * 1024;
const GROUPS: usize = 100;
const ITEMS: usize = 500;
const DEPTH: usize = 16;

/// Reads a filter.
pub(in crate::totvs) fn parse(text: &str, source: &'static str) -> Result<Ast, Failure> {
    let fail = |code, at, message: &str| Err(trouble(code, source, text, at, message));
    if text.len() > BYTES {
        return fail(Code::FilterTooLarge, 1, "a filter has at most 8192 bytes.");
    }
    let mut parser = Parser { characters: text.chars().collect(), at: 0, groups: 0, depth: 0 };
    match parser.filter() {
        Ok(root) => Ok(Ast { text: text.into(), source, root }),
        Err(Wrong { code, at, message }) => fail(code, at + 1, message),
    }
}

/// A mistake, at a character counted from 0.
struct Wrong {
    code: Code,
    at: usize,
    message: &'static str,
}

type Read<T> = Result<T, Wrong>;

struct Parser {
    characters: Vec<char>,
    at: usize,
    groups: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.next_is(text);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn next_is(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, wanted)| self.characters.get(self.at + ahead) == Some(&wanted))
    }

    fn wrong<T>(&self, message: &'static str) -> Read<T> {
        Err(Wrong { code: Code::FilterSyntax, at: self.at, message })
    }

    fn too_large<T>(&self, message: &'static str) -> Read<T> {
        Err(Wrong { code: Code::FilterTooLarge, at: self.at, message })
    }

    fn filter(&mut self) -> Read<Option<Node>> {
        self.blanks();
        if self.peek().is_none() {
            return Ok(None);
        }
        let root = self.expression()?;
        if self.peek().is_some() {
            return self.wrong("a group, an operator or the end was expected.");
        }
        Ok(Some(root))
    }

    /// Conjunctions joined by `||`; steps over the blanks behind.
    fn expression(&mut self) -> Read<Node> {
        let mut nodes = Vec::new();
        loop {
            self.blanks();
            match self.conjunction()? {
                Node::Or(more) => nodes.extend(more),
                node => nodes.push(node),
            }
            if !self.take("||") {
                return Ok(one_or(nodes, Node::Or));
            }
        }
    }

    fn conjunction(&mut self) -> Read<Node> {
        let mut nodes = Vec::new();
        loop {
            match self.term()? {
                Node::And(more) => nodes.extend(more),
                node => nodes.push(node),
            }
            self.blanks();
            if self.take("&&") {
                self.blanks();
            } else if !matches!(self.peek(), Some('{' | '(')) {
                return Ok(one_or(nodes, Node::And));
            }
        }
    }

    fn term(&mut self) -> Read<Node> {
        match self.peek() {
            Some('{') => self.group().map(Node::Group),
            Some('(') => {
                if self.depth == DEPTH {
                    return self.too_large("brackets stand at most 16 deep.");
                }
                self.depth += 1;
                self.at += 1;
                let inner = self.expression()?;
                if !self.take(")") {
                    return self.wrong("a group, an operator or a closing bracket was expected.");
                }
                self.depth -= 1;
                Ok(inner)
            }
            _ => self.wrong("a group was expected."),
        }
    }

    fn group(&mut self) -> Read<Group> {
        if self.groups == GROUPS {
            return self.too_large("a filter has at most 100 groups.");
        }
        self.groups += 1;
        self.at += 1;
        self.blanks();
        let field_at = self.at + 1;
        let field = self.field()?;
        self.arrow()?;
        let operator_at = self.at + 1;
        let mut operator = self.operator()?;
        let values = match operator {
            Operator::IsNull | Operator::IsNotNull => {
                if !self.truth()? {
                    operator =
                        if operator == Operator::IsNull { Operator::IsNotNull } else { Operator::IsNull };
                }
                Vec::new()
            }
            Operator::In | Operator::Nin | Operator::Btw => {
                self.arrow()?;
                self.list(operator == Operator::Btw)?
            }
            _ => {
                self.arrow()?;
                vec![self.value(true)?]
            }
        };
        self.blanks();
        if !self.take("}") {
            return self.wrong("the end of the group was expected.");
        }
        Ok(Group { field, field_at, operator, operator_at, values })
    }

    fn field(&mut self) -> Read<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.take(".") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    fn name(&mut self) -> Read<String> {
        if self.peek() == Some('"') {
            return Ok(self.quoted()?.text());
        }
        let start = self.at;
        while self.peek().is_some_and(|next| {
            next == '_' || next.is_ascii_alphabetic() || (next.is_ascii_digit() && self.at > start)
        }) {
            self.at += 1;
        }
        if self.at == start {
            return self.wrong("the name of a field was expected.");
        }
        Ok(self.characters[start..self.at].iter().collect())
    }

    fn is_arrow(&self) -> bool {
        self.next_is("->") || self.next_is("→")
    }

    fn arrow(&mut self) -> Read<()> {
        self.blanks();
        if !self.take("->") && !self.take("→") {
            return self.wrong("an arrow was expected.");
        }
        self.blanks();
        Ok(())
    }

    fn operator(&mut self) -> Read<Operator> {
        let start = self.at;
        while self.peek().is_some_and(|next| next.is_ascii_alphabetic()) {
            self.at += 1;
        }
        if self.at == start {
            return self.wrong("an operator was expected.");
        }
        let word: String = self.characters[start..self.at].iter().collect();
        Operator::named(&word).ok_or(Wrong {
            code: Code::FilterUnknownOperator,
            at: start,
            message: "the operator is not known.",
        })
    }

    /// What may follow a test for null: nothing, or an arrow and perhaps `true` or `false`.
    fn truth(&mut self) -> Read<bool> {
        self.blanks();
        if !self.is_arrow() {
            return Ok(true);
        }
        self.arrow()?;
        let start = self.at;
        let says = if self.take("false") {
            false
        } else {
            self.take("true");
            true
        };
        if self.peek().is_some_and(char::is_alphanumeric) {
            self.at = start;
            return self.wrong("true, false or the end of the group was expected.");
        }
        Ok(says)
    }

    fn list(&mut self, pair: bool) -> Read<Vec<Literal>> {
        let bracket = self.take("[");
        let mut values = Vec::new();
        loop {
            self.blanks();
            if values.len() == ITEMS {
                return self.too_large("a list has at most 500 items.");
            }
            if pair && values.len() == 2 {
                return self.wrong("two values were expected, not more.");
            }
            values.push(self.value(false)?);
            self.blanks();
            if !self.take(",") {
                break;
            }
        }
        if pair && values.len() < 2 {
            return self.wrong("a comma and a second value were expected.");
        }
        if bracket && !self.take("]") {
            return self.wrong("a comma or the end of the list was expected.");
        }
        Ok(values)
    }

    /// A value; commas and square brackets belong to one that stands alone.
    fn value(&mut self, alone: bool) -> Read<Literal> {
        if self.peek() == Some('"') { self.quoted() } else { self.bare(alone) }
    }

    fn quoted(&mut self) -> Read<Literal> {
        let mut literal = Pieces::at(self.at + 1);
        self.at += 1;
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return Ok(literal.whole());
                }
                Some('\\') => literal.push(self.escape()?, true),
                Some(next) if !next.is_ascii_control() => {
                    literal.push(next, false);
                    self.at += 1;
                }
                Some(_) => return self.wrong("a control character cannot stand here."),
                None => return self.wrong("a closing quotation mark was expected."),
            }
        }
    }

    fn bare(&mut self, alone: bool) -> Read<Literal> {
        let mut literal = Pieces::at(self.at + 1);
        while let Some(next) = self.peek() {
            match next {
                '{' | '}' | '"' | '→' => break,
                ',' | '[' | ']' if !alone => break,
                '-' if self.next_is("->") => break,
                ' ' | '\t' => {
                    literal.blank(next);
                    self.at += 1;
                }
                _ if next.is_ascii_control() => break,
                // A tab stands at the ends of a value only.
                _ if literal.blanks.contains('\t') => break,
                '\\' => literal.push(self.escape()?, true),
                _ => {
                    literal.push(next, false);
                    self.at += 1;
                }
            }
        }
        if literal.is_empty() {
            return self.wrong("a value was expected.");
        }
        Ok(literal.whole())
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Read<char> {
        self.at += 1;
        match self.peek() {
            Some(next) if !next.is_ascii_control() => {
                self.at += 1;
                Ok(next)
            }
            _ => self.wrong("a character was expected behind the backslash."),
        }
    }
}

/// A value on its way in.
struct Pieces {
    done: Vec<String>,
    /// Blanks that belong to the value only when more follows.
    blanks: String,
    at: usize,
    filled: bool,
}

impl Pieces {
    fn at(at: usize) -> Self {
        Self { done: vec![String::new()], blanks: String::new(), at, filled: false }
    }

    fn is_empty(&self) -> bool {
        !self.filled
    }

    fn blank(&mut self, blank: char) {
        self.blanks.push(blank);
    }

    fn push(&mut self, next: char, escaped: bool) {
        self.filled = true;
        let blanks = std::mem::take(&mut self.blanks);
        if let Some(last) = self.done.last_mut() {
            last.push_str(&blanks);
            if escaped || next != '%' {
                last.push(next);
                return;
            }
        }
        self.done.push(String::new());
    }

    fn whole(self) -> Literal {
        Literal { pieces: self.done, at: self.at }
    }
}

fn one_or(mut nodes: Vec<Node>, joined: fn(Vec<Node>) -> Node) -> Node {
    if nodes.len() == 1 { nodes.remove(0) } else { joined(nodes) }
}
