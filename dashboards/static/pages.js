// Starts the components that work better with a script; every page works without it.
import { initAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// What was typed and not sent belongs to whoever typed it: it goes with the log-out.
document.querySelector("form[action$='/logout']")?.addEventListener("submit", () => {
  const mine = Object.keys(localStorage).filter((name) => /^(draft|transfer):/.test(name));
  mine.forEach((name) => localStorage.removeItem(name));
});
