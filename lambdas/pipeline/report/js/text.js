// Times and names as text.

const clockText = (ms) => {
  const s = Math.floor(ms / 1000),
    h = Math.floor(s / 3600),
    m = Math.floor(s / 60) % 60,
    pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
};
// Marks that turn the reading direction of what stands beside them are shown instead of obeyed.
const shown = (name) =>
  name.replace(
    /[\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\u27e8U+${mark.charCodeAt(0).toString(16).toUpperCase()}\u27e9`,
  );
const listed = (some) =>
  some
    .slice(0, 12)
    .map((person) => person.index)
    .join(", ") + (some.length > 12 ? " …" : "");
