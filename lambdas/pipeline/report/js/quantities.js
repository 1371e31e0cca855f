// Durations, times and counts as text; shared/quantities.py gives the same texts. Several pages use it.

const asText = {
  /** How long something lasts, to the nearest: 8.4 s, from a minute 1:15, from an hour 1:02:03. */
  duration(ms) {
    const whole = Math.floor(ms + 0.5),
      tenths = Math.floor((whole + 50) / 100);
    return tenths < 600
      ? `${Math.floor(tenths / 10)}.${tenths % 10} s`
      : digits(Math.floor((whole + 500) / 1000));
  },
  /** A time in a video, as players show it: 0:08, 1:02:03. The last full second, not the nearest. */
  clock: (ms) => digits(Math.floor(ms / 1000)),
  /** A number of things: 1 person, 2 people. */
  count: (number, one, many) => `${number} ${number === 1 ? one : many}`,
};
function digits(seconds) {
  const h = Math.floor(seconds / 3600),
    m = Math.floor(seconds / 60) % 60,
    pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(seconds % 60)}` : `${m}:${pad(seconds % 60)}`;
}
