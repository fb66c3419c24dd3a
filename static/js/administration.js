// Not a module, because an import map (the editor's) must come before the first module. It runs
// before the editor does.
(() => {
  // A page that refuses something begins with why: there the keyboard and the screen reader go on.
  document.querySelector("[data-error-summary]")?.focus();

  const words = JSON.parse(document.getElementById("editor-words")?.textContent ?? "{}");
  const packaged = window.gettext ?? ((text) => text);
  window.gettext = (text) => words[text] ?? packaged(text);

  document.addEventListener("prose-editor:ready", ({ target }) => {
    const wrapper = target.closest(".prose-editor") ?? target.parentElement;
    nameEditor(target, wrapper);
    // The menu comes after the editor, and it makes a button anew each time the paragraph changes.
    new MutationObserver(() => sayInOurWords(wrapper)).observe(wrapper, { childList: true, subtree: true });
    sayInOurWords(wrapper);
  });

  // A text from Word begins with heading 1, which the editor does not know and would take for plain
  // words: its headings come in one level lower, so that they stay headings. Its styles stay outside,
  // before the browser has to refuse them.
  const FROM_OUTSIDE = /<h[1456]\b|\sstyle\s*=/i;
  const STYLE = /\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi;
  document.addEventListener(
    "paste",
    (event) => {
      const html = event.clipboardData?.getData("text/html") ?? "";
      if (!event.target.closest?.(".tiptap") || !FROM_OUTSIDE.test(html)) return;
      const down = /<h1\b/i.test(html) ? 1 : 0;
      const level = (n) => Math.min(3, Math.max(2, Number(n) + down));
      const tags = html.replace(/<[^>]*>/g, (tag) => tag.replace(STYLE, ""));
      const ours = tags.replace(/<(\/?)h([1-6])\b/gi, (_all, slash, n) => `<${slash}h${level(n)}`);
      if (ours === html) return;
      const data = new DataTransfer();
      data.setData("text/html", ours);
      data.setData("text/plain", event.clipboardData.getData("text/plain"));
      event.preventDefault();
      event.stopPropagation();
      event.target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    true,
  );

  // The rich text editor takes its name from the label of the field it stands for.
  function nameEditor(target, wrapper) {
    const source = target.matches("textarea") ? target : wrapper.querySelector("textarea");
    const label = source && document.querySelector(`label[for="${source.id}"]`);
    const editor = wrapper.querySelector('[contenteditable="true"]');
    if (!label || !editor) return;
    label.id ||= `label-${source.id}`;
    editor.setAttribute("aria-labelledby", label.id);
  }

  function sayInOurWords(wrapper) {
    for (const button of wrapper.querySelectorAll(".prose-menubar button[title]")) {
      const word = words[button.title];
      if (!word || word === button.title) continue;
      button.title = word;
      button.setAttribute("aria-label", word);
    }
    for (const option of wrapper.querySelectorAll(".prose-menubar__option > *")) {
      const word = words[option.textContent];
      if (word && word !== option.textContent) option.textContent = word;
    }
  }

  // On a phone the filters of a list would push it off the screen: there they open by a button.
  const filters = document.getElementById("changelist-filter");
  const heading = filters?.querySelector("h2");
  if (heading && window.matchMedia("(max-width: 767px)").matches) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "filter-switch";
    button.textContent = heading.textContent;
    const show = (open) => {
      button.setAttribute("aria-expanded", String(open));
      filters.classList.toggle("is-folded", !open);
    };
    button.addEventListener("click", () => show(filters.classList.contains("is-folded")));
    heading.replaceChildren(button);
    show(Boolean(filters.querySelector("#changelist-filter-extra-actions a[href^='?']:not(.viewlink, .hidelink)")));
  }

  // The previews of a picture follow the chosen focus point.
  document.addEventListener("change", ({ target }) => {
    const point = target.closest?.(".focus-point");
    if (!point || target.type !== "radio") return;
    for (const image of point.querySelectorAll("[data-focus-preview] img")) {
      image.className = image.className.replace(/focus-\d+-\d+/, `focus-${target.value}`);
    }
  });
})();
