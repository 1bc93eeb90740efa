// The page: keeps the line to the bench, gives each device its place, and says what changed.
"use strict";
import { Device, make } from "./device.js";
import { POSITIONS } from "./drawings.js";
import { openScenes, showNow, showProgramme } from "./scenes.js";
import { cardIn, drop, openWallet, see, showPeople } from "./wallet.js";
import { inWords, language, say, speak, title, yuan } from "./words.js";

const $ = id => document.getElementById(id);
const devices = {}, parts = {};
let live = false, fresh = true; // fresh: the next news is everything there is

// --- to say ---

let fade;
function complain(words) {
  $("said").textContent = words;
  clearTimeout(fade);
  fade = setTimeout(() => { $("said").textContent = ""; }, 7000);
}
function tell(words, kind = "") {
  const clock = make("time", { textContent: new Date().toLocaleTimeString("zh-CN", { hour12: false }) });
  $("log").prepend(make("li", { className: kind }, clock, words));
  while ($("log").children.length > 40) $("log").lastChild.remove();
}
/** What a person would notice between two states of a device. */
function notice(role, old, part) {
  const name = title(role), was = old.wrong ?? {}, is = part.wrong ?? {};
  for (const [hand, what] of Object.entries(is)) if (!(hand in was)) tell(say(`${name}：${inWords(what)}`, `${name}: ${what}`), "bad");
  for (const [hand, what] of Object.entries(was)) if (!(hand in is)) tell(say(`${name}：不再“${inWords(what)}”`, `${name}: no longer ${what}`), "good");
  if (part.gone !== undefined && old.gone === undefined) tell(`${name}: ${part.gone}`, "bad");
  if (part.gone !== undefined || old.gone !== undefined) return;
  const before = cardIn(role, old.state)?.name ?? "", after = cardIn(role, part.state)?.name ?? "";
  if (after && after !== before) tell(say(`${name}：放入${after}`, `${name}: ${after} is in`));
  if (before && !after) tell(say(`${name}：取走${before}`, `${name}: ${before} is out`));
  const display = [part.state.display ?? []].flat().join(" ");
  if (display && display !== [old.state.display ?? []].flat().join(" ")) tell(say(`${name}显示：${display}`, `${name} shows: ${display}`));
  if ((part.state.ledger?.length ?? 0) > (old.state.ledger?.length ?? 0)) { const last = part.state.ledger.at(-1); tell(`${name}: ${inWords(last.kind)} ${yuan(last.amount)}`, "good"); }
  if ((part.papers?.length ?? 0) > (old.papers?.length ?? 0) && !part.papers[0].startsWith("live")) tell(say(`${name}：出纸`, `${name}: a paper came out`), "good");
  if (part.state.tamper && !old.state.tamper) tell(say(`${name}：受到震动`, `${name}: was struck`), "bad");
  if (part.state.position && part.state.position !== old.state.position) tell(`${name}: ${say(...POSITIONS[part.state.position])}`);
}

// --- to act ---

async function call(path, given = {}) {
  try {
    const reply = await fetch(path, { method: "POST", body: JSON.stringify(given) });
    const body = await reply.json();
    if (!reply.ok) complain(body.error);
    return reply.ok;
  } catch {
    complain(say("模拟台没有回答", "The bench does not answer"));
    return false;
  }
}
/** A hand of a device; without a hand the device is put right; without a device it is a complaint. */
function act(role, hand, given) {
  if (!role) return complain(hand);
  return call(hand ? `/hand/${role}/${hand}` : `/right/${role}`, given);
}

// --- to show ---

function sum() {
  $("line").textContent = live ? say("● 已连接", "● live") : say("▲ 断开，重连中", "▲ lost, reconnecting");
  const all = Object.values(parts), bad = all.filter(part => part.gone !== undefined || Object.keys(part.wrong).length).length;
  $("sum").textContent = bad ? say(`${all.length} 个设备，${bad} 个有问题`, `${all.length} devices, ${bad} in trouble`) : say(`${all.length} 个设备，全部正常`, `${all.length} devices, all well`);
  $("right").textContent = say("一切恢复正常", "Put everything right");
  $("right").classList.toggle("needed", bad > 0);
}
function told(news) {
  if (fresh) for (const role of Object.keys(parts)) news[role] ??= null;
  fresh = false;
  for (const [role, part] of Object.entries(news)) {
    const old = parts[role];
    if (part === null) { devices[role]?.remove(); delete devices[role]; delete parts[role]; tell(say(`${title(role)}：拿走了`, `${title(role)}: taken away`), "bad"); continue; }
    parts[role] = part;
    if (!part.gone) see(role, part.state);
    if (!devices[role] && part.hands) devices[role] = new Device(role, part, act);
    devices[role]?.update(part);
    if (old) notice(role, old, part);
  }
  sum();
}
async function chosenLanguage(next) {
  speak(next);
  $("lang").textContent = language === "zh" ? "English" : "中文";
  $("lang").lang = language === "zh" ? "en" : "zh-CN";
  drop();
  showPeople(); showProgramme(); sum();
  for (const [role, device] of Object.entries(devices)) device.update(parts[role]);
  const absent = await (await fetch("/absent")).json();
  $("absent").replaceChildren(...Object.entries(absent).map(([role, why]) => make("li", { textContent: say(`不在台上：${title(role)}（${why}）`, `Not on this bench: ${title(role)} (${why})`) })));
}

speak(language);
$("right").onclick = () => call("/right");
$("lang").onclick = () => chosenLanguage(language === "zh" ? "en" : "zh");
await openWallet((role, hand, given) => act(role, hand, given));
await openScenes(path => call(path), complain);
await chosenLanguage(language);
const news = new EventSource("/events");
news.onopen = () => { fresh = live = true; sum(); };
news.onerror = () => { live = false; sum(); };
news.onmessage = event => told(JSON.parse(event.data));
news.addEventListener("scene", event => { const words = showNow(JSON.parse(event.data)); if (words) tell(words); });
