// After a refused form, the summary of errors takes the focus; its links focus the field.
export function focusErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}
