// Keeps what was typed in a form marked data-draft on this device until it was sent, so that a lost network or a closed
// page costs nothing. A form without the mark, such as one with a cover's data, is never kept.
const START = `draft:${location.pathname}:`;
const FIELDS = "input:not([type=hidden]):not([type=file]):not([type=password]), textarea, select";

const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
const key = (form) => START + new URL(form.action).pathname;

function keep(form) {
  const ticked = (field) => !/radio|checkbox/.test(field.type) || field.checked;
  const values = fields(form).filter(ticked).map((field) => [field.name, field.value]);
  localStorage.setItem(key(form), JSON.stringify(values));
}

function restore(form) {
  for (const [name, value] of JSON.parse(localStorage.getItem(key(form)) ?? "[]")) {
    const named = fields(form).filter((field) => field.name === name);
    for (const field of named) {
      if (!/radio|checkbox/.test(field.type)) field.value ||= value;
      else if (field.value === value && !named.some((one) => one.checked)) field.checked = true;
    }
  }
}

// The page says `done` when a form of it was taken: what was typed for it is not needed any more.
if (new URLSearchParams(location.search).has("done"))
  Object.keys(localStorage).filter((name) => name.startsWith(START)).forEach((name) => localStorage.removeItem(name));

for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return; // its photo is still on the way
    event.preventDefault();
    try {
      // A telephone may believe to be online when nothing answers, so the server is asked before the page is left.
      await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
      form.submit();
    } catch {
      form.querySelector("[data-offline]").textContent = form.dataset.draft;
    }
  });
}
