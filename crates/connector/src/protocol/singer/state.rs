//! The file behind `--state`: the value of the last STATE message.

use std::path::Path;

use serde_json::Value;

use crate::protocol::bookmarks::Bookmarks;
use crate::protocol::config::read_json;
use crate::{Error, Result};

/// Reads the state. An empty file, `{}` and `null` are a beginning; the whole message instead of its value is taken as well.
pub(crate) fn read(path: &Path, prefix: &str) -> Result<Bookmarks> {
    let Some(read) = read_json(path, "state")? else { return Ok(Bookmarks::default()) };
    parse(&read, prefix)
}

fn parse(read: &Value, prefix: &str) -> Result<Bookmarks> {
    let value = read.get("value").filter(|_| read.get("type").is_some()).unwrap_or(read);
    let mut bookmarks = Bookmarks::default();
    match value {
        Value::Null => return Ok(bookmarks),
        Value::Object(members) => {
            bookmarks.last_run = members.get("last_run").and_then(Value::as_i64).unwrap_or(0);
            match members.get("bookmarks") {
                Some(Value::Object(streams)) => {
                    for (name, state) in streams {
                        bookmarks.take(name, prefix, state)?;
                    }
                    return Ok(bookmarks);
                }
                None if members.is_empty() => return Ok(bookmarks),
                _ => {}
            }
        }
        _ => {}
    }
    Err(Error::Configuration(
        "the state is not the value of a STATE message: it has no object named bookmarks".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_a_message_and_nothing_are_all_states() {
        let value = json!({"bookmarks": {"p_contatos": {"cursor": 7, "version": 9}}, "last_run": 3});
        let read = parse(&value, "p_").unwrap();
        assert_eq!((read.last_run, read.get("contatos").unwrap().version), (3, Some(9)));
        assert_eq!(parse(&json!({"type": "STATE", "value": value}), "p_").unwrap(), read);
        for nothing in [json!(null), json!({}), json!({"bookmarks": {}})] {
            assert_eq!(parse(&nothing, "p_").unwrap(), Bookmarks::default());
        }
    }

    #[test]
    fn what_is_no_state_is_refused_and_not_taken_for_a_beginning() {
        for other in [json!([]), json!("x"), json!({"contatos": 1}), json!({"bookmarks": []})] {
            assert!(matches!(parse(&other, ""), Err(Error::Configuration(_))), "{other}");
        }
    }
}
