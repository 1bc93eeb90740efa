// One device on the page: its name and plug, its drawing, the places a card goes to, its hands, what is wrong, its papers.
// Controls are made once and never replaced, so that focus stays where it is; only the drawing and the words change.
"use strict";
import { draw } from "./drawings.js";
import { cardIn, handsInto, pressPlace } from "./wallet.js";
import { inWords, otherTitle, say, title, yuan } from "./words.js";

const PLUGS = { document_printer: ["switch_off", "switch_on", "on"], chip_card_reader: ["stop_service", "start_service", "pcscd"],
  network: ["cut", "restore", "connected"], kiosk: ["kill", "start", "running"] };
const PLUG = ["unplug", "plug_in", "plugged"];
const INSIDE = new Set(["cabinet", "ups", "network", "kiosk"]);
const DIRECT = { id_card_reader: ["lift"], chip_card_reader: ["remove"], card_terminal: ["type_pin", "press_cancel", "remove_card"], permit_unit: ["take", "pull"],
  receipt_printer: ["take_paper", "refill"], document_printer: ["take_paper", "refill"], cabinet: ["open_door", "close_doors", "hit"],
  ups: ["fail_mains", "return_mains", "drain"], network: ["slow"], kiosk: [],
  camera: ["cover", "uncover"], document_camera: ["lay_paper", "turn", "take_away"],
  keypad: [], headphones: ["insert", "pull"], code_scanner: ["hold", "take_away"] };
const TROUBLE = new Set(["freeze", "thaw", "corrupt", "noise", "slow_down"]);
const WANTED = { // a hand that is asked for now is the one bright button
  lift: s => s.card, remove: s => s.card, type_pin: s => s.stage === "pin", remove_card: s => s.card && s.stage === "idle", take: s => s.position === "EXIT" && !s.moving,
  take_paper: s => s.waiting ?? s.documents, take_away: s => s.held, return_mains: s => s.on_mains === false, close_doors: s => s.open_doors?.length };
const STOPS = new Set(["card_terminal/press_cancel", "cabinet/hit", "ups/fail_mains", "permit_unit/pull"]);
const PADS = { keypad: "press", code_scanner: "show" }; // each choice of this hand is a button of its own
const SIGNS = { previous: "▲", next: "▼", select: "●", back: "↩", erase: "⌫", help: "?", louder: "♪+", quieter: "♪−" };
const SLOTS = { // one physical place takes what belongs there and what does not: the hands of each, and its name
  id_card_reader: [[["lay", "lay_foreign_card"], "放上", "Lay on"]], chip_card_reader: [[["insert"], "插入", "Insert"]],
  card_terminal: [[["insert"], "插卡", "Insert"], [["tap"], "挥卡", "Tap"]],
  permit_unit: [[["insert", "insert_foreign_card"], "插入", "Insert"], [["insert_upside_down"], "反面插入", "Upside down"]] };

const LIVE = 400; // milliseconds between two looks through a camera

export const make = (tag, props = {}, ...inside) => { const element = Object.assign(document.createElement(tag), props); element.append(...inside); return element; };
const plugIcon = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M8 3v5m8-5v5M6 8h12v4q0 5-6 5t-6-5zm6 9v4" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/></svg>`;

export class Device {
  constructor(role, part, act) {
    this.role = role; this.act = act; this.hands = part.hands; this.shown = ""; this.names = []; this.forms = {};
    this.plug = PLUGS[role] ?? (part.hands.unplug && part.hands.plug_in ? PLUG : null);
    this.picture = draw(role);
    this.build(part.state);
    document.getElementById(INSIDE.has(role) ? "inside" : "front").append(this.section);
  }

