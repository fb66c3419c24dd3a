// The budget plan: asks the server what it adds up to while somebody types, and lets rows be added,
// moved and removed by buttons. The rule itself is on the server only.
const PAUSE = 400;

export function countAlong(form) {
  const target = document.querySelector("[data-plan-result]");
  const bar = document.querySelector("[data-plan-bar]");
  const said = document.querySelector("[data-plan-said]");
  let timer, running;

  const ask = async () => {
    running?.abort();
    running = new AbortController();
    try {
      const response = await fetch(form.dataset.plan, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Part": "result" },
        signal: running.signal,
      });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      target.replaceChildren(...page.body.childNodes);
      bar.textContent = said.textContent = target.querySelector("[data-plan-line]").textContent;
      bar.parentElement.classList.toggle("is-off", Boolean(target.querySelector(".findings-errors")));
    } catch {
      // No connection: the sums stay as they are, saving says so.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("rows-changed", soon);
  for (const block of form.querySelectorAll("[data-rows]")) steerRows(form, block);
}

function steerRows(form, block) {
  const list = block.querySelector("[data-row-list]");
  const template = block.querySelector("[data-row-template]");
  const total = block.querySelector('[name$="-TOTAL_FORMS"]');
  const most = Number(block.querySelector('[name$="-MAX_NUM_FORMS"]').value);

  const numberRows = () => {
    const rows = [...list.children].filter((row) => !row.hidden);
    rows.forEach((row, index) => {
      row.querySelector('[name$="-position"]').value = index + 1;
      row.querySelector("legend").textContent = `${block.dataset.rowName} ${index + 1}`;
      const [up, down] = row.querySelectorAll(".row-button");
      up.disabled = index === 0;
      down.disabled = index === rows.length - 1;
    });
  };

  const tellPlaces = () => {
    numberRows();
    form.dispatchEvent(new Event("rows-changed"));
  };

  const button = (word, sign, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "row-button";
    made.textContent = sign;
    made.setAttribute("aria-label", word);
    made.title = word;
    made.addEventListener("click", act);
    return made;
  };

  const steer = (row) => {
    const tools = row.querySelector("[data-row-tools]");
    for (const plain of tools.children) plain.hidden = true;
    const { wordUp, wordDown, wordRemove } = form.dataset;
    const move = (other, place) => {
      if (!other) return;
      other[place](row);
      tellPlaces();
    };
    const up = button(wordUp, "↑", () => {
      move(row.previousElementSibling, "before");
      up.disabled ? down.focus() : up.focus();
    });
    const down = button(wordDown, "↓", () => {
      move(row.nextElementSibling, "after");
      down.disabled ? up.focus() : down.focus();
    });
    const remove = button(wordRemove, wordRemove, () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.querySelector('[name$="-remove"]').checked = true;
      row.hidden = true;
      // At the end of the list it is out of the way of the others.
      list.append(row);
      tellPlaces();
      (next?.hidden ? block.querySelector("[data-add-row]") : next?.querySelector("input, select"))?.focus();
    });
    tools.append(up, down, remove);
  };

  block.querySelector("[data-add-row]").addEventListener("click", (event) => {
    const index = Number(total.value);
    if (index >= most) return;
    event.preventDefault();
    const made = template.content.firstElementChild.cloneNode(true);
    made.innerHTML = made.innerHTML.replaceAll("__prefix__", index);
    made.id = `${block.dataset.rows}-${index}`;
    total.value = index + 1;
    list.append(made);
    // Rows that were removed stay last.
    for (const row of [...list.children]) if (row.hidden) list.append(row);
    steer(made);
    tellPlaces();
    made.querySelector("input, select").focus();
  });
  for (const row of list.children) steer(row);
  numberRows();
}
