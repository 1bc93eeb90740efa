// Faces and cards, drawn. Nobody is pictured: the faces are made of a few shapes, and every card says 样本 SAMPLE.
"use strict";

const PEOPLE = { // skin, hair, cut, shirt
  zhang: ["#F1C9A5", "#2A2320", "short", "#0B6E6E"], li: ["#F3D2B3", "#8E8A88", "bun", "#7A4E8C"], wang: ["#F0CBA8", "#B9B5B2", "curly", "#A6452C"],
  chan: ["#F6D7B8", "#3A2A22", "bob", "#1F4E8C"], lin: ["#F2CDA9", "#211C1A", "long", "#B6782A"],
  foreigner_2017: ["#E9BC94", "#6B3F22", "long", "#1B7F4D"], foreigner_2023: ["#C98F65", "#1C1716", "curly", "#3B4F57"] };
const CUTS = {
  short: ["", `<path d="M28 42q-3-26 22-26t22 26q-4-14-12-16-16 4-26 0-4 4-6 16z"/>`],
  bob: [`<path d="M24 62q-4-46 26-46t26 46q-6 6-12 2H36q-6 4-12-2z"/>`, `<path d="M29 42q2-18 22-18t20 18q-8-10-22-12-12 4-20 12z"/>`],
  long: [`<path d="M22 84q-2-68 28-68t28 68z"/>`, `<path d="M29 43q0-19 21-19t21 19q-4-10-16-13-10 8-26 13z"/>`],
  bun: [`<circle cx="50" cy="13" r="9"/>`, `<path d="M28 42q-2-24 22-24t22 24q-6-14-22-14t-22 14z"/>`],
  curly: [`<circle cx="30" cy="32" r="10"/><circle cx="70" cy="32" r="10"/><circle cx="40" cy="22" r="11"/><circle cx="60" cy="22" r="11"/>`, `<path d="M29 42q2-16 21-16t21 16q-9-7-21-7t-21 7z"/>`] };

/** The inside of a face, in a square of 100. Nobody's (``""``) is a question mark. */
export function face(key) {
  if (!PEOPLE[key]) return `<text x="50" y="68" font-size="54" text-anchor="middle" fill="#5A6B72">?</text>`;
  const [skin, hair, cut, shirt] = PEOPLE[key], [back, front] = CUTS[cut];
  return `<g fill="${hair}">${back}</g><path d="M14 104q2-32 36-32t36 32z" fill="${shirt}"/><path d="M42 62h16v14q-8 8-16 0z" fill="${skin}"/>
    <ellipse cx="50" cy="46" rx="20" ry="24" fill="${skin}"/><g fill="${hair}">${front}</g>
    <circle cx="42" cy="47" r="2.2" fill="#2A2320"/><circle cx="58" cy="47" r="2.2" fill="#2A2320"/><path d="M43 57q7 6 14 0" fill="none" stroke="#8F4A36" stroke-width="2" stroke-linecap="round"/>`;
}

const PAINT = { // two ends of the ground, ink
  resident: ["#DDEFEA", "#F8ECD2", "#123A3F"], hk_macau_taiwan: ["#E2E6F6", "#F7E7EE", "#23305E"], foreigner_2017: ["#DDEFD9", "#F3F2CF", "#1E4427"],
  foreigner_2023: ["#D7EAF7", "#E9F4EC", "#123F57"], bank: ["#7C1F2C", "#C0503A", "#FFF4E8"], social: ["#0B6E6E", "#3F9D8D", "#F2FBF8"],
  permit: ["#24548F", "#6E9AC9", "#F4F9FF"], chip: ["#5C6C73", "#98A7AC", "#FFFFFF"] };
const chip = (x, y) => `<rect x="${x}" y="${y}" width="34" height="27" rx="5" fill="#E9C877" stroke="#B28F3B"/><path d="M${x} ${y + 9}h11m12 0h11M${x} ${y + 18}h11m12 0h11M${x + 11} ${y}v27M${x + 23} ${y}v27" stroke="#B28F3B" fill="none"/>`;
const safe = text => String(text).replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const waves = ink => `<g fill="none" stroke="${ink}" opacity=".13" stroke-width="1.2">${[0, 1, 2, 3, 4, 5, 6].map(n => `<path d="M-10 ${60 + n * 17}q40-30 80 0t80 0 80 0 80 0"/>`).join("")}</g>`;

