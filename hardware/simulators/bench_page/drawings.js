// What the citizen sees of each device, drawn in 320 by 180. A drawing is its shapes, and what a state changes in them:
// shapes are made once, so that a card slides and a shutter opens. ``d.q`` finds a shape, ``d.card`` the card inside.
"use strict";
import { cardArt, face } from "./art.js";
import { say, yuan } from "./words.js";
import { INSIDE } from "./drawings_inside.js";

const word = (x, y, id, extra = "") => `<text class="word" x="${x}" y="${y}" data-q="${id}" ${extra}></text>`;
const show = (shape, there) => { shape.style.opacity = there ? 1 : 0; };
const shift = (shape, x, y) => { shape.style.transform = `translate(${x}px, ${y}px)`; };
const text = (shape, words) => { if (shape.textContent !== String(words)) shape.textContent = words; };
/** Puts the drawn card into ``shape`` when another one is there than before. */
function lay(shape, card, box) {
  const id = card?.thing.id ?? "";
  if (shape.dataset.id !== id && id) shape.innerHTML = cardArt(card.thing, card.owner, box);
  shape.dataset.id = id;
}
const image = (shape, href) => { if (href && shape.getAttribute("href") !== href) shape.setAttribute("href", href); };

const idReader = {
  shapes: `<path class="case" d="M58 150l18-116q2-10 12-10h144q10 0 12 10l18 116q1 12-12 12H70q-13 0-12-12z"/><path class="dark" d="M80 128l13-84q1-6 8-6h118q7 0 8 6l13 84q0 8-9 8H89q-9 0-9-8z"/>
    <g class="lit" stroke="#4E8C8C" fill="none" stroke-width="2"><rect x="118" y="60" width="84" height="52" rx="6"/><path d="M128 78h30M128 88h22M128 98h26"/><circle cx="182" cy="80" r="8"/><path d="M170 100q2-10 12-10t12 10"/></g>
    <circle class="led" data-q="led" cx="160" cy="150" r="4.5"/><g class="move" data-q="card" style="opacity:0"></g>
    <g class="soft" data-q="read" style="opacity:0"><circle cx="236" cy="40" r="15" fill="#1B7F4D"/><path d="M229 40l5 6 9-11" stroke="#fff" stroke-width="3" fill="none"/></g>`,
  update(d, state) {
    const card = d.card(), foreign = state.card === "foreign card" && !card;
    lay(d.q.card, card, `x="88" y="38" width="144" height="90"`);
    if (foreign) d.q.card.innerHTML = `<rect x="88" y="38" width="144" height="90" rx="8" fill="#7C1F2C"/><text x="104" y="66" fill="#fff" font-size="13">${say("不是身份证", "no identity card")}</text>`;
    shift(d.q.card, 0, state.card ? 0 : -70); show(d.q.card, state.card); show(d.q.read, state.read && state.card);
  } };

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "✕", "0", "✓"];
const terminal = {
  shapes: `<g class="move" data-q="tap" style="opacity:0"></g><g class="move" data-q="body"><g class="move" data-q="card" style="opacity:0"></g><rect class="case" x="42" y="6" width="150" height="136" rx="15"/><rect class="deep" x="52" y="15" width="130" height="50" rx="7"/>
    <g class="lit"><text class="glow" x="61" y="36" font-size="15" data-q="one"></text><text class="glow" x="61" y="54" font-size="11" data-q="two"></text><text class="glow" x="174" y="55" text-anchor="end" font-size="12" data-q="pin"></text></g>
    ${KEYS.map((key, n) => `<rect x="${60 + (n % 3) * 40}" y="${71 + Math.floor(n / 3) * 15.5}" width="34" height="12.5" rx="4" fill="${key === "✕" ? "#C94A2E" : key === "✓" ? "#1B7F4D" : "#D4DEDD"}"/><text x="${77 + (n % 3) * 40}" y="${81 + Math.floor(n / 3) * 15.5}" text-anchor="middle" font-size="10" fill="${n === 9 || n === 11 ? "#fff" : "#10222B"}">${key}</text>`).join("")}
    <rect class="deep" x="62" y="134" width="110" height="6" rx="3"/></g>
    <g data-q="paid" class="soft" style="opacity:0"><rect x="208" y="22" width="100" height="112" rx="4" fill="#fff" stroke="#C9D6D5"/><text x="258" y="42" text-anchor="middle" font-size="11" fill="#3B4F57" data-q="kind"></text><text x="258" y="72" text-anchor="middle" font-size="17" font-weight="700" fill="#10222B" data-q="sum"></text><text x="258" y="94" text-anchor="middle" font-size="11" fill="#3B4F57" data-q="number"></text><text x="258" y="118" text-anchor="middle" font-size="12" font-weight="700" data-q="mark"></text></g>
    ${word(214, 152, "bank")}`,
  update(d, state) {
    const card = d.card(), display = [state.display].flat(), last = state.ledger.at(-1);
    text(d.q.one, display[0] ?? ""); text(d.q.two, display[1] ?? ""); text(d.q.pin, "●".repeat(Math.min(6, state.typed ?? 0)));
    lay(d.q.card, card, `x="66" y="104" width="102" height="64"`); shift(d.q.card, 0, state.card ? 6 : 70); show(d.q.card, state.card);
    lay(d.q.tap, card, `x="196" y="24" width="94" height="59"`); shift(d.q.tap, state.tapped ? -46 : 60, 0); show(d.q.tap, state.tapped);
    shift(d.q.body, last || state.tapped ? 0 : 43, 0); show(d.q.paid, last && !state.tapped);
    if (last) { text(d.q.kind, last.kind === "payment" ? say("付款", "payment") : last.kind === "reversal" ? say("冲正", "reversal") : last.kind); text(d.q.sum, yuan(last.amount)); text(d.q.number, `№ ${String(last.trace).padStart(6, "0")}`);
      text(d.q.mark, last.state === "booked" ? say("已入账", "booked") : say("已冲正", "reversed")); d.q.mark.setAttribute("fill", last.state === "booked" ? "#1B7F4D" : "#B3361B"); }
    text(d.q.bank, state.bank_reachable ? "" : say("银行不通", "bank unreachable"));
  } };

const chipReader = {
  shapes: `<g class="move" data-q="card" style="opacity:0"></g><path class="case" d="M70 96h180q10 0 12 10l8 44q2 14-12 14H62q-14 0-12-14l8-44q2-10 12-10z"/><rect class="deep" x="96" y="98" width="128" height="9" rx="4.5"/><circle class="led" cx="236" cy="146" r="5"/>
    <g class="lit">${[0, 1, 2].map(n => `<circle data-q="try${n}" cx="${84 + n * 16}" cy="142" r="5" fill="#1B7F4D"/>`).join("")}${word(74, 128, "tries")}${word(160, 146, "mute")}</g>`,
  update(d, state) {
    const card = state.card;
    lay(d.q.card, d.card(), `x="98" y="20" width="124" height="78"`); shift(d.q.card, 0, card ? 10 : -90); show(d.q.card, card);
    text(d.q.tries, card ? say("密码可试次数", "PIN tries left") : ""); text(d.q.mute, card?.mute ? say("卡无应答", "card is mute") : "");
    for (const n of [0, 1, 2]) { show(d.q[`try${n}`], card); d.q[`try${n}`].setAttribute("fill", card && n < card.tries ? "#1B7F4D" : "#D9A79C"); }
  } };

const ALONG = { NONE: -130, ENTRY: -62, INSIDE: 40, PRINTING: 76, EXIT: -62, RETAINED: 210, JAMMED: 10, UNKNOWN: 40 };
export const POSITIONS = { NONE: ["无卡", "empty"], ENTRY: ["进卡口", "at the mouth"], INSIDE: ["机内", "inside"], PRINTING: ["打印中", "printing"], EXIT: ["请取卡", "take it"], RETAINED: ["已回收", "retained"], JAMMED: ["卡住", "jammed"], UNKNOWN: ["不明", "unknown"] };
const permit = {
  shapes: `<rect class="case" x="70" y="14" width="236" height="104" rx="14"/><rect x="82" y="62" width="170" height="44" rx="6" fill="#DCE6E4"/><g class="move" data-q="card" style="opacity:0"></g>
    <rect x="264" y="52" width="34" height="56" rx="5" class="dark"/><text x="281" y="86" text-anchor="middle" class="glow" font-size="15" data-q="kept"></text><text x="281" y="46" text-anchor="middle" class="word" data-q="box"></text>
    <g data-q="head" class="move"><rect x="176" y="26" width="56" height="26" rx="5" class="dark"/><rect x="190" y="52" width="28" height="8" fill="#D8573B"/></g><path data-q="crack" d="M196 24l10 12-8 6 12 14" stroke="#F2B84B" stroke-width="3" fill="none"/>
    <rect class="case" x="62" y="54" width="18" height="60" rx="4"/><rect class="dark move" data-q="up" x="65" y="58" width="12" height="26"/><rect class="dark move" data-q="down" x="65" y="84" width="12" height="26"/>
    <text class="word" x="84" y="36" font-weight="700" data-q="where"></text><rect x="84" y="44" width="80" height="5" rx="2.5" fill="#CBD7D6"/><rect data-q="bar" x="84" y="44" width="0" height="5" rx="2.5" fill="#0B6E6E"/>
    <g data-q="back" class="soft"><rect x="70" y="126" width="236" height="46" rx="6" fill="#fff" stroke="#C9D6D5"/>${word(78, 139, "side", 'opacity=".8"')}${[0, 1, 2, 3].map(n => `<text data-q="line${n}" x="${78 + (n % 2) * 116}" y="${153 + Math.floor(n / 2) * 13}" font-size="10" fill="#10222B" font-family="monospace"></text>`).join("")}</g>`,
  update(d, state) {
    const card = state.card, job = state.job, open = state.shutter === "open";
    lay(d.q.card, d.card() ?? (card && { thing: { id: card.key, kind: "permit", title: card.key, lines: [card.line] }, owner: "" }), `x="84" y="60" width="76" height="48"`);
    shift(d.q.card, ALONG[state.position] ?? 0, 0); show(d.q.card, card && state.position !== "RETAINED");
    shift(d.q.up, 0, open || state.position === "EXIT" || state.position === "ENTRY" ? -18 : 0); shift(d.q.down, 0, open || state.position === "EXIT" || state.position === "ENTRY" ? 18 : 0);
    shift(d.q.head, 0, state.position === "PRINTING" ? 6 : 0); show(d.q.crack, state.head !== "ok");
    text(d.q.where, say(...(POSITIONS[state.position] ?? [state.position, state.position])) + (state.moving ? " …" : "") + (open && !card ? say("，闸门已开", ", shutter open") : "")); text(d.q.kept, state.box.length); text(d.q.box, say("回收", "kept"));
    d.q.bar.setAttribute("width", card ? 80 * (job.progress ?? 0) / 100 : 0);
    show(d.q.back, card); text(d.q.side, card ? say(`卡背面 · 第 ${card.endorsed} 次写入`, `back of the card · written ${card.endorsed} ×`) : "");
    for (const n of [0, 1, 2, 3]) text(d.q[`line${n}`], card?.back[n]?.slice(0, 20) ?? "");
  } };

const receipts = {
  shapes: `<circle class="case" cx="160" cy="34" r="26" data-q="roll"/><circle cx="160" cy="34" r="7" fill="#B5C6C5"/><g class="move" data-q="lid" style="transform-origin:76px 46px"><path class="case" d="M76 46q0-34 40-34h88q40 0 40 34z" fill-opacity=".7"/></g>
    <svg x="112" y="92" width="96" height="88"><g class="move" data-q="slip"><rect width="96" height="88" fill="#fff"/><image data-q="print" width="96" preserveAspectRatio="xMidYMin slice"/><rect width="96" height="88" fill="none" stroke="#D5DFDE"/></g></svg>
    <path class="case" d="M70 46h180q10 0 10 10v36q0 8-10 8H70q-10 0-10-8V56q0-10 10-10z"/><rect class="deep" x="104" y="88" width="112" height="6" rx="3"/><circle class="led" data-q="led" cx="80" cy="62" r="5"/>
    <rect x="236" y="56" width="12" height="34" rx="3" fill="#DCE6E4"/><rect class="soft" data-q="gauge" x="236" width="12" rx="3" fill="#0B6E6E"/>${word(92, 66, "meters")}<g data-q="stuck"><path d="M150 74h20v18h-20z" fill="#F2B84B"/><text x="160" y="89" text-anchor="middle" font-weight="700" font-size="14">!</text></g>`,
  update(d, state) {
    const full = Math.min(1, state.paper_mm / 50000), newest = d.papers.at(-1);
    d.q.roll.setAttribute("r", state.paper_mm ? 10 + 18 * Math.sqrt(full) : 0); d.q.lid.style.transform = state.cover_open ? "rotate(-13deg)" : "";
    if (newest) { image(d.q.print, `/paper/receipt_printer/${newest}`); }
    shift(d.q.slip, 0, state.waiting && newest ? 0 : -96); show(d.q.slip, state.waiting && newest); show(d.q.stuck, state.cutter_error);
    d.q.gauge.setAttribute("height", 34 * full); d.q.gauge.setAttribute("y", 90 - 34 * full); d.q.gauge.setAttribute("fill", full < .1 ? "#B3361B" : "#0B6E6E");
    text(d.q.meters, `${(state.paper_mm / 1000).toFixed(1)} m`); d.q.led.setAttribute("class", `led ${state.cutter_error || state.cover_open || !state.paper_mm ? "out" : ""}`);
  } };

const documents = {
  shapes: `<g class="move" data-q="lid" style="transform-origin:62px 52px"><rect class="case" x="58" y="36" width="204" height="20" rx="8"/></g><rect class="case" x="52" y="50" width="216" height="84" rx="12"/><rect class="deep" x="82" y="76" width="156" height="10" rx="4"/>
    <g data-q="pages"></g><rect class="steel" x="66" y="138" width="188" height="26" rx="6"/><g data-q="stock">${[0, 1, 2, 3, 4].map(n => `<rect x="76" y="${157 - n * 3.4}" width="168" height="2.4" fill="#fff"/>`).join("")}</g>${word(160, 175, "tray", 'text-anchor="middle"')}
    <circle class="led" cx="250" cy="66" r="5"/><g class="soft" data-q="jam" style="opacity:0"><path d="M120 84l20-10 14 10 16-12 14 12" stroke="#F2B84B" stroke-width="5" fill="none"/></g>`,
  update(d, state) {
    d.q.lid.style.transform = state.reasons.includes("cover-open") ? "rotate(-9deg)" : ""; show(d.q.jam, state.reasons.includes("media-jam")); show(d.q.stock, state.filled);
    text(d.q.tray, state.filled ? "" : say("纸盒空", "tray empty"));
    const key = d.papers.join();
    if (d.q.pages.dataset.key === key) return;
    d.q.pages.dataset.key = key;
    d.q.pages.innerHTML = d.papers.slice(-4).map((name, n, all) => `<g transform="translate(${160 - 33 + (n - (all.length - 1) / 2) * 44} 6) rotate(${(n - (all.length - 1) / 2) * 4} 33 46)"><rect width="66" height="93" fill="#fff" stroke="#B9C6C5"/><image href="/paper/document_printer/${name}" width="66" height="93"/></g>`).join("") + (d.papers.length ? `<rect class="case" x="76" y="84" width="168" height="30" rx="6"/>` : "");
  } };

const camera = {
  shapes: `<rect class="dark" x="40" y="14" width="240" height="152" rx="14"/><svg x="50" y="24" width="220" height="132" viewBox="0 0 220 132"><rect width="220" height="132" fill="#0A2027"/><g data-q="nobody"><svg x="60" y="16" width="100" height="116" viewBox="0 0 100 104" opacity=".35">${face("zhang")}</svg></g><image data-q="live" width="220" height="132" preserveAspectRatio="xMidYMid slice"/></svg><circle class="led" cx="266" cy="18" r="4"/>`,
  update(d, state, role) { const newest = d.papers.at(-1); show(d.q.nobody, !newest); image(d.q.live, newest && `/paper/${role}/${newest}?${Date.now()}`); } };

export const DRAWINGS = { id_card_reader: idReader, card_terminal: terminal, chip_card_reader: chipReader, permit_unit: permit, receipt_printer: receipts,
  document_printer: documents, camera, document_camera: camera, ...INSIDE };

const BOX = { shapes: `<rect class="case" x="90" y="40" width="140" height="96" rx="14"/><circle class="led" cx="112" cy="62" r="6"/><path class="edge" d="M110 92h100M110 108h70"/><path d="M230 88h40v34" fill="none" stroke="#15333C" stroke-width="5" stroke-linecap="round"/>`, update() {} };

/** A drawing as an SVG element, and a function that lets it show a state. ``card``: the card that is inside now. */
export function draw(role) {
  const drawing = DRAWINGS[role] ?? BOX, svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 320 180");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = drawing.shapes;
  const q = Object.fromEntries([...svg.querySelectorAll("[data-q]")].map(shape => [shape.dataset.q, shape]));
  return { svg, show: (state, papers, card) => drawing.update({ q, papers, card: () => card }, state, role) };
}
