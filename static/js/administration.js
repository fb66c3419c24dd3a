// The rich text editor takes its name from the label of the field it stands for.
document.addEventListener("prose-editor:ready", (event) => name(event.target));

function name(target) {
  const wrapper = target.closest(".prose-editor") ?? target.parentElement;
  const source = target.matches("textarea") ? target : wrapper.querySelector("textarea");
  const label = source && document.querySelector(`label[for="${source.id}"]`);
  const editor = wrapper.querySelector('[contenteditable="true"]');
  if (!label || !editor) return;
  label.id ||= `label-${source.id}`;
  editor.setAttribute("aria-labelledby", label.id);
}

// The previews of a picture follow the chosen focus point.
document.addEventListener("change", ({ target }) => {
  const point = target.closest?.(".focus-point");
  if (!point || target.type !== "radio") return;
  for (const image of point.querySelectorAll("[data-focus-preview] img")) {
    image.className = image.className.replace(/focus-\d+-\d+/, `focus-${target.value}`);
  }
});
