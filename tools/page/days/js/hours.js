// Paths in each zone and crossings of each line, hour by hour.

/** What a bar says when it is pointed at. */
function titleOf(bar, words) {
  if (!bar.filmed) return `${bar.label}: no video`;
  const counts = bar.counts.map((count, way) =>
    count === null ? "not counted" : words(countText(count), way),
  );
  return `${bar.label}: ${counts.join(", ")} (${filmedText(bar.filmed)} of video)`;
}
function showHours(figures) {
  const per = isHourly(figures) ? "an hour" : "per hour of video, by day";
  for (const unit of document.querySelectorAll(".unit")) unit.textContent = per;
  drawZoneHours(figures);
  drawLineHours(figures);
  $("zone-hours").replaceChildren(
    hoursTable(
      "Paths in each zone",
      figures,
      figures.zones.map((zone) => [shown(zone.name), zone.paths_by_hour]),
    ),
  );
  $("line-hours").replaceChildren(
    hoursTable(
      "In and out at each line",
      figures,
      figures.lines.flatMap((line) => [
        [`${shown(line.name)}, in`, line.in_by_hour],
        [`${shown(line.name)}, out`, line.out_by_hour],
      ]),
    ),
  );
}
function drawZoneHours(figures) {
  const per = isHourly(figures) ? "in an hour" : "per hour of video in a day";
  const all = figures.zones.map((zone) => barsOf(figures, [zone.paths_by_hour]));
  const most = scaleOf(all);
  $("zone-bars").replaceChildren(
    ...figures.zones.map((zone, place) => {
      const peak = peakOf(all[place], 0);
      const chart = barChart(all[place], {
        width: chartWidth("zone-bars"),
        most,
        classes: ["bar"],
        titles: (bar) => titleOf(bar, (count) => `${count} ${count === "1" ? "path" : "paths"}`),
        name: `Paths in ${shown(zone.name)} over time, at most ${peak} ${per}; the table below has every hour.`,
      });
      chart.style.setProperty("--bar", zones[place].color);
      return made(
        "figure",
        {},
        barsHead(zoneName(place), `${wholeText(zone.visits)} visits · at most ${peak}`),
        chart,
      );
    }),
  );
}
function drawLineHours(figures) {
  const all = figures.lines.map((line) => barsOf(figures, [line.in_by_hour, line.out_by_hour]));
  const most = scaleOf(all);
  $("line-bars").replaceChildren(
    ...figures.lines.map((line, place) => {
      const words = (count, way) => `${count} ${way ? "out" : "in"}`;
      const chart = barChart(all[place], {
        width: chartWidth("line-bars"),
        most,
        classes: ["bar in", "bar out"],
        titles: (bar) => titleOf(bar, words),
        name: `Crossings of ${shown(line.name)} over time: ${line.went_in} in, ${line.went_out} out; the table below has every hour.`,
      });
      const sums = `${wholeText(line.went_in)} in · ${wholeText(line.went_out)} out`;
      return made("figure", {}, barsHead(made("bdi", {}, shown(line.name)), sums), chart);
    }),
  );
}
/** Of a card's inside; a window that is not laid out yet has none. */
const chartWidth = (id) => Math.max(240, $(id).clientWidth - 32);
const barsHead = (name, sums) => made("figcaption", {}, made("strong", {}, name), made("span", {}, sums));
/** The end of a scale that all charts share, so that they compare. */
const scaleOf = (charts) =>
  roundedUp(
    Math.max(1, ...charts.flatMap((bars) => bars.flatMap((bar) => bar.counts.map((count) => count ?? 0)))),
  );
const peakOf = (bars, way) => countText(Math.max(0, ...bars.map((bar) => bar.counts[way] ?? 0)));
/** Every hour with video, and stretches without as one row. */
function hoursTable(caption, figures, columns) {
  const rows = [];
  for (let place = 0; place < figures.hours.length; place++) {
    const name = (at) =>
      `${dayText(figures.hours[at].slice(0, 10))} ${hourText(figures.hours[at], figures.hours)}`;
    if (figures.filmed_by_hour[place]) {
      const counts = columns.map(([, counts]) =>
        counts[place] === null ? "not counted" : wholeText(counts[place]),
      );
      rows.push([name(place), filmedText(figures.filmed_by_hour[place]), ...counts]);
      continue;
    }
    const from = place;
    while (place + 1 < figures.hours.length && !figures.filmed_by_hour[place + 1]) place++;
    const hours = from === place ? name(from) : `${name(from)} to ${name(place)}`;
    rows.push([hours, "no video", ...columns.map(() => "no video")]);
  }
  return table(caption, ["Hour", "Video", ...columns.map(([name]) => name)], rows);
}
