// What the page says, in English and Chinese: the first of the two that the browser's user reads.

const WORDS = {
  en: {
    welcome: "What can I do for you?",
    continues: "Begin a text, and I go on with it.",
    fresh: "New chat",
    conversationLog: "Conversation",
    message: "Message",
    write: "Write a message",
    send: "Send",
    stop: "Stop",
    you: "You",
    settings: "Settings",
    temperature: "Temperature",
    temperatureHint: "0 gives the likeliest answer each time; more gives variety.",
    penalty: "Against repetition",
    penaltyHint: "1 lets it repeat itself; more keeps it from that.",
    longest: "Longest answer, in tokens",
    shared: "The conversation and the answer share {context}.",
    remember: "Remember earlier messages",
    two: "Two answers to choose from",
    continueText: "Go on with my text instead of answering it",
    good: "Good answer",
    bad: "Bad answer",
    again: "Another answer",
    better: "This one is better",
    neither: "Neither is good",
    which: "Which one is better?",
    same: "Both answers are the same. A higher temperature gives variety.",
    greedy: "At temperature 0 every answer is the same: raise it in the settings for another one.",
    noteLabel: "What was good or bad about it",
    notePlaceholder: "Add a note (optional)",
    save: "Save",
    saving: "Saving …",
    saved: "Saved, thank you",
    savedNote: "Saved with your note",
    notSaved: "Not saved: {reason}",
    noConnection: "no connection",
    cut: "The answer reached its longest allowed length.",
    silent: "The model had nothing to say to this.",
    stopped: "Stopped.",
    lost: "The connection was lost in the middle of the answer.",
    status: "The server answered {status}.",
    unreachable: "The server cannot be reached. Is it still running? Your message is kept.",
    grown:
      "This conversation has grown longer than the model can read. Start a new chat, or turn off “Remember earlier messages” in the settings.",
    tooLong: "This is longer than the model can read: {reason}.",
    busy: "Many people are asking just now. Please send it again in a moment.",
    failed: "That did not work: {reason}",
    key: "This server asks for an API key.",
    keyWrong: "The server does not take this key.",
    keyLabel: "API key",
    keyUse: "Use it",
    made: "Made on {date}.",
    kinds: {},
    list: " and ",
  },
  zh: {
    welcome: "有什么可以帮您？",
    continues: "写下开头，我来续写。",
    fresh: "新对话",
    conversationLog: "对话",
    message: "消息",
    write: "输入消息",
    send: "发送",
    stop: "停止",
    you: "您",
    settings: "设置",
    temperature: "温度",
    temperatureHint: "0 总是给出最可能的回答；数值越大，变化越多。",
    penalty: "避免重复",
    penaltyHint: "1 允许重复；数值越大，重复越少。",
    longest: "回答的最大长度（词元）",
    shared: "对话与回答共用 {context} 个词元。",
    remember: "记住前面的消息",
    two: "给出两个回答供选择",
    continueText: "续写我的文字，而不是回答",
    good: "好的回答",
    bad: "不好的回答",
    again: "换一个回答",
    better: "这个更好",
    neither: "两个都不好",
    which: "哪一个更好？",
    same: "两个回答相同。提高温度会带来变化。",
    greedy: "温度为 0 时每次回答都相同：请在设置中调高温度。",
    noteLabel: "好在哪里，或不好在哪里",
    notePlaceholder: "添加备注（可选）",
    save: "保存",
    saving: "正在保存……",
    saved: "已保存，谢谢",
    savedNote: "已连同备注保存",
    notSaved: "未保存：{reason}",
    noConnection: "没有连接",
    cut: "回答已达到允许的最大长度。",
    silent: "模型对此无话可说。",
    stopped: "已停止。",
    lost: "回答中途连接断开了。",
    status: "服务器返回 {status}。",
    unreachable: "无法连接服务器。它还在运行吗？您的消息已保留。",
    grown: "对话已超过模型能读的长度。请开始新对话，或在设置中关闭“记住前面的消息”。",
    tooLong: "内容超过了模型能读的长度：{reason}。",
    busy: "现在提问的人很多，请稍后再发送。",
    failed: "出错了：{reason}",
    key: "此服务器需要 API 密钥。",
    keyWrong: "服务器不接受这个密钥。",
    keyLabel: "API 密钥",
    keyUse: "使用",
    made: "制作于 {date}。",
    kinds: { code: "代码", prose: "文章", poem: "诗词", dialogue: "对话", headline: "标题", list: "列表" },
    list: "、",
  },
};

const primary = (tag) => tag.toLowerCase().split("-")[0];

/** The reader's own tag, such as en-GB: numbers and dates are written as it says. */
const locale = (navigator.languages ?? [navigator.language]).find((tag) => primary(tag) in WORDS) ?? "en";

export const language = primary(locale);

/** The words of a key, with what stands in braces filled in. */
export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Puts the words into the page: data-say, data-label (for screen readers and as a tooltip), data-hint. */
export function translate(root) {
  for (const each of root.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of root.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", say(each.dataset.label));
    if (each.tagName === "BUTTON") each.title = say(each.dataset.label);
  }
  for (const each of root.querySelectorAll("[data-hint]")) each.placeholder = say(each.dataset.hint);
}

const compact = new Intl.NumberFormat(locale, {
  notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3,
});
const exact = new Intl.NumberFormat(locale);
const count = (number) => (number < 1e5 ? exact : compact).format(number);

function size(bytes) {
  const [unit, of] = bytes < 1e3 ? [1, "B"] : bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(bytes / unit)} ${of}`;
}

function languageName(code) {
  if (code === "java") return "Java";
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** The languages that make up a fiftieth of the text at least, with their shares. */
function languages(bytesByLanguage) {
  const entries = Object.entries(bytesByLanguage).filter(([code]) => code !== "und");
  const all = Object.values(bytesByLanguage).reduce((a, b) => a + b, 0);
  return entries
    .filter(([, bytes]) => bytes >= all / 50)
    .map(([code, bytes]) =>
      bytes > 0.995 * all ? languageName(code) : `${Math.round((100 * bytes) / all)} % ${languageName(code)}`)
    .join(language === "zh" ? "、" : ", ");
}

/** What a model's card tells of it, as a sentence. */
export function describe({ parameters, reading, tuning }) {
  if (!parameters) return "";
  const zh = language === "zh";
  let text = zh ? `一个有 ${count(parameters)}个参数的模型` : `A model of ${count(parameters)} parameters`;
  if (reading) {
    const kinds = Object.keys(reading.kinds).map((kind) => WORDS[language].kinds[kind] ?? kind).join(say("list"));
    const named = languages(reading.languages);
    const content = zh
      ? [size(reading.bytes), kinds, named].filter(Boolean).join("，")
      : `${size(reading.bytes)}${kinds && ` of ${kinds}`}${named && `: ${named}`}`;
    text += zh
      ? `，用 ${count(reading.documents)} 篇文档（${content}）从零开始训练，读了 ${count(reading.tokens)}个词元`
      : `, trained from nothing on ${count(reading.documents)} ${reading.documents === 1 ? "document" : "documents"} (${content}), of which it read ${count(reading.tokens)} tokens`;
  }
  if (tuning) {
    text += zh
      ? `，并以 ${count(tuning.pairs)} 对问答微调`
      : `, then tuned on ${count(tuning.pairs)} ${tuning.pairs === 1 ? "pair" : "pairs"} of a prompt and its answer`;
  }
  return text + (zh ? "。" : ".");
}

/** A day as the reader writes it. */
export function day(seconds) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(seconds * 1000));
}
