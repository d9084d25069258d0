//! Lines of logs as systems write them. They hold addresses of machines, and numbers of every length that are nobody's.

use super::super::Numbers;
use super::fields::{hex, uuid};

const HOSTS: &[&str] = &["web-01", "db3", "ip-10-0-4-17", "gw.corp.lan", "node-7f9c", "mail2", "edge-eu-1"];
const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Stands before and behind an address while a line is made.
const MARKS: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];

fn address(n: &mut Numbers) -> String {
    format!("\u{1}{}.{}.{}.{}\u{3}", n.within(11, 223), n.below(256), n.below(256), n.within(1, 254))
}

fn mac(n: &mut Numbers) -> String {
    let bytes: Vec<String> = (0..6).map(|_| hex(n, 2)).collect();
    bytes.join(":")
}

fn number(n: &mut Numbers, digits: usize) -> String {
    format!("{}{}", n.within(1, 9), n.digits(digits - 1))
}

fn syslog(n: &mut Numbers) -> String {
    format!(
        "{} {:2} {:02}:{:02}:{:02} {} ",
        n.of(MONTHS),
        n.within(1, 28),
        n.below(24),
        n.below(60),
        n.below(60),
        n.of(HOSTS)
    )
}

fn iso(n: &mut Numbers) -> String {
    let (month, day) = (n.within(1, 12), n.within(1, 28));
    let (hour, minute, second) = (n.below(24), n.below(60), n.below(60));
    format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{}", n.digits(6))
}

