// Elements of the page, its status line, and what it says when its server is gone.

const $ = (id) => document.getElementById(id);
const say = (text) => {
  $("status").textContent = text;
};
const SILENT = "The page's server does not answer. Is it up? (make up)";
