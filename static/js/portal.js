// Entry module. Every page works without it; what is here only makes a page quicker or calmer.

// After a refused form the summary of errors takes the focus; its links lead to the fields.
document.querySelector("[data-error-summary]")?.focus();

// Passkeys need a script anyway; they are offered where the browser knows them.
if (window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;

// A passkey that was refused, cancelled or not found: said beside the button, not in the console only.
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-passkey-failed]");
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
});
document.addEventListener("click", ({ target }) => {
  const note = document.querySelector("[data-passkey-failed]");
  if (note && target.closest?.("[data-passkey] button")) note.hidden = true;
});

const list = document.querySelector("[data-live-list]");
if (list) import("./list.js").then(({ followFilters }) => followFilters(list));

const writing = document.querySelector("[data-saves-itself]");
if (writing) import("./writing.js").then(({ saveByItself }) => saveByItself(writing));

const upload = document.querySelector("[data-upload]");
if (upload) import("./writing.js").then(({ showProgress }) => showProgress(upload));

const plan = document.querySelector("[data-plan]");
if (plan) import("./plan.js").then(({ countAlong }) => countAlong(plan));
