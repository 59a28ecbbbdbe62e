// The chat page. Talks to /v1/chat/completions as any client would, and to /v1/feedback.
"use strict";

const $ = (id) => document.getElementById(id);

/** The conversation: {role, content}, as the API takes it. */
let turns = [];
/** Aborts the answer that is on its way; null when none is. */
let running = null;
let settings = { model: "", conversation: true };

async function start() {
  try {
    settings = await (await check(await fetch("chat.json"))).json();
  } catch (error) {
    trouble(error);
    return;
  }
  document.title = `${settings.model} · Imago`;
  $("model").textContent = settings.model;
  $("about").textContent = settings.about;
  $("message").placeholder = settings.placeholder;
  if (settings.about && settings.placeholder) {
    $("example").textContent = settings.placeholder;
    $("example").hidden = false;
  }
  $("temperature").value = settings.temperature;
  $("max-tokens").value = settings.maxTokens;
  $("max-tokens").max = settings.context - 1;
  $("context").textContent = `The conversation and the answer share ${settings.context}.`;
  $("conversation").checked = settings.conversation;
  showTemperature();
  $("message").focus();
}

function showTemperature() {
  $("temperature-value").textContent = Number($("temperature").value).toFixed(1);
}

/** Adds one turn to the page and gives its parts. */
function addTurn(role) {
  const turn = $("turn-template").content.firstElementChild.cloneNode(true);
  turn.classList.add(role);
  turn.querySelector(".who").textContent = role === "user" ? "You" : settings.model;
  if (role === "user") turn.querySelector(".rating").remove();
  $("log").append(turn);
  showWelcome();
  return turn;
}

/** The welcome stands where nothing has been said yet. */
function showWelcome() {
  const empty = $("log").childElementCount === 0;
  $("welcome").hidden = !empty;
  $("fresh").hidden = empty;
}

async function send(message) {
  trouble(null);
  addTurn("user").querySelector(".text").textContent = message;
  const answer = addTurn("assistant");
  answer.classList.add("busy");
  // A screen reader hears the answer once, whole, not word by word.
  answer.setAttribute("aria-busy", "true");
  scrollDown(true);
  const asked = { role: "user", content: message };
  const earlier = $("conversation").checked ? turns : [];
  running = new AbortController();
  showRunning();
  const longest = Number($("max-tokens").value) || settings.maxTokens;
  let text = "";
  let id = null;
  let failure = null;
  try {
    const response = await check(
      await fetch("v1/chat/completions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        signal: running.signal,
        body: JSON.stringify({
          model: settings.model,
          messages: [...earlier, asked],
          stream: true,
          temperature: Number($("temperature").value),
          // Left alone it is left out: then the server fits it to what the message leaves.
          max_tokens: longest === settings.maxTokens ? undefined : longest,
        }),
      }),
    );
    for await (const chunk of events(response)) {
      id = chunk.id;
      text += chunk.choices[0]?.delta?.content ?? "";
      answer.querySelector(".text").textContent = text;
      const reason = chunk.choices[0]?.finish_reason;
      if (reason === "length") aside(answer, "The answer reached its longest allowed length.");
      if (reason && text.trim() === "") aside(answer, "The model had nothing to say to this.");
      scrollDown(false);
    }
  } catch (error) {
    if (error.name === "AbortError") {
      aside(answer, "Stopped.");
    } else {
      failure = error;
    }
  }
  running = null;
  showRunning();
  answer.classList.remove("busy");
  answer.removeAttribute("aria-busy");
  if (failure) {
    trouble(failure);
    // What was not answered was not said: it goes back where it can be changed and sent again.
    if (text === "") {
      answer.previousElementSibling.remove();
      answer.remove();
      showWelcome();
      if (!$("message").value) $("message").value = message;
      grow();
    }
  }
  if (text !== "") {
    turns.push(asked, { role: "assistant", content: text });
    if (id) offerRating(answer, id);
  }
  scrollDown(false);
  $("message").focus();
}

