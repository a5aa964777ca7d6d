// Shows how far an upload is: fetch cannot tell, XMLHttpRequest can. Without this file the form is sent as it is.
// A page that comes back in place of this one keeps the chosen files, so that what was looked at is sent as it was.
function watch() {
  const form = document.querySelector("form[data-progress]");
  form?.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!form.querySelector("input[type=file]").value || (button && "plain" in button.dataset)) return;
    event.preventDefault();
    send(form, button?.hasAttribute("formaction") ? button.formAction : form.action);
  });
}

function send(form, place) {
  const bar = form.querySelector("[data-bar]");
  const status = form.querySelector("[data-status]");
  const buttons = form.querySelectorAll("button");
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  const ended = () => {
    bar.hidden = true;
    for (const one of buttons) one.disabled = false;
  };
  for (const one of buttons) one.disabled = true;
  bar.hidden = false;
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    bar.querySelector("progress").value = (100 * step.loaded) / step.total;
    if (step.loaded === step.total) status.textContent = status.dataset.reading;
  });
  request.addEventListener("error", () => {
    ended();
    status.textContent = status.dataset.failed;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.responseURL !== place) location.href = request.responseURL;
    else show(request.responseText, form, place);
  });
  request.open("POST", place);
  request.send(body);
}

function show(text, form, place) {
  const chosen = new Map([...form.querySelectorAll("input[type=file]")].map((one) => [one.name, one.files]));
  const page = new DOMParser().parseFromString(text, "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  if (location.href !== place) history.pushState(null, "", place);
  for (const one of document.querySelectorAll("form[data-progress] input[type=file]")) {
    if (chosen.get(one.name)?.length) one.files = chosen.get(one.name);
  }
  watch();
  document.querySelector("main").scrollIntoView();
}

addEventListener("popstate", () => location.reload());
watch();
