// Shows how far an upload is: fetch cannot tell, XMLHttpRequest can. Without this file the form is sent as it is.
const form = document.querySelector("form[data-progress]");
const bar = form.querySelector("[data-bar]");
const status = form.querySelector("[data-status]");

form.addEventListener("submit", (event) => {
  if (!form.querySelector("input[type=file]").value) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  bar.hidden = false;
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) bar.querySelector("progress").value = (100 * step.loaded) / step.total;
  });
  request.addEventListener("error", () => {
    bar.hidden = true;
    status.textContent = status.dataset.failed;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.responseURL !== location.href) location.href = request.responseURL;
    else document.documentElement.innerHTML = request.responseText;
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
});
