// Counts over time as bars: of each hour, or of each day where a period is long.

const HOURLY_DAYS = 10; // up to so many days each hour has a bar
const TALL = 92,
  LANE = 5,
  FOOT_OF_BARS = 34,
  SIDE = 34;

/**
 * The bars of a period, each {label, begins, filmed, length, counts}: `begins` is the day where a day begins
 * with it, `counts` are null without video. A day's counts are per hour of video.
 */
function barsOf(figures, series) {
  const days = new Map();
  const bars = figures.hours.map((hour, place) => {
    const day = hour.slice(0, 10),
      filmed = figures.filmed_by_hour[place],
      first = !days.has(day);
    if (first) days.set(day, []);
    const bar = {
      label: `${dayText(day)} ${hourText(hour, figures.hours)}`,
      begins: first ? day : "",
      filmed,
      length: HOUR,
      counts: series.map((counts) => counts[place]),
    };
    days.get(day).push(bar);
    return bar;
  });
  return isHourly(figures) ? bars : [...days].map(([day, hours]) => dayBar(day, hours));
}
function dayBar(day, hours) {
  const filmed = hours.reduce((sum, bar) => sum + bar.filmed, 0);
  const counts = hours[0].counts.map((_, place) => {
    const known = hours.filter((bar) => bar.counts[place] !== null);
    const of = known.reduce((sum, bar) => sum + bar.filmed, 0);
    return of ? (known.reduce((sum, bar) => sum + bar.counts[place], 0) * HOUR) / of : null;
  });
  return { label: dayText(day), begins: day, filmed, length: hours.length * HOUR, counts };
}
const isHourly = (figures) => daysBetween(figures.first, figures.last) <= HOURLY_DAYS;
const countText = (count) => (Number.isInteger(count) ? wholeText(count) : rateText(count));

const SVG = "http://www.w3.org/2000/svg";
function drawn(name, attributes, ...inner) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inner);
  return element;
}
/** A number at least as large, of one digit and zeros, with 2 and 5 between. */
function roundedUp(number) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
  return [1, 2, 5, 10].map((step) => step * unit).find((step) => step >= number);
}
/** A chart of bars; the second count of each, if there is one, downwards. `most` is the end of its scale. */
function barChart(bars, { width, most, classes, titles, name }) {
  const both = bars[0].counts.length > 1,
    base = both ? TALL / 2 : TALL,
    scale = (base - 4) / most,
    step = (width - SIDE) / bars.length;
  const chart = drawn("svg", {
    width,
    height: TALL + LANE + FOOT_OF_BARS,
    role: "img",
    "aria-label": name,
    focusable: "false",
  });
  drawScale(chart, width, base, most, scale, both);
  drawGaps(chart, bars, step, base / 2);
  bars.forEach((bar, place) => {
    const x = SIDE + place * step,
      wide = Math.max(0.6, step - (step > 5 ? 1.5 : 0.4));
    const spot = drawn("g", {}, drawn("title", {}, titles(bar)));
    spot.append(drawn("rect", { x, y: 0, width: step, height: TALL, class: "spot" }));
    bar.counts.forEach((count, way) => {
      const tall = (count ?? 0) * scale;
      if (tall > 0)
        spot.append(
          drawn("rect", { x, y: way ? base : base - tall, width: wide, height: tall, class: classes[way] }),
        );
    });
    const part = Math.min(1, bar.filmed / bar.length);
    if (part > 0)
      spot.append(drawn("rect", { x, y: TALL + 3, width: step * part, height: LANE, class: "lane" }));
    chart.append(spot);
  });
  drawDays(chart, bars, step, width);
  return chart;
}
/** Stretches without video, with words where there is room for them. */
function drawGaps(chart, bars, step, middle) {
  for (let from = 0; from < bars.length; from++) {
    let to = from;
    while (to < bars.length && !bars[to].filmed) to++;
    if (to === from) continue;
    const x = SIDE + from * step,
      width = (to - from) * step;
    chart.append(drawn("rect", { x, y: 0, width, height: TALL, class: "gap" }));
    if (width > 58)
      chart.append(drawn("text", { x: x + width / 2, y: middle, class: "gap-name" }, "no video"));
    from = to;
  }
}
function drawScale(chart, width, base, most, scale, both) {
  const levels = both ? [most, 0, -most] : [most, most / 2, 0];
  for (const level of levels) {
    const y = base - level * scale;
    chart.append(drawn("line", { x1: SIDE, x2: width, y1: y, y2: y, class: level ? "" : "axis" }));
    if (Number.isInteger(level))
      chart.append(drawn("text", { x: SIDE - 6, y, class: "level" }, wholeText(Math.abs(level))));
  }
}
/** The begin of each day, named where there is room. */
function drawDays(chart, bars, step, width) {
  let free = 0;
  bars.forEach((bar, place) => {
    if (!bar.begins) return;
    const x = SIDE + place * step,
      text = dayText(bar.begins);
    if (place && step * 24 > 20) chart.append(drawn("line", { x1: x, x2: x, y1: TALL, y2: TALL + LANE + 8 }));
    if (x < free || x + 70 > width + 12) return;
    chart.append(drawn("text", { x: x + 3, y: TALL + LANE + 20 }, text));
    free = x + 84;
  });
}
