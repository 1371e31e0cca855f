// Elements of the page, and the line in which it speaks.

const $ = (id) => document.getElementById(id);
const say = (text) => {
  $("status").textContent = text;
};
const fileOf = (video) => shown(video.key).split("/").pop();
