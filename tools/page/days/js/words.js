// Days, hours and figures as text.

const DAY_NAMES = new Intl.DateTimeFormat("en", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
/** 2026-11-20 as Fri, Nov 20. */
const dayText = (day) => DAY_NAMES.format(new Date(`${day}T00:00Z`));
const periodText = (first, last) =>
  first === last ? dayText(first) : `${dayText(first)} to ${dayText(last)} ${last.slice(0, 4)}`;
/** So many days later. */
function daysAfter(day, count) {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}
const daysBetween = (first, last) => Math.round((new Date(last) - new Date(first)) / (24 * HOUR)) + 1;
const wholeText = (number) => number.toLocaleString("en");
/** An hour as 10:00; one that the clock shows twice with its offset. */
function hourText(hour, hours) {
  const twice = hours.filter((other) => other.slice(0, 16) === hour.slice(0, 16)).length > 1;
  return hour.slice(11, 16) + (twice ? ` (${hour.slice(16)})` : "");
}
/** Milliseconds as 14 min, 1.5 h or 12 h. */
function filmedText(ms) {
  if (ms >= 10 * HOUR) return `${wholeText(Math.round(ms / HOUR))} h`;
  return ms >= HOUR ? `${(ms / HOUR).toFixed(1)} h` : `${Math.round(ms / 60_000)} min`;
}
function rateText(rate) {
  return rate >= 100 ? wholeText(Math.round(rate)) : rate.toFixed(rate >= 10 ? 1 : 2);
}
/** A figure of a comparison. */
function figureText(value, unit) {
  if (value === null) return "–";
  switch (unit) {
    case "hours":
      return value.toFixed(1);
    case "rate":
      return rateText(value);
    case "ms":
      return asText.duration(value);
  }
  return wholeText(value);
}
/** A number's text with its sign, a minus as wide as a plus; none where it is nothing once it is rounded. */
const signed = (value, text) => (/[1-9]/.test(text) ? `${value > 0 ? "+" : "−"}${text}` : text);
function changeText(value, unit) {
  return value === null ? "–" : signed(value, figureText(Math.abs(value), unit));
}
function percentText(percent) {
  return percent === null ? "" : `${signed(percent, wholeText(Math.round(Math.abs(percent))))} %`;
}
