// Entry module. Every page works without it; what is here only makes a page quicker or calmer.

// After a refused form the summary of errors takes the focus; its links lead to the fields.
document.querySelector("[data-error-summary]")?.focus();

const list = document.querySelector("[data-live-list]");
if (list) import("./list.js").then(({ followFilters }) => followFilters(list));
