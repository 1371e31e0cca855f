// People as spans of points, their feet and colours. A "person" elsewhere is a position in `people`.

const HOLD = 70; // ms a box stays after its last report: one analysed instant at 15 Hz
const EARLY = 1; // ms by which a container's clock may round the time of a frame down to before its Timestamp

const feetX = new Float32Array(times.length),
  feetY = new Float32Array(times.length);
for (let i = 0; i < times.length; i++) {
  feetX[i] = (boxes[4 * i] + boxes[4 * i + 2] / 2) / data.scale;
  feetY[i] = (boxes[4 * i + 1] + boxes[4 * i + 3]) / data.scale;
}
let offset = 0;
const people = data.people.map((person, position) => {
  const spans = person.spans.map((length) => {
    const span = [offset, offset + length];
    offset += length;
    return span;
  });
  let left = Infinity,
    right = -Infinity,
    top = Infinity,
    bottom = -Infinity;
  for (let i = spans.length ? spans[0][0] : offset; i < offset; i++) {
    left = Math.min(left, feetX[i]);
    right = Math.max(right, feetX[i]);
    top = Math.min(top, feetY[i]);
    bottom = Math.max(bottom, feetY[i]);
  }
  return {
    ...person,
    position,
    spans,
    left,
    right,
    top,
    bottom,
    ...colours(position),
  };
});
/** One colour for everything that is of a person, which stands out from light and dark cards; and one to write on it. */
function colours(position) {
  const hue = (position * 137.508 + 250) % 360; // the golden angle keeps neighbours apart
  const [light, written] = position % 2 ? [0.53, "#fff"] : [0.63, "#0b0d12"];
  return { color: `oklch(${light} 0.15 ${hue.toFixed(0)})`, written };
}
/** Their indexes as text, the first dozen. */
const listed = (some) =>
  some
    .slice(0, 12)
    .map((person) => person.index)
    .join(", ") + (some.length > 12 ? " …" : "");

/** The last point of [from, to) not later than t. */
function pointBefore(t, from, to) {
  let low = from,
    high = to - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}
/** The span of a person at t, or null. */
function spanAt(person, t) {
  if (!person.spans.length || t < person.first - EARLY || t > person.last + HOLD) return null;
  let low = 0,
    high = person.spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[person.spans[middle][0]] <= t + EARLY) low = middle;
    else high = middle - 1;
  }
  const span = person.spans[low];
  return t >= times[span[0]] - EARLY && t <= times[span[1] - 1] + HOLD ? span : null;
}
const held = new Float64Array(4);
/** Left, top, width, height at t as ratios, in one array used again and again; null when away. */
function boxAt(person, t) {
  const span = spanAt(person, t);
  if (!span) return null;
  const i = pointBefore(t, span[0], span[1]),
    j = Math.min(i + 1, span[1] - 1);
  const part = j === i ? 0 : Math.max(0, (t - times[i]) / (times[j] - times[i]));
  for (let axis = 0; axis < 4; axis++) {
    held[axis] = (boxes[4 * i + axis] + (boxes[4 * j + axis] - boxes[4 * i + axis]) * part) / data.scale;
  }
  return held;
}
const inView = (t) => people.filter((person) => spanAt(person, t));
