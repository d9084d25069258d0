//! The report as a browser draws it: on a wide screen, on a telephone, on paper, and without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::session::simulated;

/// The browser; `None` if the user leaves these tests out.
fn browser() -> Option<PathBuf> {
    let without = std::env::var("LEAKASSAY_WITHOUT").unwrap_or_default();
    if without.split(',').any(|name| name == "chromium") {
        eprintln!("not run: chromium is left out by LEAKASSAY_WITHOUT");
        return None;
    }
    let places: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = places.iter().flat_map(|place| names.map(|name| place.join(name))).find(|program| program.is_file());
    Some(found.expect("no Chromium: `cargo xtask test` installs it; LEAKASSAY_WITHOUT=chromium leaves these tests out"))
}

fn run(browser: &Path, words: &[&str], page: &Path) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut command = Command::new("timeout");
    command.arg("120").arg(browser).args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.arg("--allow-file-access-from-files").arg(format!("--user-data-dir={}", profile.path().display()));
    let ended = command.args(words).arg(format!("file://{}", page.display())).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

fn report() -> PathBuf {
    simulated().root.join("assessment/report.html")
}

/// Draws the report in frames of several widths and asks the browser how wide it became, and whether it said anything.
#[test]
fn the_report_fits_every_screen() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::copy(report(), folder.path().join("report.html")).unwrap();
    let page = folder.path().join("frames.html");
    let frames: String = [320, 768, 1440]
        .iter()
        .map(|width| format!("<iframe src=\"report.html\" style=\"width:{width}px;height:900px;border:0\"></iframe>"))
        .collect();
    let script = "onload = () => { document.title = [...document.querySelectorAll('iframe')].map(frame => {\
        const root = frame.contentDocument.documentElement;\
        return frame.clientWidth + ':' + root.scrollWidth; }).join(' '); }";
    fs::write(&page, format!("<!doctype html><body>{frames}<script>{script}</script>")).unwrap();
    let drawn = run(&browser, &["--dump-dom", "--virtual-time-budget=10000"], &page);
    let title = drawn.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default();
    let widths: Vec<(u32, u32)> = title
        .split(' ')
        .filter_map(|pair| pair.split_once(':'))
        .map(|(frame, page)| (frame.parse().unwrap(), page.parse().unwrap()))
        .collect();
    assert_eq!(widths.len(), 3, "the browser did not answer: {title:?}");
    for (frame, page) in widths {
        assert!(page <= frame, "at {frame} px the report is {page} px wide");
    }
}

#[test]
fn the_report_prints() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let paper = folder.path().join("report.pdf");
    run(&browser, &[&format!("--print-to-pdf={}", paper.display()), "--no-pdf-header-footer"], &report());
    let pdf = fs::read(paper).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&pdf);
    let pages = text.matches("/Type /Page\n").count()
        + text.matches("/Type /Page/").count()
        + text.matches("/Type /Page ").count();
    // The duties fill most of it: a table row for each recipient, with every condition that counsel must judge.
    assert!((2..=100).contains(&pages), "the report has {pages} printed pages");
}

/// No element may load anything; only a link that a reader follows may lead outside.
#[test]
fn the_report_loads_nothing() {
    let page = fs::read_to_string(report()).unwrap();
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        assert!(
            !["script", "iframe", "object", "embed", "base", "form", "img", "audio", "video"].contains(&name)
                || !tag.contains("//"),
            "<{tag}>"
        );
        if name != "a" {
            let loads = ["src=", "href=\"http", "href=\"//", "srcset=", "action="];
            assert!(!loads.iter().any(|word| tag.contains(word)) || tag.contains("data:"), "<{tag}> loads something");
        }
    }
    assert!(!page.contains("@import") && !page.contains("url(http"), "a style loads something");
    assert!(page.contains("Content-Security-Policy"), "nothing forbids the page to load");
}

#[test]
fn the_report_can_be_read_aloud() {
    let page = fs::read_to_string(report()).unwrap();
    assert!(page.contains("<html lang=\"en\""), "the language is not said");
    assert_eq!(page.matches("<h1").count(), 1, "one heading of the first level");
    assert!(page.contains("<main"), "no landmark for the content");
    for drawing in page.split("<svg").skip(1) {
        let tag = drawing.split('>').next().unwrap_or_default();
        let named = tag.contains("aria-label")
            || tag.contains("aria-hidden")
            || drawing.split("</svg>").next().unwrap_or_default().contains("<title");
        assert!(named, "a drawing has no name: <svg{tag}>");
    }
    for table in page.split("<table").skip(1) {
        let table = table.split("</table>").next().unwrap_or_default();
        assert!(table.contains("<th"), "a table has no headings: {}", &table[..table.len().min(200)]);
    }
}
