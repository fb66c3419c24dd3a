// Entry module. Every page works without it; what is here only makes a page quicker or calmer.

// After a refused form the summary of errors takes the focus; its links lead to the fields.
document.querySelector("[data-error-summary]")?.focus();

// Passkeys need a script anyway; they are offered where the browser knows them.
if (window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;

const list = document.querySelector("[data-live-list]");
if (list) import("./list.js").then(({ followFilters }) => followFilters(list));
