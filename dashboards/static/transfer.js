// Sends photos and films in pieces (tus 1.0) as soon as they are chosen, shows how far they are, and goes on where the
// network broke off. Without this file a photo goes with its form, and a film cannot be sent.
const PIECE = 4 * 1024 * 1024;
const LONGEST_WAIT = 30000;
const VERSION = { "Tus-Resumable": "1.0.0" };
const GONE = new Set([404, 410]);

// `final` says that the file itself is not taken; whoever is merely logged out goes on where the transfer stands.
class Refused extends Error {
  constructor(words, final = false) {
    super(words);
    this.final = final;
  }
}
class Lost extends Error {}

const pause = (milliseconds) =>
  new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    // The browser knows before us that the network is back.
    addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
  });

const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// One request; fetch cannot tell how far a piece is, XMLHttpRequest can.
function ask(box, method, address, headers, body, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    const all = { ...VERSION, "X-Form-Token": box.dataset.token, ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    if (told) request.upload.addEventListener("progress", (step) => told(step.loaded));
    request.timeout = 120000;
    request.addEventListener("error", () => failed(new Lost()));
    request.addEventListener("timeout", () => failed(new Lost()));
    request.addEventListener("load", () => {
      if (request.status >= 500 || request.status === 429) failed(new Lost());
      else done(request);
    });
    request.send(body ?? null);
  });
}

function refusal(box, answer) {
  try {
    const problem = JSON.parse(answer.responseText);
    const ofFile = problem.type.endsWith("/file_refused");
    return new Refused(ofFile && problem.detail ? problem.detail : problem.title, ofFile || GONE.has(answer.status));
  } catch {
    return new Refused(box.dataset.refused, GONE.has(answer.status));
  }
}

async function begin(box, file) {
  const said = { medium: box.dataset.medium, purpose: box.dataset.purpose, filename: file.name, filetype: file.type };
  const pairs = Object.entries(said).filter((pair) => pair[1]);
  const metadata = pairs.map(([name, value]) => `${name} ${coded(value)}`).join(",");
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata };
  const answer = await ask(box, "POST", box.dataset.transfers, headers);
  if (answer.status !== 201) throw refusal(box, answer);
  return answer.getResponseHeader("Location");
}

// Where a transfer stands; null when it is gone and has to be begun again.
async function reached(box, place) {
  const answer = await ask(box, "HEAD", place, {});
  if (GONE.has(answer.status)) return null;
  const offset = answer.getResponseHeader("Upload-Offset");
  if (answer.status !== 200 || offset === null) throw new Refused(box.dataset.refused);
  return Number(offset);
}

async function piece(box, place, file, offset, told) {
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const answer = await ask(box, "PATCH", place, headers, file.slice(offset, offset + PIECE), told);
  if (answer.status === 204) return Number(answer.getResponseHeader("Upload-Offset"));
  if (answer.status === 409) throw new Lost(); // the last answer was lost, not the piece
  throw refusal(box, answer);
}

// What a transfer is found again by after the page was closed: the same file for the same act.
const mark = (box, file) =>
  `transfer:${box.dataset.transfers}:${box.dataset.medium}:${box.dataset.purpose}:${file.name}:${file.size}:${file.lastModified}`;

async function send(box, file, show) {
  const key = mark(box, file);
  let place = localStorage.getItem(key);
  let offset = null;
  for (let tries = 0; ; ) {
    try {
      if (place && offset === null) offset = await reached(box, place);
      if (offset === null) {
        place = await begin(box, file);
        localStorage.setItem(key, place);
        offset = 0;
      }
      show("sending", offset);
      while (offset < file.size) {
        const start = offset;
        offset = await piece(box, place, file, start, (loaded) => show("sending", start + loaded));
        tries = 0;
        show("sending", offset);
      }
      localStorage.removeItem(key);
      return place.split("/").pop();
    } catch (error) {
      if (error.final) localStorage.removeItem(key);
      if (!(error instanceof Lost)) throw error;
      show("waiting", offset ?? 0);
      offset = null;
      await pause(Math.min(LONGEST_WAIT, 1000 * 2 ** tries++));
    }
  }
}

function begun(box) {
  const input = box.querySelector("input[type=file]");
  const kept = box.querySelector("input[type=hidden]");
  const bar = box.querySelector("[data-bar]");
  const status = box.querySelector("[data-status]");
  let running = 0;
  const say = (state, text) => {
    box.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  };
  input.removeAttribute("name"); // it goes by itself, not with the form
  box.hidden = false;
  if (kept?.value) say("kept", box.dataset.kept);
  const take = async () => {
    const file = input.files[0];
    const turn = ++running;
    if (kept) kept.value = "";
    bar.hidden = !file;
    if (!file) return say("", "");
    if (file.size > Number(box.dataset.most)) return (bar.hidden = true), say("refused", box.dataset.large);
    const show = (state, offset) => {
      if (turn !== running) return;
      bar.querySelector("progress").value = (100 * offset) / file.size;
      say(state, box.dataset[state]);
    };
    show("sending", 0);
    try {
      const id = await send(box, file, show);
      if (turn !== running) return;
      if (kept) kept.value = id;
      show("kept", file.size);
    } catch (error) {
      if (turn !== running) return;
      bar.hidden = true;
      input.value = ""; // or choosing the same file again would be no change
      say("refused", error.message || box.dataset.refused);
    }
  };
  input.addEventListener("change", take);
  if (input.files.length) take(); // it was chosen before this file was there
}

// A form waits for its photo, and goes by itself when that is there; pressing its button again changes nothing.
function patient(form) {
  let waits = false;
  form.addEventListener("submit", (event) => {
    const busy = [...form.querySelectorAll("[data-transfers]")].filter((box) => /sending|waiting/.test(box.dataset.state));
    if (!busy.length) return;
    event.preventDefault();
    if (waits) return;
    waits = true;
    const look = setInterval(() => {
      if (busy.some((box) => /sending|waiting/.test(box.dataset.state))) return;
      clearInterval(look);
      waits = false;
      if (busy.every((box) => box.dataset.state === "kept")) form.requestSubmit();
    }, 200);
  });
}

document.querySelectorAll("[data-transfers]").forEach(begun);
new Set([...document.querySelectorAll("[data-transfers]")].map((box) => box.closest("form"))).forEach(
  (form) => form && patient(form),
);
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-state=sending], [data-state=waiting]")) event.preventDefault();
});
