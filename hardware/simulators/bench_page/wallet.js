// The wallet and the hand: persons, their cards, one card in the hand, dragged with the pointer or carried by keys.
"use strict";
import { cardArt, face } from "./art.js";
import { inWords, language, say, title } from "./words.js";

const $ = id => document.getElementById(id);
const seen = {}; // role: state
let people = [], chosen = "zhang", held = null, put = () => {};

/** Where ``path`` leads in ``state``; keys may have dots in them. */
export const at = (state, path) => state?.[path] ?? path.split(".").reduce((value, key) => value?.[key], state);
const owned = thing => people.find(person => person.things.includes(thing))?.key ?? "";
const name = thing => [people.find(p => p.things.includes(thing))?.key ? people.find(p => p.things.includes(thing)).name : "", language === "zh" ? thing.title : thing.english].filter(Boolean).join(" ");
const placeOf = thing => thing.uses.find(use => at(seen[use.role], use.field) === use.value);

/** The card that is in ``role`` now: its thing, its owner's key and name; or nothing. */
export function cardIn(role, state) {
  const known = people.flatMap(person => person.things).filter(thing => thing.uses.some(use => use.role === role && at(state, use.field) === use.value));
  const thing = known.find(each => owned(each) === chosen) ?? known[0];
  return thing && { thing, owner: owned(thing), name: name(thing) };
}
/** Every way to put something into ``role``: the hands, in the order of the wallet. */
export const handsInto = role => [...new Set(people.flatMap(p => p.things).flatMap(t => t.uses).filter(use => use.role === role).map(use => use.hand))];

export async function openWallet(onPut) {
  put = onPut;
  people = await (await fetch("/wallet")).json();
  showPeople();
  document.addEventListener("keydown", event => { if (event.key === "Escape" && held) drop(); });
}
export function showPeople() {
  $("people").replaceChildren(...people.map(person => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", person.key === chosen);
    button.innerHTML = `<svg viewBox="0 0 100 100" aria-hidden="true">${face(person.key)}</svg>`;
    button.append(person.key ? person.name : inWords(person.note));
    button.onclick = () => { chosen = person.key; showPeople(); $("people").children[people.indexOf(person)].focus(); };
    return button;
  }));
  showThings();
}
function showThings() {
  $("things").replaceChildren(...people.find(person => person.key === chosen).things.map(thing => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "thing", innerHTML: cardArt(thing, owned(thing)) + "<span></span>" });
    button.dataset.thing = thing.id;
    button.onclick = event => { if (event.detail === 0 || !dragged) (held === thing ? putFirst(thing) : take(thing)); dragged = false; };
    button.onpointerdown = event => begin(event, thing, button);
    return button;
  }));
  markThings();
}
function markThings() {
  for (const button of $("things").children) {
    const thing = find(button.dataset.thing), place = placeOf(thing), mark = document.createElement("b");
    mark.textContent = place ? say("在", "in: ") + title(place.role) : "";
    const note = language === "en" && thing.note === "" ? thing.english : inWords(thing.note);
    button.querySelector("span").replaceChildren(note, mark);
    button.classList.toggle("away", Boolean(place));
    button.classList.toggle("held", thing === held);
    button.setAttribute("aria-pressed", thing === held);
    button.setAttribute("aria-label", [name(thing), note, mark.textContent].filter(Boolean).join(", "));
  }
}
const find = id => people.flatMap(person => person.things).find(thing => thing.id === id);
export function see(role, state) { seen[role] = state; markThings(); }

// --- the hand ---

function take(thing) { held = thing; light(); }
export function drop() { held = null; light(); }
function light() {
  for (const element of document.querySelectorAll("[data-into]")) element.classList.toggle("fits", Boolean(held && useFor(held, element)));
  const hand = $("hand");
  hand.hidden = !held;
  if (held) hand.innerHTML = cardArt(held, owned(held)) + `<span>${say("手里：", "In your hand: ")}<b>${name(held)}</b><br>${say("在亮起的设备上按回车放下，<kbd>Esc</kbd> 放回", "Press Enter on a lit device; <kbd>Esc</kbd> puts it back")}</span>`;
  markThings();
}
/** ``element`` is a device or one of its places; a device takes the thing's first way in. */
function useFor(thing, element) {
  return thing.uses.find(use => use.role === element.dataset.into && (!element.dataset.hands || element.dataset.hands.split(" ").includes(use.hand)));
}
function putFirst(thing) { if (thing.uses.length) putBy(thing.uses[0]); else drop(); }
function putBy(use) { drop(); put(use.role, use.hand, use.given); }

/** A place was pressed: the card in the hand goes there. Says what to do when there is none. */
export function pressPlace(element, complain) {
  if (!held) return complain(say("先在钱包里拿起一张卡", "Pick up a card in the wallet first"));
  const use = useFor(held, element);
  return use ? putBy(use) : complain(say(`${name(held)}放不进这里`, `${name(held)} does not fit here`));
}

// --- dragging ---

let dragged = false;
function begin(event, thing, button) {
  if (event.button) return;
  const from = [event.clientX, event.clientY];
  let flying = null, over = null;
  const move = each => {
    if (!flying && Math.hypot(each.clientX - from[0], each.clientY - from[1]) < 6) return;
    if (!flying) {
      flying = Object.assign(document.createElement("div"), { className: "flying", innerHTML: cardArt(thing, owned(thing)) });
      document.body.append(flying);
      document.body.classList.add("dragging");
      take(thing);
    }
    flying.style.left = `${each.clientX}px`;
    flying.style.top = `${each.clientY}px`;
    const under = document.elementFromPoint(each.clientX, each.clientY)?.closest("[data-into]");
    const target = under && (useFor(thing, under) ? under : under.closest(".device"));
    if (target !== over) { over?.classList.remove("over"); over = target && useFor(thing, target) ? target : null; over?.classList.add("over"); }
  };
  const end = each => {
    for (const [name, listener] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) removeEventListener(name, listener);
    if (!flying) return;
    move(each);
    flying.remove();
    document.body.classList.remove("dragging");
    over?.classList.remove("over");
    dragged = each.target === button || button.contains(each.target);
    if (over && each.type === "pointerup") putBy(useFor(thing, over)); else drop();
  };
  for (const [name, listener] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) addEventListener(name, listener);
}
