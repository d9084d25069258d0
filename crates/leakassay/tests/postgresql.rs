//! Dumps that a real pg_dump wrote, from a server that this test starts and stops.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::session::{Case, hand_made, leakassay};

/// Where the server's programs are; `None` if the user leaves these tests out.
fn programs() -> Option<PathBuf> {
    let without = std::env::var("LEAKASSAY_WITHOUT").unwrap_or_default();
    if without.split(',').any(|name| name == "postgresql") {
        eprintln!("not run: postgresql is left out by LEAKASSAY_WITHOUT");
        return None;
    }
    let mut places: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let found = places.into_iter().find(|place| place.join("initdb").is_file() && place.join("pg_dump").is_file());
    Some(
        found.expect(
            "no PostgreSQL: `cargo xtask test` installs it; LEAKASSAY_WITHOUT=postgresql leaves these tests out",
        ),
    )
}

/// A server in a folder of its own, reached by a socket only.
struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    fn start(programs: PathBuf) -> Server {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(folder.path()));
        }
        let server = Server { programs, folder };
        let data = server.data();
        run(server.command("initdb").args(["-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"]).arg(&data));
        let options = format!("-c listen_addresses='' -c fsync=off -k {}", server.folder.path().display());
        let log = server.folder.path().join("log");
        run(server.command("pg_ctl").arg("-D").arg(&data).arg("-l").arg(log).args(["-w", "-o", &options, "start"]));
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server refuses to run as root, so as root everything is done as nobody.
    fn command(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() { Command::new("setpriv") } else { Command::new(&program) };
        if is_root() {
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        }
        command.current_dir(self.folder.path()).env("PGHOST", self.folder.path()).env("PGUSER", "tester");
        command.env("PGDATABASE", "postgres").env("LC_ALL", "C.UTF-8");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).output();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

#[track_caller]
fn run(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

/// Two tables, with the characters that dumps must escape.
fn schema_and_rows() -> String {
    let mut sql = String::from(
        "create table customers (id bigint primary key, first_name text, last_name text, dob date, ssn text, note text);\n\
         create table orders (id bigint primary key, customer bigint, placed timestamptz, total numeric(9,2));\n",
    );
    for (index, [given, surname, dob, ssn, ..]) in hand_made(500).iter().enumerate() {
        let note = ["null", "E'tab\\there'", "E'line\\nbreak \\\\ slash'", "'quote '' and ; -- no comment'"][index % 4];
        sql.push_str(&format!(
            "insert into customers values ({index}, '{given}', '{}', '{dob}', '{ssn}', {note});\n\
             insert into orders values ({index}, {index}, '2026-01-01 10:00Z', {index}.50);\n",
            surname.replace('\'', "''")
        ));
    }
    sql
}

fn check(server: &Server, options: &[&str]) {
    let dump = run(server.command("pg_dump").args(options));
    let case = Case::of(&[("dump.sql", &dump)]);
    let path = case.path("dump.sql");
    let json = leakassay(&["scan", path.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    let tables = json["files"][0]["tables"].as_array().unwrap();
    let table = |name: &str| {
        let named = tables
            .iter()
            .find(|table| table["name"].as_str().is_some_and(|full| full.rsplit('.').next() == Some(name)));
        named.unwrap_or_else(|| panic!("no table {name} with {options:?}: {json:#}"))
    };
    assert_eq!(table("customers")["rows"], 500, "{options:?}: {json:#}");
    assert_eq!(table("orders")["rows"], 500, "{options:?}: {json:#}");
    let elements: Vec<&str> = table("customers")["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["element"].as_str().filter(|_| column["state"] == "report").unwrap_or("-"))
        .collect();
    assert_eq!(&elements[1..5], ["given_name", "surname", "dob", "ssn"], "{options:?}: {json:#}");
    assert!(
        table("orders")["columns"]
            .as_array()
            .unwrap()
            .iter()
            .all(|column| column["state"] != "report" || column["element"].is_null())
    );
}

#[test]
fn dumps_of_pg_dump_are_read_in_every_form() {
    let Some(programs) = programs() else { return };
    let server = Server::start(programs);
    let script = server.folder.path().join("rows.sql");
    fs::write(&script, schema_and_rows()).unwrap();
    run(server.command("psql").args(["-q1", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&script));
    check(&server, &[]);
    check(&server, &["--inserts"]);
    check(&server, &["--column-inserts"]);
    check(&server, &["--rows-per-insert=100"]);
}
