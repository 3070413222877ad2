"use strict";

const base = document.body.dataset.base;

// A headline that is clicked is the example to learn from.
const page = document.querySelector("div.page");
const title = document.querySelector("#title");

function textOf(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll(".n, .lost").forEach((one) => one.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function pick(target) {
  const line = target.closest("div[dir]");
  if (!line || target.closest("a, summary")) return;
  const part = target.closest("mark.title, .link, .taken") || line;
  document.querySelectorAll(".picked").forEach((one) => one.classList.remove("picked"));
  part.classList.add("picked");
  title.value = textOf(part);
  title.focus({ preventScroll: true });
}

if (page && title) {
  page.classList.add("clickable");
  page.addEventListener("click", (event) => pick(event.target));
}

// Reading takes a moment: say so, and do not ask twice.
document.querySelectorAll("form").forEach((form) => {
  form.addEventListener("submit", () => {
    document.body.classList.add("busy");
    setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; }));
  });
});
window.addEventListener("pageshow", () => document.body.classList.remove("busy"));

// A file is sent as it is; the server reads it and says where it is shown.
const drop = document.querySelector("#drop");

async function send(file) {
  const fault = document.querySelector("#file-fault");
  fault.hidden = true;
  document.body.classList.add("busy");
  const known = new URLSearchParams({ name: file.name, url: document.querySelector("#from").value });
  try {
    const answer = await fetch(`${base}/file?${known}`, { method: "POST", body: file });
    const said = answer.status === 413 ? { fault: "the file is too large" } : await answer.json();
    if (said.place) {
      location.assign(said.place);
      return;
    }
    fault.textContent = said.fault;
  } catch {
    fault.textContent = "the server does not answer";
  }
  fault.hidden = false;
  document.body.classList.remove("busy");
  // The same file may be chosen again.
  document.querySelector("#file").value = "";
}

if (drop) {
  const chosen = document.querySelector("#file");
  chosen.addEventListener("change", () => chosen.files.length && send(chosen.files[0]));
  drop.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
}
