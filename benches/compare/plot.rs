//! The figures as SVG: latencies by percentile on a logarithmic scale, and throughput as bars.

use std::fmt::{Display, Write};

use crate::markdown::integer;
use crate::parent::THREADS;
use crate::percentiles::Percentiles;
use crate::summary::Summary;
use crate::task::Scenario;

const PANEL_WIDTH: f64 = 360.0;
const PANEL_HEIGHT: f64 = 300.0;
const MARGIN: f64 = 70.0;
const LEGEND_WIDTH: f64 = 170.0;
/// The lowest and the highest power of ten of nanoseconds that are drawn.
const DECADES: (i32, i32) = (1, 9);

/// One colour per contender, told apart also by those who see red and green alike.
const COLOURS: [&str; 15] = [
    "#888888", "#444444", "#d62728", "#1f77b4", "#17becf", "#2ca02c", "#9467bd", "#8c564b",
    "#e377c2", "#bcbd22", "#ff7f0e", "#393b79", "#637939", "#8c6d31", "#7b4173",
];

/// A picture under construction.
struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str) {
        self.add(format_args!(
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{colour}"/>"#
        ));
    }

    fn polyline(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        self.add(format_args!(
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#
        ));
    }

    fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str, opacity: f64) {
        self.add(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}" opacity="{opacity}"/>"#
        ));
    }

    /// Anchored at `start`, `middle` or `end`.
    fn text(&mut self, (x, y): (f64, f64), anchor: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.add(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" dominant-baseline="middle">{text}</text>"#
        ));
    }

    fn add(&mut self, element: impl Display) {
        let _ = writeln!(self.body, "{element}");
    }

    fn finish(self) -> String {
        let Self { body, width, height } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{body}</svg>\n"
        )
    }
}

fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// One panel per scenario and number of threads, one curve per contender.
pub(crate) fn latency(summary: &Summary) -> String {
    let scenarios = [(Scenario::Saturated, "saturated"), (Scenario::Paced, "50,000 events/s")];
    let (right, below) = (PANEL_WIDTH + MARGIN, PANEL_HEIGHT + MARGIN);
    let mut svg = Svg::new(right * 3.0 + MARGIN + LEGEND_WIDTH, below * 2.0 + MARGIN);
    let mut top = MARGIN;
    for (scenario, name) in scenarios {
        let mut left = MARGIN;
        for threads in THREADS {
            let title = format!("ns per emit, {name}, {threads} thread(s)");
            svg.text((left + PANEL_WIDTH / 2.0, top - 20.0), "middle", &title);
            axes(&mut svg, left, top);
            for (index, contender) in summary.contenders.iter().enumerate() {
                let latency = summary.latency(contender, scenario, threads);
                curve(&mut svg, (left, top), &latency, contender, colour(index));
            }
            left += right;
        }
        top += below;
    }
    for (index, contender) in summary.contenders.iter().enumerate() {
        let y = f64::from(u32::try_from(index).unwrap_or(0)).mul_add(18.0, MARGIN);
        let x = right * 3.0 + MARGIN / 2.0;
        svg.bar((x, y - 5.0), (14.0, 10.0), colour(index), 1.0);
        svg.text((x + 20.0, y), "start", contender);
    }
    svg.finish()
}

fn axes(svg: &mut Svg, left: f64, top: f64) {
    for decade in DECADES.0..=DECADES.1 {
        let y = height_of(10_f64.powi(decade), top);
        svg.line((left, y), (left + PANEL_WIDTH, y), "#dddddd");
        let label = match decade {
            0..=2 => format!("{} ns", 10_u32.pow(decade.unsigned_abs())),
            3..=5 => format!("{} µs", 10_u32.pow(decade.unsigned_abs() - 3)),
            6..=8 => format!("{} ms", 10_u32.pow(decade.unsigned_abs() - 6)),
            _ => "1 s".to_owned(),
        };
        svg.text((left - 6.0, y), "end", &label);
    }
    for (step, (name, _)) in Percentiles::default().steps().into_iter().enumerate() {
        let x = left + step_offset(step);
        svg.text((x, top + PANEL_HEIGHT + 14.0), "middle", name);
    }
}

fn curve(svg: &mut Svg, (left, top): (f64, f64), latency: &Percentiles, name: &str, colour: &str) {
    let at =
        |(step, (_, value)): (usize, (_, f64))| (left + step_offset(step), height_of(value, top));
    let points: Vec<_> = latency.steps().into_iter().enumerate().map(at).collect();
    svg.polyline(&points, colour, if name == "event-log" { 3.5 } else { 1.5 });
}

/// Where a percentile stands on the horizontal axis.
fn step_offset(step: usize) -> f64 {
    let step = u32::try_from(step).expect("there are five");
    PANEL_WIDTH * (f64::from(step) + 0.5) / 5.0
}

fn height_of(nanos: f64, top: f64) -> f64 {
    let (low, high) = (f64::from(DECADES.0), f64::from(DECADES.1));
    let part = (nanos.max(1.0).log10() - low) / (high - low);
    top + PANEL_HEIGHT * (1.0 - part.clamp(0.0, 1.0))
}

/// Three bars per contender, for 1, 2 and 4 threads.
pub(crate) fn throughput(summary: &Summary) -> String {
    const BAR: f64 = 11.0;
    const WIDTH: f64 = 700.0;
    let rates: Vec<(usize, [f64; 3])> = summary
        .contenders
        .iter()
        .enumerate()
        .map(|(index, contender)| (index, THREADS.map(|threads| summary.rate(contender, threads))))
        .collect();
    let highest = rates.iter().flat_map(|(_, rates)| *rates).fold(1.0, f64::max);
    let mut svg = Svg::new(WIDTH + 320.0, MARGIN + 45.0 * f64::from(15_u32) + 40.0);
    svg.text((20.0, 30.0), "start", "events per second until all is on disk: 1, 2 and 4 threads");
    let mut y = MARGIN;
    for (index, rates) in rates {
        svg.text((140.0, y + BAR * 1.5), "end", &summary.contenders[index]);
        for (rate, opacity) in rates.into_iter().zip([1.0, 0.75, 0.5]) {
            let width = WIDTH * rate / highest;
            svg.bar((150.0, y), (width, BAR - 1.0), colour(index), opacity);
            svg.text((156.0 + width, y + BAR / 2.0), "start", &integer(rate));
            y += BAR;
        }
        y += 12.0;
    }
    svg.finish()
}
