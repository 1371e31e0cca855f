// Asks the server, again and again while it is at work.

let round = 0; // what is shown; an answer to an earlier question is dropped

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function fetched(path) {
  let answer;
  try {
    answer = await fetch(path);
  } catch {
    throw new Error(SILENT);
  }
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}
/** The answer, when it is made; null where something else is asked meanwhile. */
async function answered(path, words, bar) {
  const mine = round;
  let pause = 60;
  try {
    for (;;) {
      const body = await fetched(`${path}?${words}`);
      if (mine !== round) return null;
      if (body.progress === undefined) return body;
      bar.hidden = false;
      bar.value = body.progress;
      await wait(pause);
      pause = Math.min(400, pause * 1.5);
    }
  } finally {
    if (mine === round) bar.hidden = true;
  }
}
