//! A source for the connector's benchmark: contacts in the shape and order of the NectarCRM lists, made from their number, so that serving a page
//! costs little and is the same in every run. It knows the paging, the date filters and `attribute=id` of the contract, and Favo's change feed;
//! every other list is empty.
//!
//! Usage: `pages PORT CONTACTS [LATENCY_MS]`. `POST /touch?count=N` changes N contacts spread over all of them; `GET /requests` tells how many requests came.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 2023-01-02T03:00:00Z, midnight in São Paulo: when the first contact was created.
const FIRST: i64 = 1_672_628_400;
const DAY: i64 = 86_400;
/// The contacts were created evenly over this time.
const SPAN: i64 = 3 * 365 * DAY;
/// São Paulo keeps no summer time in these years.
const OFFSET: i64 = -3 * 3600;
const FIRST_ID: i64 = 1000;

struct Source {
    contacts: i64,
    latency: Duration,
    requests: AtomicU64,
    /// Contacts touched, oldest first: index and second of the change.
    touched: RwLock<Vec<(i64, i64)>>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<i64>().ok());
    let (Some(port), Some(contacts)) = (number(1), number(2)) else {
        eprintln!("usage: pages PORT CONTACTS [LATENCY_MS]");
        std::process::exit(2);
    };
    let source = Arc::new(Source {
        contacts,
        latency: Duration::from_millis(number(3).unwrap_or(0).unsigned_abs()),
        requests: AtomicU64::new(0),
        touched: RwLock::new(Vec::new()),
    });
    let listener = TcpListener::bind(("127.0.0.1", port as u16)).expect("the port is free");
    println!("{}", listener.local_addr().expect("an address").port());
    for stream in listener.incoming().flatten() {
        let source = Arc::clone(&source);
        std::thread::spawn(move || serve(&source, stream));
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

fn serve(source: &Source, mut stream: TcpStream) {
    let Ok(copy) = stream.try_clone() else { return };
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(copy);
    let (mut line, mut body, mut head) = (String::new(), String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let target = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut length = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut rest = vec![0; length];
        if reader.read_exact(&mut rest).is_err() {
            return;
        }
        body.clear();
        source.answer(&target, &mut body);
        head.clear();
        let _ = write!(
            head,
            "HTTP/1.1 200 OK\r\ndate: {}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
            http_date(now()),
            body.len()
        );
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

impl Source {
    fn answer(&self, target: &str, out: &mut String) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let parameter = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        match path {
            "/requests" => {
                let _ = write!(out, "{}", self.requests.load(Ordering::Relaxed));
                return;
            }
            "/touch" => {
                let count = parameter("count").and_then(|count| count.parse().ok()).unwrap_or(100);
                let mut touched = self.touched.write().expect("no panic holds it");
                touched.extend((0..count).map(|at| (at * (self.contacts / count), now())));
                let _ = write!(out, "{}", touched.len());
                return;
            }
            _ => {}
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(self.latency);
        let path = path.trim_end_matches('/');
        if path == "/favo/v1/changes" {
            self.changes(parameter("after").unwrap_or("0"), out);
        } else if path.ends_with("/contatos") || path.ends_with("/contacts") {
            let number = |name: &str| parameter(name).and_then(|text| text.parse::<i64>().ok());
            let size = number("displayLength").unwrap_or(15).clamp(1, 200);
            let from = (number("page").unwrap_or(1).max(1) - 1) * size;
            let day = |name: &str| parameter(name).and_then(day);
            let ids_only = parameter("attribute") == Some("id");
            let since = day("dataInicioAtualizacao");
            out.push('[');
            let mut push = |index: i64| {
                if out.len() > 1 {
                    out.push(',');
                }
                if ids_only {
                    let _ = write!(out, r#"{{"id":{}}}"#, FIRST_ID + index);
                } else {
                    self.contact(index, out);
                }
            };
            if let Some(since) = since {
                self.updated(since).skip(from as usize).take(size as usize).for_each(&mut push);
            } else {
                let first = day("dataInicio").map_or(0, |day| self.index_at(day));
                let end = day("dataFim").map_or(self.contacts, |day| self.index_at(day + DAY));
                (first..end).rev().skip(from as usize).take(size as usize).for_each(&mut push);
            }
            out.push(']');
        } else if let Some(id) = path.rsplit_once("/contatos/").and_then(|(_, id)| id.parse::<i64>().ok()) {
            self.contact(id - FIRST_ID, out);
        } else if path.ends_with("/camposPersonalizados") || path.ends_with("/campoPersonalizado") {
            let first = parameter("page").is_none_or(|page| page == "1");
            out.push_str(if first { DEFINITIONS } else { "[]" });
        } else {
            out.push_str("[]");
        }
    }

    fn created(&self, index: i64) -> i64 {
        FIRST + index * SPAN / self.contacts
    }

    /// The first contact created at that second or later.
    fn index_at(&self, second: i64) -> i64 {
        (((second - FIRST) * self.contacts + SPAN - 1) / SPAN).clamp(0, self.contacts)
    }

    fn last_touch(&self, index: i64) -> Option<i64> {
        let touched = self.touched.read().expect("no panic holds it");
        touched.iter().rev().find(|(at, _)| *at == index).map(|(_, second)| *second)
    }

    /// The contacts changed at that second or later, newest first.
    fn updated(&self, since: i64) -> impl Iterator<Item = i64> {
        let mut latest: Vec<(i64, i64)> = Vec::new();
        for (index, second) in self.touched.read().expect("no panic holds it").iter().rev() {
            if !latest.iter().any(|(_, known)| known == index) {
                latest.push((*second, *index));
            }
        }
        latest.sort_unstable_by(|one, other| other.cmp(one));
        let touched: Vec<i64> = latest.iter().map(|(_, index)| *index).collect();
        let others = (self.index_at(since)..self.contacts).rev().filter({
            let touched = touched.clone();
            move |index| !touched.contains(index)
        });
        touched.into_iter().chain(others)
    }

    fn changes(&self, after: &str, out: &mut String) {
        let touched = self.touched.read().expect("no panic holds it").clone();
        let last = touched.len();
        let after = if after == "latest" { last } else { after.parse().unwrap_or(0).min(last) };
        let next = (after + 1000).min(last);
        let _ = write!(out, r#"{{"after":{after},"next":{next},"mark":0,"more":{},"changes":["#, next < last);
        for (position, (index, second)) in touched[after..next].iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            let (sequence, id) = (after + position + 1, FIRST_ID + index);
            let _ = write!(
                out,
                r#"{comma}{{"sequence":{sequence},"at":"{}","kind":"updated","resource":"contatos","id":{id},"record":"#,
                moment(*second)
            );
            self.contact(*index, out);
            out.push('}');
        }
        out.push_str("]}");
    }

    fn contact(&self, index: i64, out: &mut String) {
        let id = FIRST_ID + index;
        let created = moment(self.created(index));
        let updated = self.last_touch(index).map_or_else(|| created.clone(), moment);
        let seller = 2 + index % 7;
        let (city, code) =
            [("São Paulo", 3_550_308), ("Campinas", 3_509_502), ("Belém", 1_501_402)][(index % 3) as usize];
        let organisation = index % 10 < 7;
        let people = 1 + index % 2;
        let cents = index * 37 % 100;
        let _ = write!(
            out,
            r#"{{"id":{id},"nome":"Padaria Irmãos Araújo {id}","codigo":"{index:08}","razaoSocial":"Padaria Irmãos Araújo {id} Comércio de Alimentos Ltda.","constante":{},"ativo":true,"empresa":{organisation},"isEmpresa":{organisation},"cnpj":"{:02}.{:03}.{:03}/0001-{:02}","emails":["contato{id}@padaria.example""#,
            index % 4,
            index % 90,
            index % 997,
            index % 991,
            index % 97
        );
        if index % 2 == 0 {
            let _ = write!(out, r#","financeiro{id}@padaria.example""#);
        }
        let _ = write!(
            out,
            r#"],"email":"contato{id}@padaria.example","emailPrincipal":"contato{id}@padaria.example","telefones":["(11) 5{:03}-{:04}""#,
            index % 1000,
            index % 10_000
        );
        if index % 2 == 1 {
            let _ = write!(out, r#","(11) 9{:04}-{:04}""#, index % 10_000, index % 9973);
        }
        let _ = write!(
            out,
            r#"],"telefone":"(11) 5{:03}-{:04}","telefonePrincipal":"(11) 5{:03}-{:04}","site":"https://www.padaria{id}.example","origem":"Indicação","origemObject":{{"id":3,"nome":"Indicação"}},"segmento":"Alimentação","segmentoObject":{{"id":6,"nome":"Alimentação"}},"categoria":"Estratégico","categoriaObject":{{"id":4,"nome":"Estratégico","ativo":true}},"receitaAnual":{}.{cents:02},"observacao":"Compra às terças; prefere \"nota\" por e-mail.\nLigar antes das 10h.","responsavel":{{"id":{seller},"login":"vendas{seller}@vendas.example","nome":"Lúcia Valadares {seller}"}},"autor":{{"id":{seller},"login":"vendas{seller}@vendas.example","nome":"Lúcia Valadares {seller}"}},"contatos":["#,
            index % 1000,
            index % 10_000,
            index % 1000,
            index % 10_000,
            index * 13 % 5_000_000
        );
        for person in 0..people {
            let comma = if person == 0 { "" } else { "," };
            let pid = 50_000_000 + index * 2 + person;
            let _ = write!(
                out,
                r#"{comma}{{"id":{pid},"nome":"Anderson Bastos {pid}","cargo":"Coordenação","email":"a{pid}@padaria.example","emailPrincipal":"a{pid}@padaria.example","emails":["a{pid}@padaria.example"],"diasSemInteracao":{}}}"#,
                index % 90
            );
        }
        out.push_str(r#"],"empresasAtuais":["#);
        if index % 10 < 3 {
            let _ = write!(
                out,
                r#"{{"id":{id},"contato":{{"id":{id}}},"empresa":{{"id":{}}},"empresaPrincipal":true,"dataAtualizacao":"{created}"}}"#,
                FIRST_ID + index / 2
            );
        }
        let _ = write!(
            out,
            r#"],"contatosPai":[],"enderecos":[{{"id":{id},"tipo":"COMERCIAL_MATRIZ","principal":true,"cep":"{:05}-{:03}","logradouro":"Rua Boa Esperança","endereco":"Rua Boa Esperança","numero":"{}","complemento":"Sala {}","bairro":"Distrito Industrial","municipio":"{city}","codigoMunicipioIbge":{code},"pais":"Brasil","searchByCep":false}}],"camposPersonalizados":{{"Porte":"Grande"}},"camposPersonalizadosObject":{{"porte":{{"id":1,"valor":"Grande"}}}},"oportunidades":{},"tarefas":{},"compromissos":0,"qtdeQualificacoes":0,"diasSemInteracao":{},"integradoRD":false,"blocked":false,"dataCriacao":"{created}","dataAtualizacao":"{updated}"}}"#,
            index % 99_999,
            index % 1000,
            index % 5000,
            index % 900,
            index % 5,
            index % 3,
            index % 90
        );
    }
}

const DEFINITIONS: &str = r#"[{"id":1,"nome":"Porte","alias":"porte","tipo":5,"relacionado":"Contato","obrigatorio":false,"opcoes":["Pequeno","Grande"],"ativo":true}]"#;

/// The first second of a day `dd/MM/yyyy`, perhaps percent-encoded, in São Paulo.
fn day(text: &str) -> Option<i64> {
    let text = text.replace("%2F", "/").replace("%2f", "/");
    let mut parts = text.split('/').map(|part| part.parse::<i64>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    Some(days(year, month, day) * DAY - OFFSET)
}

/// Days since 1970, after Howard Hinnant's algorithm.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn moment(second: i64) -> String {
    let (year, month, day) = civil(second.div_euclid(DAY));
    let rest = second.rem_euclid(DAY);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.000Z", rest / 3600, rest / 60 % 60, rest % 60)
}

fn http_date(second: i64) -> String {
    let days = second.div_euclid(DAY);
    let (year, month, day) = civil(days);
    let rest = second.rem_euclid(DAY);
    let week = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days.rem_euclid(7) as usize];
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        [(month - 1) as usize];
    format!("{week}, {day:02} {name} {year} {:02}:{:02}:{:02} GMT", rest / 3600, rest / 60 % 60, rest % 60)
}