/** Server-sent events as parsed JSON, up to [DONE]. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The connection was lost in the middle of the answer.");
    waiting += value;
    const blocks = waiting.split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) {
      if (!block.startsWith("data: ")) continue; // a sign of life
      const data = block.slice("data: ".length);
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
}

/** Passes a good response on; throws the server's own words for a bad one. */
async function check(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw Object.assign(new Error(body?.error?.message ?? `The server answered ${response.status}.`), {
    code: body?.error?.code,
  });
}

/** Says what went wrong, in words that help; null takes it away. */
function trouble(error) {
  const box = $("trouble");
  box.hidden = error === null;
  if (error === null) return;
  if (error instanceof TypeError) {
    box.textContent = "The server cannot be reached. Is it still running? Your message is kept.";
  } else if (error.code === "context_length_exceeded") {
    box.textContent = turns.length > 0 && $("conversation").checked
      ? "This conversation has grown longer than the model can read. Start a new chat, or turn off “Remember earlier messages” in the settings."
      : `This is longer than the model can read: ${error.message}.`;
  } else if (error.code === "too_many_requests") {
    box.textContent = "Many people are asking just now. Please send it again in a moment.";
  } else {
    box.textContent = `That did not work: ${error.message}`;
  }
}

function aside(turn, words) {
  const note = document.createElement("p");
  note.className = "aside";
  note.textContent = words;
  turn.querySelector(".text").after(note);
}

function offerRating(turn, id) {
  const box = turn.querySelector(".rating");
  const saved = box.querySelector(".saved");
  const note = box.querySelector(".note");
  let current = null;

  async function rate(rating, comment) {
    saved.classList.remove("failed");
    saved.textContent = "Saving …";
    try {
      await check(
        await fetch("v1/feedback", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ completion_id: id, rating, comment: comment || undefined }),
        }),
      );
    } catch (error) {
      saved.classList.add("failed");
      saved.textContent = error instanceof TypeError ? "Not saved: no connection" : `Not saved: ${error.message}`;
      return;
    }
    current = rating;
    for (const button of box.querySelectorAll("[data-rating]")) {
      button.setAttribute("aria-pressed", String(button.dataset.rating === rating));
    }
    saved.textContent = comment ? "Saved with your note" : "Saved, thank you";
    note.hidden = Boolean(comment);
  }

  for (const button of box.querySelectorAll("[data-rating]")) {
    button.addEventListener("click", () => rate(button.dataset.rating, ""));
  }
  note.addEventListener("submit", (event) => {
    event.preventDefault();
    const comment = note.querySelector("input").value.trim();
    if (comment) rate(current, comment);
  });
  box.hidden = false;
}

function showRunning() {
  $("send").hidden = running !== null;
  $("stop").hidden = running === null;
  $("fresh").disabled = running !== null;
}

/** Follows the answer, unless the reader has scrolled up to read. */
function scrollDown(always) {
  const main = document.querySelector("main");
  if (always || main.scrollHeight - main.scrollTop - main.clientHeight < 120) {
    main.scrollTop = main.scrollHeight;
  }
}

/** The box grows with its text. */
function grow() {
  const box = $("message");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = $("message").value.trim();
  if (message === "" || running !== null) return;
  $("message").value = "";
  grow();
  send(message);
});
$("message").addEventListener("keydown", (event) => {
  // Enter that ends the choice of a character (Chinese, Japanese …) is not meant to send.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("message").addEventListener("input", grow);
$("stop").addEventListener("click", () => running?.abort());
$("temperature").addEventListener("input", showTemperature);
$("example").addEventListener("click", () => {
  $("message").value = settings.placeholder;
  grow();
  $("message").focus();
});
$("fresh").addEventListener("click", () => {
  turns = [];
  $("log").replaceChildren();
  showWelcome();
  trouble(null);
  $("message").focus();
});

start();
