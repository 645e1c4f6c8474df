//! The timeline as an SVG: what the process held, hour by hour, beside what the old service did by its documentation.

use std::fmt::Write;

use super::hour::Hour;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 168.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 48.0;
const MIB: f64 = 1_048_576.0;
/// Megabytes at the top of the axis.
const MOST: f64 = 700.0;

/// The old service by its documentation: hour and megabytes.
const BEFORE: [(f64, f64); 2] = [(0.0, 150.0), (24.0, 650.0)];
/// The same after its fix; what followed the first day is not documented.
const AFTER: [(f64, f64); 2] = [(0.0, 150.0), (24.0, 180.0)];

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:15px}\
.g{stroke:#ddd}.l{fill:none;stroke-width:2}.o{stroke:#0072b2}.b{stroke:#d55e00;stroke-dasharray:6 4}\
.a{stroke:#8a6d00;stroke-dasharray:2 3}svg{background:#fff}\
@media(prefers-color-scheme:dark){svg{background:#14171b}text{fill:#e6e6e6}.g{stroke:#3a3f46}.a{stroke:#e0b000}}";

/// The chart of these hours.
pub fn chart(hours: &[Hour]) -> String {
    let last = hours.last().map_or(1.0, |hour| f64::from(hour.number)).max(24.0);
    let x = |hour: f64| LEFT + hour / last * (WIDTH - LEFT - RIGHT);
    let y = |megabytes: f64| HEIGHT - BOTTOM - megabytes / MOST * (HEIGHT - TOP - BOTTOM);
    let line = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        points
            .map(|(hour, megabytes)| format!("{:.1},{:.1}", x(hour), y(megabytes)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let highs = hours.iter().map(|hour| hour.rss_high as f64 / MIB);
    let most = highs.clone().fold(0.0, f64::max);
    let ours = line(&mut hours.iter().map(|hour| (f64::from(hour.number), hour.rss_high as f64 / MIB)));
    let (before, after) = (line(&mut BEFORE.into_iter()), line(&mut AFTER.into_iter()));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"t d\">\n\
         <title id=\"t\">Resident memory over {last:.0} simulated hours</title>\n\
         <desc id=\"d\">Evenkeel stays at or below {most:.1} MiB; the old service was documented to rise from 150 to 650 MB \
         within a day, after its fix from 150 to 180 MB.</desc>\n<style>{STYLE}</style>\n\
         <text class=\"t\" x=\"{LEFT}\" y=\"24\">Resident memory, MB</text>\n"
    );
    for megabytes in [0.0, 100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0] {
        let at = y(megabytes);
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<line class=\"g\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{megabytes}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    let step = (last / 24.0 / 8.0).ceil().max(1.0) * if last <= 48.0 { 6.0 } else { 24.0 };
    let mut hour = 0.0;
    while hour <= last {
        let label = if last <= 48.0 { format!("{hour:.0} h") } else { format!("day {:.0}", hour / 24.0) };
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            x(hour),
            HEIGHT - BOTTOM + 20.0
        );
        hour += step;
    }
    let _ = write!(
        svg,
        "<polyline class=\"l b\" points=\"{before}\"/><polyline class=\"l a\" points=\"{after}\"/><polyline class=\"l o\" points=\"{ours}\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\">Evenkeel, {most:.1} MiB</text>\n\
         <text x=\"{:.1}\" y=\"{:.1}\">old service, crash</text>\n<text x=\"{:.1}\" y=\"{:.1}\">old service, fixed</text>\n</svg>\n",
        x(last) + 8.0,
        y(most) + 4.0,
        x(24.0) + 8.0,
        y(650.0) + 4.0,
        x(24.0) + 8.0,
        y(180.0) + 4.0
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_says_in_words_what_it_shows() {
        let hours: Vec<Hour> =
            (1..=48).map(|number| Hour { number, rss_high: 12 << 20, ..Hour::default() }).collect();
        let svg = chart(&hours);
        assert!(svg.contains("at or below 12.0 MiB") && svg.contains("over 48 simulated hours"), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(svg.ends_with("</svg>\n"));
    }
}
