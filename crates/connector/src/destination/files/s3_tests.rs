//! An S3-compatible store: moto on loopback, from `PyPI`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use super::s3::{Access, S3};
use super::testing::{FORMATS, put, python, python_home, schema, settings};
use super::*;
use crate::schema::Layout;
use crate::state::Bookmark;

/// The server; it ends when this process ends.
struct Moto {
    _process: Child,
    endpoint: String,
}

/// Serves until its standard input is closed: it cannot outlive the tests, however they end.
const SERVER: &str = r#"
import sys, threading, os, logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://127.0.0.1:{port}", flush=True)
sys.stdin.read()
os._exit(0)
"#;

fn store(bucket: &str) -> Access {
    static SERVED: OnceLock<Mutex<Moto>> = OnceLock::new();
    let moto = SERVED.get_or_init(|| {
        python("import moto", &[]);
        let mut process = Command::new(python_home().join("bin/python"))
            .args(["-c", SERVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
        assert!(endpoint.starts_with("http://127.0.0.1:"), "moto starts: {endpoint}");
        Mutex::new(Moto { _process: process, endpoint: endpoint.trim().to_owned() })
    });
    let endpoint = moto.lock().unwrap().endpoint.clone();
    let created = ureq::put(format!("{endpoint}/{bucket}")).send_empty();
    assert!(created.is_ok(), "{created:?}");
    Access {
        key: "key".to_owned(),
        secret: "very-secret".to_owned(),
        session: None,
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
    }
}

fn files(format: Format, place: &str, access: &Access) -> Box<Files> {
    let place = S3::new(place, access).unwrap();
    Box::new(Files::at(format, Box::new(place), &settings(format, Path::new("unused"))))
}

#[test]
fn a_bucket_keeps_what_was_committed_and_forgets_the_rest() {
    let access = store("warehouse");
    let schema = schema(Layout::Exact, &["produtos"], &[]);
    for format in FORMATS {
        let place = format!("warehouse/crm/{}", format.extension());
        let mut one = files(format, &place, &access);
        assert_eq!(one.check().unwrap(), [format!("s3://{place} can be listed, written and deleted")]);
        assert_eq!(one.peek().unwrap().bookmarks, []);
        one.open(&schema).unwrap();
        for id in 1..=3 {
            put(&mut *one, &schema, 0, id, 1);
        }
        let bookmark = Bookmark { cursor: Some(4), ..Bookmark::default() };
        one.note(&Note::RunStarted { run: 1, at: 1, what: "full".to_owned() }).unwrap();
        one.commit(&[("produtos", &bookmark)]).unwrap();
        one.remove(0, &[1]).unwrap();
        put(&mut *one, &schema, 0, 1, 2);
        one.mark_deleted(0, &[2], 7, 1).unwrap();
        one.commit(&[]).unwrap();
        one.remove(0, &[3]).unwrap();
        drop(one);
        let mut two = files(format, &place, &access);
        let opened = two.open(&schema).unwrap();
        assert_eq!((opened.last_run, opened.ceilings), (1, vec![Some(3)]));
        assert_eq!(opened.bookmarks, [("produtos".to_owned(), bookmark)]);
        let known = two.known(0, &[1, 2, 3]).unwrap();
        assert_eq!(
            known.iter().map(|one| (one.id, one.deleted)).collect::<Vec<_>>(),
            [(1, false), (2, true), (3, false)]
        );
        assert_eq!(two.runs(9).unwrap().len(), 1);
        two.close().unwrap();
    }
    // An independent reader of the objects.
    let program = r#"
import sys, boto3, io, pyarrow.parquet as pq, pyarrow as pa
store = boto3.client("s3", endpoint_url=sys.argv[1], aws_access_key_id="key", aws_secret_access_key="very-secret", region_name="us-east-1")
names = [one["Key"] for one in store.list_objects_v2(Bucket="warehouse", Prefix="crm/parquet/")["Contents"]]
table = pa.concat_tables([pq.read_table(io.BytesIO(store.get_object(Bucket="warehouse", Key=name)["Body"].read())) for name in names if "/nectarcrm_produtos/" in name])
print(table.sort_by("id").select(["id", "_favo_run_id"]).to_pydict())
print([name for name in names if "lock" in name or "check" in name])
"#;
    let said = python(program, &[access.endpoint.as_deref().unwrap()]);
    assert_eq!(said, "{'id': [1, 2, 3], '_favo_run_id': [2, 1, 1]}\n[]\n");
}

#[test]
fn a_bucket_has_one_writer_at_a_time() {
    let access = store("locked");
    let schema = schema(Layout::Exact, &["produtos"], &[]);
    let mut one = files(Format::Csv, "locked", &access);
    one.open(&schema).unwrap();
    let refused = files(Format::Csv, "locked", &access).open(&schema).unwrap_err().to_string();
    assert!(refused.contains("another run is writing to s3://locked"), "{refused}");
    put(&mut *one, &schema, 0, 1, 1);
    one.commit(&[]).unwrap();
    drop(one);
    files(Format::Csv, "locked", &access).open(&schema).unwrap();
}

#[test]
fn a_writer_that_wakes_up_after_its_lock_was_taken_over_changes_nothing() {
    let access = store("taken");
    let schema = schema(Layout::Exact, &["produtos"], &[]);
    let mut asleep = files(Format::JsonLines, "taken", &access);
    asleep.open(&schema).unwrap();
    put(&mut *asleep, &schema, 0, 1, 1);
    let place = S3::new("taken", &access).unwrap().impatient();
    let mut awake =
        Files::at(Format::JsonLines, Box::new(place), &settings(Format::JsonLines, Path::new("unused")));
    awake.open(&schema).unwrap();
    put(&mut awake, &schema, 0, 1, 7);
    awake.commit(&[("produtos", &Bookmark { cursor: Some(7), ..Bookmark::default() })]).unwrap();
    let late = asleep.commit(&[("produtos", &Bookmark::default())]).unwrap_err().to_string();
    assert!(late.contains("another run"), "{late}");
    drop(asleep);
    // Its end did not give back the lock of the other, and what that one committed is as it was.
    let busy = files(Format::JsonLines, "taken", &access).open(&schema).unwrap_err().to_string();
    assert!(busy.contains("another run is writing"), "{busy}");
    awake.remove(0, &[1]).unwrap();
    put(&mut awake, &schema, 0, 1, 8);
    awake.commit(&[]).unwrap();
    drop(awake);
    let mut next = files(Format::JsonLines, "taken", &access);
    assert_eq!(next.open(&schema).unwrap().bookmarks[0].1.cursor, Some(7));
    assert_eq!(next.known(0, &[1]).unwrap()[0].hash, super::testing::hash_of(1, 8));
}

#[test]
fn what_is_wrong_with_a_bucket_is_said_without_the_secret() {
    let access = store("there");
    let schema = schema(Layout::Exact, &["produtos"], &[]);
    let missing = files(Format::Csv, "not-there/x", &access).open(&schema).unwrap_err().to_string();
    assert!(missing.contains("there is no bucket not-there"), "{missing}");
    let nowhere = Access { endpoint: Some("http://127.0.0.1:9".to_owned()), ..access };
    let unreachable = files(Format::Csv, "there", &nowhere).check().unwrap_err().to_string();
    assert!(unreachable.contains("bucket there") && !unreachable.contains("very-secret"), "{unreachable}");
    assert!(S3::new("there/../elsewhere", &nowhere).is_err());
}
