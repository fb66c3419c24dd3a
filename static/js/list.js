// The project list follows its filters without a reload: same address, same page, parts exchanged.
const WIDE = matchMedia("(min-width: 60rem)");
const PAUSE = 350;

export function followFilters(form) {
  openOnWideScreens();
  let timer;
  let running;

  const address = () => {
    const params = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) params.append(name, value);
    const query = params.toString();
    return location.pathname + (query ? `?${query}` : "");
  };

  const show = async (url, { remember }) => {
    running?.abort();
    running = new AbortController();
    const results = part(document, "results");
    results.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { signal: running.signal, headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      exchange(page);
      if (remember) history.pushState({ list: true }, "", url);
      document.title = page.title;
      updateLanguageLinks(page);
    } catch (error) {
      // Whatever went wrong, the plain way still works.
      if (error.name !== "AbortError") location.assign(url);
    } finally {
      part(document, "results").removeAttribute("aria-busy");
    }
  };

  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(address(), { remember: true }), wait);
  };

  form.addEventListener("change", (event) => {
    if (event.target.type !== "search") soon(0);
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "search") soon(PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest(".chosen a, .pagination a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, { remember: true }).then(() => {
      const url = new URL(link.href);
      setQuery(form, url);
      const top = document.querySelector("[data-announce]");
      top.tabIndex = -1;
      top.focus();
    });
  });
  addEventListener("popstate", () => {
    setQuery(form, new URL(location.href));
    show(location.href, { remember: false });
  });
}

function part(root, name) {
  return root.querySelector(`[data-list-part="${name}"]`);
}

function setQuery(form, url) {
  form.elements.q.value = url.searchParams.get("q") ?? "";
}

function openOnWideScreens() {
  const filters = document.querySelector("[data-filters]");
  if (WIDE.matches) filters.open = true;
}

// Exchanges filters and results; the focus stays on the control with the same id, and the live
// region stays in the page so that its new text is read out.
function exchange(page) {
  const focused = document.activeElement?.id;
  part(document, "filters").replaceChildren(...part(page, "filters").childNodes);
  const announce = document.querySelector("[data-announce]");
  const fresh = part(page, "results");
  const text = fresh.querySelector("[data-announce]").textContent;
  fresh.querySelector("[data-announce]").replaceWith(announce);
  part(document, "results").replaceChildren(...fresh.childNodes);
  announce.textContent = text;
  const summary = document.querySelector("[data-filters] > summary");
  summary.textContent = page.querySelector("[data-filters] > summary").textContent;
  if (focused) document.getElementById(focused)?.focus();
}

function updateLanguageLinks(page) {
  const fresh = page.querySelectorAll(".languages a");
  document.querySelectorAll(".languages a").forEach((link, index) => {
    link.href = fresh[index].getAttribute("href");
  });
}