/// One line, without its end, and the addresses of machines in it.
pub(super) fn marked(n: &mut Numbers) -> (String, Vec<(&'static str, usize, usize)>) {
    let (mut text, mut truth) = (String::new(), Vec::new());
    for sign in raw(n).chars() {
        match MARKS.iter().position(|mark| *mark == sign) {
            Some(2) => truth.last_mut().into_iter().for_each(|(_, _, end)| *end = text.len()),
            Some(kind) => truth.push((["ip", "mac"][kind], text.len(), 0)),
            None => text.push(sign),
        }
    }
    (text, truth)
}

/// One line, without its end.
pub(super) fn line(n: &mut Numbers) -> String {
    marked(n).0
}

fn raw(n: &mut Numbers) -> String {
    match n.below(34) {
        kind @ 0..12 => system(n, kind),
        kind @ 12..22 => service(n, kind),
        kind => program(n, kind),
    }
}

fn system(n: &mut Numbers, kind: u64) -> String {
    let head = syslog(n);
    head + &match kind {
        0 => format!(
            "sshd[{}]: Accepted publickey for deploy from {} port {} ssh2: RSA SHA256:{}",
            number(n, 5),
            address(n),
            n.within(1024, 65535),
            hex(n, 43)
        ),
        1 => format!(
            "sshd[{}]: Failed password for invalid user admin from {} port {} ssh2",
            number(n, 4),
            address(n),
            n.within(1024, 65535)
        ),
        2 => format!(
            "kernel: [{}.{}] usb 1-1.{}: new high-speed USB device number {} using xhci_hcd",
            number(n, 7),
            n.digits(6),
            n.below(9),
            n.within(2, 99)
        ),
        3 => format!(
            "kernel: [{}.{}] Out of memory: Killed process {} (java) total-vm:{}kB, anon-rss:{}kB",
            number(n, 6),
            n.digits(6),
            number(n, 5),
            number(n, 9),
            number(n, 8)
        ),
        4 => format!(
            "kernel: [UFW BLOCK] IN=eth0 OUT= MAC={}:{}:08:00 SRC={} DST={} LEN={} TOS=0x00 TTL={} ID={} PROTO=TCP SPT={} DPT={}",
            mac(n),
            mac(n),
            address(n),
            address(n),
            n.within(40, 1500),
            n.below(255),
            n.below(65535),
            n.below(65535),
            n.below(65535)
        ),
        5 => format!(
            "dhcpd[{}]: DHCPACK on {} to \u{2}{}\u{3} via eth0 lease 86400 xid 0x{}",
            number(n, 4),
            address(n),
            mac(n),
            hex(n, 8)
        ),
        _ => daemon(n, kind),
    }
}

/// Lines of daemons of a system.
fn daemon(n: &mut Numbers, kind: u64) -> String {
    match kind {
        6 => format!(
            "postfix/smtpd[{}]: {}: client=unknown[{}], size={}, nrcpt=1 (queue active)",
            number(n, 5),
            hex(n, 11).to_uppercase(),
            address(n),
            number(n, 7)
        ),
        7 => format!(
            "CRON[{}]: (root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.{}) id {}",
            number(n, 6),
            n.of(&["daily", "hourly"]),
            number(n, 10)
        ),
        8 => format!("systemd[1]: Started Session {} of user deploy ({}).", number(n, 5), uuid(n)),
        9 => format!(
            "named[{}]: zone corp.lan/IN: serial number {} has not increased, sending notifies (serial {})",
            number(n, 4),
            number(n, 10),
            number(n, 10)
        ),
        10 => format!(
            "smartd[{}]: Device: /dev/sda, S/N:{}, WWN:{}-{}-{}-{}, FW:{}.{}, {} GB",
            number(n, 4),
            hex(n, 12).to_uppercase(),
            n.digits(1),
            n.digits(6),
            n.digits(3),
            n.digits(9),
            n.digits(2),
            n.digits(4),
            n.digits(3)
        ),
        _ => format!(
            "ntpd[{}]: offset {}.{} sec freq -{}.{} ppm error {}.{} poll 10",
            number(n, 5),
            n.digits(1),
            n.digits(9),
            n.digits(2),
            n.digits(6),
            n.digits(1),
            n.digits(9)
        ),
    }
}

fn service(n: &mut Numbers, kind: u64) -> String {
    match kind {
        12 | 13 => format!(
            "{} - - [{:02}/{}/2026:{:02}:{:02}:{:02} +0000] \"GET /api/v{}/items/{}?cursor={}&ts={} HTTP/1.1\" 200 {} \"-\" \"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.{}.{} Safari/537.36\" rt={}.{}",
            address(n),
            n.within(1, 28),
            n.of(MONTHS),
            n.below(24),
            n.below(60),
            n.below(60),
            n.below(4),
            number(n, 9),
            number(n, 16),
            number(n, 10),
            number(n, 6),
            n.within(90, 140),
            number(n, 4),
            n.within(10, 199),
            n.below(3),
            n.digits(3)
        ),
        14 => format!(
            "2026/03/{:02} {:02}:{:02}:{:02} [error] {}#{}: *{} upstream timed out (110: Connection timed out), client: {}, request: \"POST /upload HTTP/2.0\"",
            n.within(1, 28),
            n.below(24),
            n.below(60),
            n.below(60),
            number(n, 5),
            number(n, 5),
            number(n, 9),
            address(n)
        ),
        15 => format!(
            "{} UTC [{}] LOG:  duration: {}.{} ms  execute S_{}: SELECT * FROM orders WHERE id = {} AND batch = '{}'",
            iso(n),
            number(n, 5),
            number(n, 4),
            n.digits(3),
            n.below(99),
            number(n, 9),
            number(n, 15)
        ),
        16 => format!(
            "{} UTC [{}] LOG:  checkpoint complete: wrote {} buffers; lsn={:X}/{}, redo lsn={:X}/{}; distance={} kB",
            iso(n),
            number(n, 5),
            number(n, 5),
            n.below(99),
            hex(n, 8).to_uppercase(),
            n.below(99),
            hex(n, 8).to_uppercase(),
            number(n, 9)
        ),
        _ => cluster(n, kind),
    }
}

/// Lines of a cluster.
fn cluster(n: &mut Numbers, kind: u64) -> String {
    match kind {
        17 => format!(
            "{{\"time\":\"{}Z\",\"epoch\":{},\"id\":{},\"msg\":\"cache miss\",\"key\":\"obj:{}\",\"trace_id\":\"{}\",\"span\":\"{}\",\"bytes\":{}}}",
            iso(n),
            number(n, 13),
            number(n, 18),
            number(n, 12),
            hex(n, 32),
            hex(n, 16),
            number(n, 9)
        ),
        18 => format!(
            "I0{} {:02}:{:02}:{:02}.{} {} reconciler.go:{}] \"volume attached\" volume=\"pvc-{}\" pod=\"shop-{}-{}\"",
            n.digits(3),
            n.below(24),
            n.below(60),
            n.below(60),
            n.digits(6),
            number(n, 7),
            n.below(900),
            uuid(n),
            hex(n, 9),
            hex(n, 5)
        ),
        19 => format!(
            "time={}Z level=info msg=\"commit\" offset={} partition={} leader_epoch={} crc={}",
            iso(n),
            number(n, 10),
            n.below(64),
            n.below(99),
            number(n, 10)
        ),
        20 => format!(
            "[{}] {} {}.{}.{}-{} installed, package size {} bytes, sha256 {}",
            number(n, 10),
            n.of(&["openssl", "libc6", "kernel"]),
            n.below(9),
            n.below(30),
            n.below(20),
            n.digits(3),
            number(n, 8),
            hex(n, 64)
        ),
        _ => format!(
            "{} haproxy[{}]: {}:{} [{:02}/Mar/2026:{:02}:{:02}:{:02}.{}] fe~ be/srv{} {}/{}/{}/{}/{} 200 {} - - ---- {}/{}/{}/{}/0 0/0",
            syslog(n),
            number(n, 5),
            address(n),
            number(n, 5),
            n.within(1, 28),
            n.below(24),
            n.below(60),
            n.below(60),
            n.digits(3),
            n.below(9),
            n.below(99),
            n.below(9),
            n.below(9),
            n.below(999),
            n.below(999),
            number(n, 7),
            n.below(999),
            n.below(999),
            n.below(99),
            n.below(99)
        ),
    }
}

fn program(n: &mut Numbers, kind: u64) -> String {
    match kind {
        22 => format!("\tat com.acme.billing.InvoiceService.run(InvoiceService.java:{})", n.below(2000)),
        23 => format!(
            "{} ERROR [http-nio-8080-exec-{}] c.a.s.OrderController - order {} failed after {} ms, correlation {}",
            iso(n),
            n.below(200),
            number(n, 10),
            number(n, 5),
            uuid(n)
        ),
        24 => format!(
            "{} INFO  shipped parcel {} tracking 1Z{} {} {} weight {}.{} kg",
            iso(n),
            number(n, 9),
            hex(n, 6).to_uppercase(),
            n.digits(2),
            n.digits(8),
            n.below(30),
            n.digits(2)
        ),
        25 => format!(
            "GC({}) Pause Young (Normal) (G1 Evacuation Pause) {}M->{}M({}M) {}.{}ms",
            n.below(9999),
            number(n, 4),
            number(n, 4),
            number(n, 5),
            n.below(90),
            n.digits(3)
        ),
        26 => format!(
            "{}: {} {} {}x{} {} {}",
            number(n, 10),
            hex(n, 8),
            number(n, 7),
            number(n, 4),
            number(n, 4),
            number(n, 11),
            number(n, 3)
        ),
        27 => format!("commit {} tree {} author ci {} +0000", hex(n, 40), hex(n, 40), number(n, 10)),
        _ => device(n, kind),
    }
}

/// Lines of devices and batch jobs.
fn device(n: &mut Numbers, kind: u64) -> String {
    match kind {
        28 => format!(
            "EventID={} RecordNumber={} Computer=WS-{} LogonId=0x{} ProcessId={} ActivityID={{{}}}",
            n.within(4600, 4800),
            number(n, 8),
            number(n, 5),
            hex(n, 6),
            number(n, 5),
            uuid(n)
        ),
        29 => format!(
            "meter={} reading={}.{} interval={} seq={} crc=0x{}",
            number(n, 9),
            number(n, 6),
            n.digits(3),
            n.below(96),
            number(n, 8),
            hex(n, 4)
        ),
        30 => format!(
            "sync {} of {} rows, checkpoint {}-{}-{}, eta {:02}:{:02}:{:02}",
            number(n, 6),
            number(n, 9),
            n.digits(4),
            n.digits(4),
            n.digits(4),
            n.below(24),
            n.below(60),
            n.below(60)
        ),
        31 => format!(
            "GPS fix lat={}.{} alt={}.{} sats={} hdop={}.{} t={}.{}",
            n.below(90),
            n.digits(7),
            n.digits(3),
            n.digits(1),
            n.below(14),
            n.below(3),
            n.digits(2),
            number(n, 10),
            n.digits(3)
        ),
        32 => format!(
            "partition {}: {} {} {} {} {}",
            n.below(64),
            number(n, 9),
            number(n, 10),
            number(n, 9),
            number(n, 10),
            number(n, 12)
        ),
        _ => format!(
            "backup job {} part {}-{}-{} of archive {} finished in {} s ({} bytes, {} files)",
            number(n, 6),
            n.digits(3),
            n.digits(2),
            n.digits(3),
            number(n, 16),
            number(n, 4),
            number(n, 11),
            number(n, 5)
        ),
    }
}
