//! Objects in which a key stands twice: the same text with the last of each only. Rare, so it may cost.

use super::records::each_member;
use super::text::unescape;
use crate::Result;

/// The object without the members that a later one of the same key overrides, at any depth below objects.
pub(super) fn without(raw: &str) -> Result<String> {
    let mut out = String::with_capacity(raw.len());
    write(raw, &mut out)?;
    Ok(out)
}

fn write(raw: &str, out: &mut String) -> Result<()> {
    let mut kept: Vec<(String, &str, &str)> = Vec::new();
    each_member(raw, &mut |member| {
        let key = raw.get(member.key.0 as usize..member.key.1 as usize).unwrap_or("");
        let value = raw.get(member.value.0 as usize..member.value.1 as usize).unwrap_or("");
        let mut plain = String::new();
        unescape(key, &mut plain);
        match kept.iter_mut().find(|(name, _, _)| *name == plain) {
            Some(earlier) => *earlier = (plain, key, value),
            None => kept.push((plain, key, value)),
        }
    })?;
    out.push('{');
    for (position, (_, key, value)) in kept.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        out.push('"');
        out.push_str(key);
        out.push_str("\":");
        if value.starts_with('{') {
            write(value, out)?;
        } else {
            out.push_str(value);
        }
    }
    out.push('}');
    Ok(())
}
