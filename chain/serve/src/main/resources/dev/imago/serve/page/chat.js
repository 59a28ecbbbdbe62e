// The chat page: what the model is, the conversation, the settings.
import { call, onKeyWanted } from "./api.js";
import { Exchange } from "./exchange.js";
import { day, describe, language, say, translate } from "./words.js";

const $ = (id) => document.getElementById(id);

/** The conversation so far. */
let exchanges = [];
/** Aborts the answers that are on their way; null when none is. */
let running = null;
let settings = { model: "", hint: "", conversation: true };

async function start() {
  document.documentElement.lang = language;
  translate(document);
  try {
    settings = await (await call("chat.json")).json();
  } catch (error) {
    trouble(error);
    return;
  }
  document.title = `${settings.model} · Imago`;
  $("model").textContent = settings.model;
  $("model").title = settings.model;
  // What a person wrote stands as written; the card's facts are told in the reader's language.
  $("about").textContent = settings.about || describe(settings.card) || settings.description;
  $("made").textContent = settings.created ? say("made", { date: day(settings.created) }) : "";
  $("message").placeholder = settings.hint || say("write");
  if (settings.hint) {
    $("example").textContent = settings.hint;
    $("example").hidden = false;
  }
  $("temperature").value = settings.temperature;
  $("penalty").value = settings.repetitionPenalty;
  $("max-tokens").value = settings.maxTokens;
  $("max-tokens").max = settings.context - 1;
  $("context").textContent = say("shared", { context: settings.context });
  $("conversation").checked = settings.conversation;
  $("continues").checked = settings.continues;
  showSliders();
  showMode();
  $("message").focus();
}

function showSliders() {
  $("temperature-value").textContent = Number($("temperature").value).toFixed(1);
  $("penalty-value").textContent = Number($("penalty").value).toFixed(2);
}

function showMode() {
  $("greeting").textContent = say($("continues").checked ? "continues" : "welcome");
}

/** The welcome stands where nothing has been said yet. */
function showWelcome() {
  const empty = $("log").childElementCount === 0;
  $("welcome").hidden = !empty;
  $("fresh").hidden = empty;
}

/** The request for an answer to a message, as the settings are now. */
function request(message, earlier) {
  const longest = Number($("max-tokens").value) || settings.maxTokens;
  const common = {
    model: settings.model,
    temperature: Number($("temperature").value),
    repetition_penalty: Number($("penalty").value),
    // Left alone it is left out: then the server fits it to what the message leaves.
    max_tokens: longest === settings.maxTokens ? undefined : longest,
  };
  return $("continues").checked
    ? { path: "v1/completions", body: { ...common, prompt: message } }
    : {
        path: "v1/chat/completions",
        body: { ...common, messages: [...earlier, { role: "user", content: message }] },
      };
}

async function send(message) {
  exchanges.at(-1)?.close();
  const earlier = $("conversation").checked ? exchanges.flatMap((each) => each.turns()) : [];
  const exchange = new Exchange(message, settings.model, () => request(message, earlier), () => scrollDown(false));
  exchange.again.onclick = () => another(exchange);
  $("log").append(exchange.element);
  showWelcome();
  scrollDown(true);
  const varied = Number($("temperature").value) > 0;
  const failure = await run((signal) => exchange.answer($("two").checked && varied ? 2 : 1, signal));
  if (exchange.kept || !failure) {
    exchanges.push(exchange);
  } else {
    // What was not answered was not said: it goes back where it can be changed and sent again.
    exchange.element.remove();
    showWelcome();
    if (!$("message").value) $("message").value = message;
    grow();
  }
  scrollDown(false);
  $("message").focus();
}

/** One more answer to the same message, to choose from. */
async function another(exchange) {
  if (running !== null) return;
  if (Number($("temperature").value) === 0) {
    trouble(new Error(say("greedy")), true);
    return;
  }
  await run((signal) => exchange.answer(1, signal));
  scrollDown(false);
}

/** Generates until it ends or is stopped; tells and gives what went wrong. */
async function run(generate) {
  trouble(null);
  running = new AbortController();
  showRunning();
  let failure = null;
  try {
    await generate(running.signal);
  } catch (error) {
    failure = error;
  }
  running = null;
  showRunning();
  if (failure) trouble(failure);
  return failure;
}

/** Says what went wrong, in words that help; null takes it away. */
function trouble(error, plain = false) {
  const box = $("trouble");
  box.hidden = error === null;
  if (error === null) return;
  if (plain) {
    box.textContent = error.message;
  } else if (error instanceof TypeError) {
    box.textContent = say("unreachable");
  } else if (error.code === "context_length_exceeded") {
    box.textContent =
      exchanges.some((each) => each.kept) && $("conversation").checked ? say("grown") : say("tooLong", { reason: error.message });
  } else if (error.code === "too_many_requests") {
    box.textContent = say("busy");
  } else {
    box.textContent = say("failed", { reason: error.message });
  }
}

/** Asks for an API key below the conversation; gives it, or throws when the answer is stopped. */
onKeyWanted(
  (refused, signal) =>
    new Promise((resolve, reject) => {
      $("key-words").textContent = say(refused ? "keyWrong" : "key");
      $("key").hidden = false;
      $("key-value").value = "";
      $("key-value").focus();
      const end = (settle) => {
        $("key").hidden = true;
        settle();
      };
      signal?.addEventListener("abort", () => end(() => reject(signal.reason)), { once: true });
      $("key").onsubmit = (event) => {
        event.preventDefault();
        const value = $("key-value").value.trim();
        if (value) end(() => resolve(value));
      };
    }),
);

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

/**
 * Whether a key press belongs to the choice of a character (Chinese, Japanese …). Safari has ended
 * the composition before it tells of the Enter that ended it; the old code 229 still says so.
 */
const composing = (event) => event.isComposing || event.keyCode === 229;

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = $("continues").checked ? $("message").value : $("message").value.trim();
  if (message.trim() === "" || running !== null) return;
  $("message").value = "";
  grow();
  send(message);
});
$("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !composing(event)) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("message").addEventListener("input", grow);
$("stop").addEventListener("click", () => running?.abort());
$("temperature").addEventListener("input", showSliders);
$("penalty").addEventListener("input", showSliders);
$("continues").addEventListener("change", showMode);
$("example").addEventListener("click", () => {
  $("message").value = settings.hint;
  grow();
  $("message").focus();
});
$("fresh").addEventListener("click", () => {
  exchanges = [];
  $("log").replaceChildren();
  showWelcome();
  trouble(null);
  $("message").focus();
});

start();