  build(state) {
    const into = handsInto(this.role).filter(name => this.hands[name]);
    const rest = Object.keys(this.hands).filter(name => !into.includes(name) && !(this.plug ?? []).includes(name) && name !== PADS[this.role]);
    const direct = (DIRECT[this.role] ?? rest.filter(name => !TROUBLE.has(name))).filter(name => rest.includes(name));
    this.sign = make("span", { className: "sign" });
    this.switch = make("button", { type: "button", className: "plug", onclick: () => this.act(this.role, this.plug[this.on ? 0 : 1], {}) });
    this.switch.setAttribute("role", "switch");
    this.mend = make("div", { className: "mend", hidden: true }, make("span"), make("button", { type: "button", onclick: () => this.act(this.role, "", {}) }));
    this.papers = make("div", { className: "papers" });
    this.facts = make("dl", { className: "facts" });
    this.books = make("table", { hidden: true });
    this.title = make("h3", { id: `title-${this.role}` });
    this.summary = make("summary");
    this.places = (SLOTS[this.role] ?? into.map(name => [[name], inWords(this.hands[name].label), this.hands[name].label])).map(slot => this.place(...slot));
    const trouble = rest.filter(name => !direct.includes(name)).map(name => this.form(name, state));
    this.section = make("section", { className: "device", id: this.role, tabIndex: -1 }, make("header", {}, this.title, this.sign, ...(this.plug ? [this.switch] : [])),
      make("div", { className: "picture" }, this.picture.svg), this.mend, make("div", { className: "row" }, ...this.places, ...this.pad(state), ...direct.map(name => this.form(name, state))), this.papers,
      make("details", {}, this.summary, make("div", { className: "row" }, ...trouble), this.books, this.facts));
    this.section.dataset.into = this.role;
    this.section.setAttribute("aria-labelledby", this.title.id);
  }

  place(hands, zh, en) {
    const button = make("button", { type: "button", className: "place" });
    Object.assign(button.dataset, { into: this.role, hands: hands.join(" "), zh: `⇣ ${zh}`, en: `⇣ ${en}` });
    button.onclick = () => pressPlace(button, words => this.act("", words, {}));
    return button;
  }

  /** One button for each choice of the device's pad. */
  pad(state) {
    const hand = this.hands[PADS[this.role]], argument = hand?.arguments[0].name, choices = hand ? state[argument + "s"] ?? [] : [];
    this.keys = choices.map(choice => [choice, make("button", { type: "button", className: "key", onclick: () => this.act(this.role, PADS[this.role], { [argument]: choice }) })]);
    return this.keys.map(([, key]) => key);
  }

  form(name, state) {
    const { label, arguments: wanted } = this.hands[name], fields = wanted.map(argument => this.field(argument, argument.choices ?? state[argument.name + "s"]));
    const button = make("button", { className: STOPS.has(`${this.role}/${name}`) ? "stop" : "" });
    const form = make("form", { onsubmit: event => {
      event.preventDefault();
      this.act(this.role, name, Object.fromEntries([...form.querySelectorAll("[name]")].map(f => [f.name, f.type === "number" ? Number(f.value) : f.value])));
    } }, ...fields.map(field => field.label), button);
    this.forms[name] = { button, label, fields };
    return form;
  }

  field(argument, choices) {
    const field = make(choices && typeof choices === "object" ? "select" : "input", { name: argument.name, className: "short" });
    if (field.tagName === "SELECT") for (const [value, label] of Array.isArray(choices) ? choices.map(c => [c, c]) : Object.entries(choices)) field.append(make("option", { value, textContent: label }));
    else Object.assign(field, { type: argument.type === "int" ? "number" : "text", autocomplete: "off" });
    if (argument.default !== undefined) field.value = argument.default;
    const caption = make("span");
    return { name: argument.name, caption, label: make("label", {}, caption, field) };
  }

