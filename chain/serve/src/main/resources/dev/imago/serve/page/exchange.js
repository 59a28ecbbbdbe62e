// One message and its answers: streamed, rated, and, where there are two, chosen from.
import { events, post } from "./api.js";
import { say, translate } from "./words.js";

/** The parts of a template, in the reader's language. */
export function template(id) {
  const part = document.getElementById(id).content.firstElementChild.cloneNode(true);
  translate(part);
  return part;
}

function turn(role, who) {
  const part = template("turn-template");
  part.classList.add(role);
  part.querySelector(".who").textContent = who;
  return part;
}

async function rate(id, rating, comment) {
  await post("v1/feedback", { completion_id: id, rating, comment: comment || undefined });
}

/** Shows in `place` that something is saved, or why it is not. Gives whether it was. */
async function saving(place, words, save) {
  place.classList.remove("failed");
  place.textContent = say("saving");
  try {
    await save();
    place.textContent = say(words);
    return true;
  } catch (error) {
    place.classList.add("failed");
    place.textContent = say("notSaved", {
      reason: error instanceof TypeError ? say("noConnection") : error.message,
    });
    return false;
  }
}

/** One answer on the page. */
class Answer {
  text = "";
  id = null;
  #rated = null;

  constructor(model) {
    this.element = turn("assistant", model);
    this.element.classList.add("busy");
    // A screen reader hears the answer once, whole, not word by word.
    this.element.setAttribute("aria-busy", "true");
    this.rating = this.element.querySelector(".rating");
  }

  /** Streams the answer; what it says of its end stands below it. Throws what went wrong. */
  async stream(path, body, signal, grown) {
    try {
      for await (const chunk of events(await post(path, { ...body, stream: true }, signal))) {
        this.id = chunk.id;
        this.text += chunk.choices[0]?.delta?.content ?? chunk.choices[0]?.text ?? "";
        this.element.querySelector(".text").textContent = this.text;
        const reason = chunk.choices[0]?.finish_reason;
        if (reason === "length") this.aside(say("cut"));
        if (reason && this.text.trim() === "") this.aside(say("silent"));
        grown();
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      this.aside(say("stopped"));
    } finally {
      this.element.classList.remove("busy");
      this.element.removeAttribute("aria-busy");
    }
  }

  /** @param kind `passing` for what no longer holds once there is another answer */
  aside(words, kind = "") {
    const note = document.createElement("p");
    note.className = `aside ${kind}`.trim();
    note.textContent = words;
    this.element.querySelector(".text").after(note);
  }

  /** Shows what it was rated. */
  mark(rating) {
    this.#rated = rating;
    for (const button of this.rating.querySelectorAll("[data-rating]")) {
      button.setAttribute("aria-pressed", String(button.dataset.rating === rating));
    }
  }

  /** Thumbs, and a note once there is one. */
  offerRating() {
    const buttons = this.rating.querySelectorAll("[data-rating]");
    const saved = this.rating.querySelector(".saved");
    const note = this.rating.querySelector(".note");
    const send = async (rating, comment) => {
      if (!(await saving(saved, comment ? "savedNote" : "saved", () => rate(this.id, rating, comment)))) return;
      this.mark(rating);
      note.hidden = Boolean(comment);
    };
    for (const button of buttons) button.onclick = () => send(button.dataset.rating, "");
    note.onsubmit = (event) => {
      event.preventDefault();
      const comment = note.querySelector("input").value.trim();
      if (comment) send(this.#rated, comment);
    };
    this.rating.hidden = false;
  }
}

/** A message and up to two answers to it. */
export class Exchange {
  /** The answer that the conversation goes on from; null until one has come. */
  kept = null;
  #shown = [];

  /**
   * @param model whose name stands over the answers
   * @param ask gives the path and body of a request for an answer
   * @param grown told when the page has grown
   */
  constructor(message, model, ask, grown) {
    this.message = message;
    this.model = model;
    this.ask = ask;
    this.grown = grown;
    this.element = template("exchange-template");
    const asked = turn("user", say("you"));
    asked.querySelector(".text").textContent = message;
    asked.querySelector(".rating").remove();
    this.element.prepend(asked);
    this.answers = this.element.querySelector(".answers");
    this.choice = this.element.querySelector(".choice");
    this.again = this.element.querySelector(".again");
  }

  /**
   * Generates so many answers at once, beside the one that is kept. Throws the first thing that
   * went wrong, once all have ended.
   */
  async answer(count, signal) {
    this.close();
    const fresh = Array.from({ length: count }, () => new Answer(this.model));
    this.#shown = [...(this.kept ? [this.kept] : []), ...fresh];
    this.answers.append(...fresh.map((each) => each.element));
    this.answers.classList.toggle("two", this.#shown.length > 1);
    const { path, body } = this.ask();
    const ends = await Promise.allSettled(fresh.map((each) => each.stream(path, body, signal, this.grown)));
    for (const each of fresh) {
      if (each.text === "" && this.#shown.length > 1) this.#drop(each);
    }
    this.kept ??= this.#shown.find((each) => each.text !== "") ?? null;
    this.#offer();
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }

  #drop(answer) {
    answer.element.remove();
    this.#shown = this.#shown.filter((each) => each !== answer);
    this.answers.classList.toggle("two", this.#shown.length > 1);
  }

  #offer() {
    const rated = this.#shown.filter((each) => each.id && each.text !== "");
    if (rated.length < 2) {
      rated.forEach((each) => each.offerRating());
      this.again.hidden = false;
      return;
    }
    for (const each of rated) each.rating.hidden = true;
    const [a, b] = rated;
    if (a.text === b.text) {
      this.#drop(b);
      a.aside(say("same"), "passing");
      this.#offer();
      return;
    }
    for (const each of rated) {
      const better = template("better-template");
      each.element.append(better);
      better.onclick = () => this.#choose(each, rated);
    }
    this.choice.querySelector(".neither").onclick = () => this.#choose(null, rated);
    this.choice.querySelector(".chosen").textContent = "";
    this.choice.hidden = false;
    this.grown();
  }

  /** One up and one down make a pair of what is preferred and what is not; null puts both down. */
  async #choose(best, rated) {
    const saved = this.choice.querySelector(".chosen");
    const done = await saving(saved, "saved", async () => {
      for (const each of rated) await rate(each.id, each === best ? "up" : "down", "");
    });
    if (!done) return;
    if (best) this.kept = best;
    for (const each of rated) {
      each.element.querySelector(".better").setAttribute("aria-pressed", String(each === best));
      each.element.classList.toggle("passed", each !== best);
      each.mark(each === best ? "up" : "down");
    }
    this.choice.querySelector(".neither").setAttribute("aria-pressed", String(best === null));
    this.again.hidden = false;
    this.grown();
  }

  /** Leaves the answer that is kept, as it stands: the conversation goes on. */
  close() {
    for (const each of this.#shown.filter((each) => each !== this.kept)) this.#drop(each);
    this.kept?.element.classList.remove("passed");
    if (this.kept?.id) this.kept.offerRating();
    this.element.querySelectorAll(".better, .passing").forEach((each) => each.remove());
    this.choice.hidden = true;
    this.again.hidden = true;
  }

  /** What was said, as the API takes it. */
  turns() {
    return this.kept === null
      ? []
      : [
          { role: "user", content: this.message },
          { role: "assistant", content: this.kept.text },
        ];
  }
}
