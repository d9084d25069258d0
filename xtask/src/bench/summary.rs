//! The page that a reader sees, made from raw.csv.

use std::collections::BTreeMap;

use super::measure::Machine;

/// One line of raw.csv by column.
struct Line<'a> {
    benchmark: &'a str,
    program: &'a str,
    what: &'a str,
    wall: f64,
    processor: f64,
    peak: f64,
    bytes: f64,
    people: &'a str,
    count_error: &'a str,
    cluster_f1: &'a str,
    commit: &'a str,
    command: &'a str,
}

/// Writes the summary: medians over the runs of each commit, and our seconds against the peer's.
pub(crate) fn of(raw: &str, machine: &Machine, date: &str) -> String {
    let lines: Vec<Line> = raw.lines().skip(1).filter_map(read).collect();
    let mut text = format!(
        "# Measured on {date}\n\n{}, {} cores, {} GiB. Medians; every run is in [raw.csv](raw.csv).\n",
        machine.processor, machine.cores, machine.memory_gib
    );
    let mut groups: BTreeMap<(&str, &str), Vec<&Line>> = BTreeMap::new();
    for line in &lines {
        groups.entry((line.benchmark, line.commit)).or_default().push(line);
    }
    for ((benchmark, commit), lines) in groups {
        text.push_str(&format!("\n## {benchmark}, commit {commit}\n\n"));
        text.push_str("| Program | What | Runs | Wall s | CPU s | Peak MiB | MB/s | MB/s a core | People | Count error | Cluster F1 | Seconds, ours = 1 |\n");
        text.push_str("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        let mut rows: BTreeMap<(&str, &str), Vec<&Line>> = BTreeMap::new();
        lines.iter().for_each(|line| rows.entry((line.program, line.what)).or_default().push(line));
        let reference =
            rows.iter().find(|((program, _), _)| *program == "leakassay").map(|(_, runs)| median(runs, |run| run.wall));
        for ((program, what), runs) in &rows {
            text.push_str(&row(program, what, runs, reference));
        }
        text.push_str("\n```\n");
        rows.values().for_each(|runs| text.push_str(&format!("{}\n", runs[0].command)));
        text.push_str("```\n");
    }
    text
}

fn row(program: &str, what: &str, runs: &[&Line], reference: Option<f64>) -> String {
    let wall = median(runs, |run| run.wall);
    let processor = median(runs, |run| run.processor);
    let bytes = median(runs, |run| run.bytes);
    let last = runs[runs.len() - 1];
    format!(
        "| {program} | {what} | {} | {wall:.2} | {:.2} | {:.0} | {:.0} | {:.0} | {} | {} | {} | {} |\n",
        runs.len(),
        processor,
        median(runs, |run| run.peak) / f64::from(1 << 20),
        bytes / 1e6 / wall.max(0.001),
        bytes / 1e6 / processor.max(0.001),
        last.people,
        last.count_error,
        last.cluster_f1,
        reference.map_or_else(String::new, |reference| format!("{:.1}", wall / reference.max(0.001))),
    )
}

fn read(line: &str) -> Option<Line<'_>> {
    let fields: Vec<&str> = line.splitn(15, ',').collect();
    let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some(Line {
        benchmark: fields[0],
        program: fields.get(1)?,
        what: fields.get(2)?,
        wall: number(4)?,
        processor: number(5)? + number(6)?,
        peak: number(7)?,
        bytes: number(8)?,
        people: fields.get(10)?,
        count_error: fields.get(11)?,
        cluster_f1: fields.get(12)?,
        commit: fields.get(13)?,
        command: fields.get(14)?,
    })
}

fn median(runs: &[&Line], of: impl Fn(&Line) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(|run| of(run)).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ratios_are_written() {
        let mut raw = String::from("header\n");
        for (program, wall) in [("leakassay", "2.0"), ("leakassay", "1.0"), ("leakassay", "9.0"), ("splink", "60.0")] {
            raw.push_str(&format!(
                "people,{program},count,1,{wall},1.0,0.5,1048576,2000000,10,9,-0.001,0.99,abc1234,cmd a,b\n"
            ));
        }
        let machine = Machine { processor: "A".to_owned(), cores: 2, memory_gib: 4 };
        let text = of(&raw, &machine, "2026-01-01");
        assert!(
            text.contains("| leakassay | count | 3 | 2.00 | 1.50 | 1 | 1 | 1 | 9 | -0.001 | 0.99 | 1.0 |"),
            "{text}"
        );
        assert!(text.contains("| splink | count | 1 | 60.00 |") && text.contains("| 30.0 |"), "{text}");
        assert!(text.contains("cmd a,b"));
    }
}