  /** Show ``part`` as the bench told it; also after the language changed. */
  update(part) {
    const gone = part.gone !== undefined, state = gone ? this.state ?? {} : part.state, wrong = gone ? {} : part.wrong;
    this.state = state; this.names = part.papers ?? this.names; this.on = !this.plug || Boolean(state[this.plug[2]]);
    const bad = gone || Object.keys(wrong).length > 0;
    this.title.replaceChildren(title(this.role), make("small", { textContent: otherTitle(this.role) }));
    this.sign.textContent = gone ? say("不见了", "gone") : bad ? inWords(Object.values(wrong)[0]) : say("正常", "well");
    this.sign.classList.toggle("bad", bad); this.section.classList.toggle("bad", bad); this.section.classList.toggle("gone", gone);
    this.section.classList.toggle("off", !this.on); this.section.classList.toggle("frozen", Boolean(state.frozen));
    this.switch.innerHTML = plugIcon; this.switch.append(this.plugWords());
    this.switch.setAttribute("aria-checked", this.on);
    this.switch.setAttribute("aria-label", `${title(this.role)}: ${this.plugWords()}`);
    this.mend.hidden = !bad;
    this.mend.firstChild.textContent = gone ? part.gone : Object.values(wrong).map(inWords).join(say("、", ", "));
    for (const [choice, key] of this.keys) {
      key.textContent = SIGNS[choice] ?? inWords(choice); key.title = inWords(choice); key.setAttribute("aria-label", inWords(choice));
    }
    this.mend.lastChild.textContent = say("恢复正常", "Put right"); this.mend.lastChild.hidden = gone;
    for (const button of this.places) button.textContent = say(button.dataset.zh, button.dataset.en);
    for (const [name, { button, label, fields }] of Object.entries(this.forms)) {
      button.textContent = inWords(label);
      button.classList.toggle("go", Boolean(WANTED[name]?.(state)));
      for (const field of fields) field.caption.textContent = inWords(field.name).replaceAll("_", " ");
    }
    this.summary.textContent = say("故障与读数", "Trouble and readings");
    if (!gone) this.picture.show(state, this.names, cardIn(this.role, state));
    if (this.names.some(name => name.startsWith("live"))) this.live ??= setInterval(() => { if (!document.hidden) this.picture.show(this.state, this.names); }, LIVE);
    this.showFacts(state); this.showPapers(); this.showBooks(state.ledger);
  }

  plugWords() {
    const off = { kiosk: ["断电", "Cut power"], network: ["剪断", "Cut"], document_printer: ["关机", "Switch off"], chip_card_reader: ["停服务", "Stop"] }[this.role] ?? ["拔线", "Unplug"];
    const on = { kiosk: ["通电", "Power on"], network: ["接上", "Join"], document_printer: ["开机", "Switch on"], chip_card_reader: ["启动", "Start"] }[this.role] ?? ["插回", "Plug in"];
    return say(...(this.on ? off : on));
  }

  showFacts(state) {
    const words = value => value === true ? say("是", "yes") : value === false ? say("否", "no") : value === null || value === "" || value?.length === 0 ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value);
    const facts = Object.entries(state).filter(([name, value]) => !["cards", "ledger", "stages", "last"].includes(name) && !(typeof value === "object" && JSON.stringify(value).length > 200));
    this.facts.replaceChildren(...facts.flatMap(([name, value]) => [make("dt", { textContent: name.replaceAll("_", " ") }), make("dd", { textContent: words(value) })]));
  }

  showPapers() {
    if (this.role.endsWith("camera")) return; // its picture is the drawing
    for (const sheet of [...this.papers.children]) if (!this.names.includes(sheet.dataset.name)) sheet.remove();
    for (const name of this.names.slice(-8)) {
      if ([...this.papers.children].some(sheet => sheet.dataset.name === name)) continue;
      const whole = this.role === "document_printer" ? name.replace(/png$/, "pdf") : name;
      const sheet = make("a", { href: `/paper/${this.role}/${whole}`, target: "_blank" }, make("img", { src: `/paper/${this.role}/${name}`, alt: say(`打印的纸 ${name}`, `printed paper ${name}`) }));
      sheet.dataset.name = name;
      this.papers.prepend(sheet);
    }
  }

  showBooks(ledger) {
    this.books.hidden = !ledger?.length;
    if (ledger?.length) this.books.replaceChildren(...ledger.slice(-8).reverse().map(row => make("tr", { className: row.state }, make("td", { textContent: `№ ${row.trace}` }), make("td", { textContent: inWords(row.kind) }), make("td", { className: "sum", textContent: yuan(row.amount) }))));
  }

  remove() { clearInterval(this.live); this.section.remove(); }
}
