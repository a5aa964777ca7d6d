// Keeps what was typed in a form marked data-draft on this device until it was sent, so that a lost network or a closed
// page costs nothing. A form without the mark, such as one with a cover's data, is never kept.
const START = "draft:";
const TASK = START + location.pathname.split("/").slice(0, 4).join("/");
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

// A step that was taken has no form on its task's page any more: what was typed for it is not needed.
const asked = new Set([...document.querySelectorAll("form[data-draft]")].map(key));
Object.keys(localStorage).forEach((name) => name.startsWith(TASK) && !asked.has(name) && localStorage.removeItem(name));

for (const form of document.querySelectorAll("form[data-draft]")) {
  let goes = false;
  restore(form);
  form.addEventListener("input", () => keep(form));
  addEventListener("pageshow", () => (goes = false)); // the page was gone back to
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return; // its photo is still on the way
    event.preventDefault();
    if (goes) return;
    goes = true;
    try {
      // A telephone may believe to be online when nothing answers, so the server is asked before the page is left.
      await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
      form.submit();
    } catch {
      goes = false;
      form.querySelector("[data-offline]").textContent = form.dataset.draft;
    }
  });
}
