// What the page is given: its data stand in inert blocks, see page.py.

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const numbers = (id, kind) => {
  const text = atob($(id).textContent.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new kind(bytes.buffer);
};
const times = numbers("times-data", Uint32Array);
const boxes = numbers("boxes-data", Int16Array);
const duration = Math.max(
  data.duration,
  times.reduce((most, t) => Math.max(most, t), 0),
  1,
);
const aspect = data.aspect; // width / height of the scene as it is shown

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");