function identity(thing, owner, ink) {
  const [name, number, born, until] = thing.lines;
  return `<text x="16" y="28" font-size="13" font-weight="700">${safe(thing.title)}</text>
    <text x="16" y="62" font-size="${name.length > 5 ? 16 : 22}" font-weight="700">${safe(name)}</text><text x="16" y="86" font-size="12">${safe(born)}</text>
    <text x="16" y="104" font-size="11" opacity=".8">${safe(until)}</text><text x="16" y="135" font-size="15" font-weight="700" letter-spacing=".6">${safe(number)}</text>
    <svg x="172" y="26" width="68" height="86" viewBox="8 4 84 100" preserveAspectRatio="xMidYMid slice"><rect width="100" height="110" fill="#ffffff99"/>${face(owner)}</svg>
    <rect x="172" y="26" width="68" height="86" fill="none" stroke="${ink}" opacity=".35"/>`;
}
const FRONTS = {
  bank: thing => `<text x="16" y="32" font-size="17" font-weight="700">${safe(thing.title)}</text>${chip(18, 54)}
    <path d="M64 58q8 9 0 19m6-23q12 13 0 27m6-31q16 17 0 35" fill="none" stroke="currentColor" stroke-width="2" opacity=".8"/>
    <text x="16" y="120" font-size="18" letter-spacing="1.2" font-weight="600">${safe(thing.lines[0])}</text>`,
  social: thing => `<text x="16" y="32" font-size="17" font-weight="700">${safe(thing.title)}</text>${chip(18, 56)}
    <path d="M214 22l18 7v15q0 16-18 23-18-7-18-23v-15z" fill="currentColor" opacity=".25"/><text x="16" y="124" font-size="20" font-weight="700">${safe(thing.lines[0])}</text>`,
  chip: thing => `<text x="16" y="32" font-size="17" font-weight="700">${safe(thing.title)}</text>${chip(18, 56)}`,
  permit: (thing, owner) => `<text x="16" y="30" font-size="16" font-weight="700">${safe(thing.title)}</text>
    <svg x="186" y="40" width="52" height="62" viewBox="8 4 84 100" preserveAspectRatio="xMidYMid slice"><rect width="100" height="110" fill="#ffffff55"/>${face(owner)}</svg>
    <path d="M18 84l44-14 22-26 8 2-10 30 24 6-2 8-26-2-18 20-7-2 4-22z" fill="currentColor" opacity=".22"/>
    <rect x="0" y="122" width="256" height="39" fill="#fff" opacity=".9"/><text x="10" y="146" font-size="11.6" font-family="monospace" fill="#12253B">${safe(thing.lines[0])}</text>` };

/** A card as a whole SVG element, 256 by 161, as text. ``box``: attributes that place it in another drawing. */
export function cardArt(thing, owner, box = "") {
  const [from, to, ink] = PAINT[thing.kind] ?? PAINT.chip, id = "g" + Math.random().toString(36).slice(2);
  const front = FRONTS[thing.kind] ?? identity;
  return `<svg ${box} viewBox="0 0 256 161" role="img" aria-label="${safe(thing.title)}"><defs><linearGradient id="${id}" x2="1" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>
    <rect width="256" height="161" rx="13" fill="url(#${id})"/>${waves(ink)}<g fill="${ink}" color="${ink}">${front(thing, owner, ink)}</g>
    <text x="240" y="${thing.kind === "permit" ? 116 : 153}" text-anchor="end" font-size="9.5" fill="${ink}" opacity=".8">样本 SAMPLE</text>
    <rect x=".75" y=".75" width="254.5" height="159.5" rx="12.5" fill="none" stroke="#10222B" opacity=".18" stroke-width="1.5"/></svg>`;
}
