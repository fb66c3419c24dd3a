// A section saves by itself: soon after typing, again when the connection was lost, never twice at
// once. The page works the same without it; the buttons stay.
const PAUSE = 1500;
const LONGEST_WAIT = 60_000;

export function saveByItself(form) {
  const state = document.querySelector("[data-saving]");
  // `unanswered` is what was sent and not answered: it goes out again as it was, because the server
  // may have stored it, and would take newer words in its place for those of somebody else.
  let timer, unanswered, waiting, isSaving = false, isChanged = false, isOver = false, isSignedOut = false, isLeaving = false;
  let failures = 0, renewals = 0;

  const say = (text, failed = false) => {
    state.textContent = text;
    state.classList.toggle("saving-failed", failed);
  };

  const soon = (wait = PAUSE) => {
    clearTimeout(timer);
    if (!isOver && !isLeaving) timer = setTimeout(save, wait);
  };

  const save = async () => {
    if (isSaving || isOver || !(isChanged || unanswered)) return;
    isSaving = true;
    let pause = PAUSE;
    if (!unanswered) {
      unanswered = new FormData(form);
      isChanged = false;
    }
    if (!failures) say(form.dataset.savingNow);
    try {
      const response = await fetch(form.action || location.href, {
        method: "POST",
        body: unanswered,
        headers: { "X-Saves-Itself": "yes", Accept: "application/json" },
      });
      if (response.headers.get("Content-Type")?.startsWith("application/json")) {
        const answer = await response.json();
        pause = failures ? 0 : PAUSE;
        failures = renewals = 0;
        unanswered = null;
        takeIn(answer);
      } else if (response.status === 429 || response.status >= 500) {
        throw new Error(response.status);
      } else if (await hasNewToken()) {
        unanswered = null;
        isChanged = true;
        pause = 0;
      } else {
        isOver = true;
        say(form.dataset.refused, true);
      }
    } catch {
      failures += 1;
      say(form.dataset.notSaved, true);
      soon(Math.min(PAUSE * 2 ** failures, LONGEST_WAIT));
    } finally {
      isSaving = false;
    }
    const isArrived = !unanswered || isOver;
    if (isLeaving && isArrived) form.requestSubmit(waiting);
    isLeaving &&= isArrived;
    if (isChanged && !failures) soon(pause);
  };

  // Whoever signed in again in another tab has another token; the page as it is now knows it.
  const hasNewToken = async () => {
    if (renewals) return false;
    const response = await fetch(form.action || location.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = page.querySelector("[data-saves-itself] [name=csrfmiddlewaretoken]");
    if (!token) return false;
    renewals += 1;
    form.elements.csrfmiddlewaretoken.value = token.value;
    return true;
  };

  const takeIn = (answer) => {
    const isRefused = Boolean(answer.conflict || answer.closed || answer.signed_out || Object.keys(answer.errors ?? {}).length);
    // "Saved" only where nothing newer waits.
    if (isRefused || !isChanged) say(answer.message, isRefused);
    else say(form.dataset.savingNow);
    // The form for pasted rows remembers the plan, too.
    if (answer.seen) for (const field of document.querySelectorAll('[name="seen"]')) field.value = answer.seen;
    if (answer.conflict || answer.closed || answer.signed_out) {
      isOver = true;
      isSignedOut = Boolean(answer.signed_out);
      // What was typed is nowhere but here.
      isChanged = !answer.closed;
    } else mark(answer.errors ?? {});
  };

  // What was refused is marked at its field, in the same words as on the page without a script.
  const mark = (errors) => {
    for (const old of form.querySelectorAll("[data-live-error]")) old.remove();
    for (const field of form.querySelectorAll("[data-live-invalid]")) {
      field.removeAttribute("data-live-invalid");
      field.removeAttribute("aria-invalid");
    }
    for (const [name, text] of Object.entries(errors)) {
      const field = document.getElementById(name) ?? document.getElementById(`id_${name}`);
      if (!field || field.closest(".has-error")) continue;
      const note = document.createElement("p");
      note.className = "field-error";
      note.dataset.liveError = "";
      note.textContent = text;
      field.before(note);
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("data-live-invalid", "");
    }
  };

  const changed = () => {
    isChanged = true;
    soon();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("rows-changed", changed);
  // The button waits for what is on its way, or its words would meet those as somebody else's; and
  // without a connection nobody is led away from what is not saved.
  form.addEventListener("submit", (event) => {
    isLeaving = true;
    clearTimeout(timer);
    if (isSignedOut) {
      event.preventDefault();
      isSignedOut = false;
      hasNewToken().finally(() => form.requestSubmit(event.submitter));
      return;
    }
    if (isOver || !(isSaving || unanswered || !navigator.onLine)) return;
    event.preventDefault();
    waiting = event.submitter;
    isChanged = true;
    save();
  });
  addEventListener("pageshow", () => (isLeaving = false));
  addEventListener("online", () => soon(0));
  addEventListener("pagehide", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", save);
  addEventListener("beforeunload", (event) => {
    if ((isChanged || unanswered) && !isLeaving) event.preventDefault();
  });
}

// Files go up with a bar that shows how far they are; the answer is the same page as without.
export function showProgress(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.isSending) return event.preventDefault();
    form.dataset.isSending = "yes";
    event.preventDefault();
    const part = form.querySelector("[data-progress]");
    const bar = part.querySelector("progress");
    const request = new XMLHttpRequest();
    part.hidden = false;
    form.querySelector("[data-upload-failed]").textContent = "";
    request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = (loaded / total) * 100));
    request.addEventListener("load", () => showAnswer(request));
    request.addEventListener("error", () => {
      part.hidden = true;
      delete form.dataset.isSending;
      form.querySelector("[data-upload-failed]").textContent = form.dataset.notSent;
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

function showAnswer(request) {
  // Elsewhere is the sign-in, or what was handed in meanwhile.
  const isHere = new URL(request.responseURL).pathname === location.pathname;
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (!isHere || !page.querySelector("main")) {
    location.assign(request.responseURL);
    return;
  }
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.title = page.title;
  const news = document.querySelector("[data-error-summary], .messages") ?? document.querySelector("main h1");
  if (news) {
    news.tabIndex = -1;
    news.focus();
  }
  const form = document.querySelector("[data-upload]");
  if (form) showProgress(form);
}
