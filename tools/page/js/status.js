// Elements of the page, and its status line.

const $ = (id) => document.getElementById(id);
const say = (text) => {
  $("status").textContent = text;
};
