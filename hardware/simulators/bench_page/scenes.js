// The scenes: what can be played, how far the one that plays is, and why it stopped.
"use strict";
import { make } from "./device.js";
import { pick, say, title } from "./words.js";

const programme = document.getElementById("programme"), board = document.getElementById("now");
let scenes = [], now = { status: "none" };

export async function openScenes(call, complain) {
  openScenes.call = call; openScenes.complain = complain;
  scenes = (await (await fetch("/scenes")).json()).scenes;
  showProgramme();
}
export function showProgramme() {
  programme.replaceChildren(...scenes.map(scene => {
    const missing = scene.missing.map(title).join(say("、", ", "));
    const about = missing ? say(`这里没有：${missing}`, `not here: ${missing}`) : pick(scene.about);
    const button = make("button", { type: "button", onclick: () => missing ? openScenes.complain(about) : openScenes.call(`/scene/${scene.name}`) }, pick(scene.title), make("small", { textContent: about }));
    button.setAttribute("aria-disabled", Boolean(missing));
    return make("li", {}, button);
  }));
  showNow(now);
}
export function showNow(told) {
  const before = now;
  now = told;
  const scene = scenes.find(each => each.name === now.name);
  board.hidden = now.status === "none" || !scene;
  if (board.hidden) return "";
  const playing = now.status === "playing", focused = board.contains(document.activeElement);
  const steps = scene.steps.map((step, n) => make("li", { className: n < now.step ? "done" : n > now.step ? "" : playing ? "doing" : now.status === "broken" ? "failed" : "", textContent: pick(step) }));
  const button = make("button", { type: "button", textContent: playing ? say("停止", "Stop") : say("收起", "Close"), onclick: () => playing ? openScenes.call("/stop") : showNow({ status: "none" }) });
  const inside = [make("h3", {}, pick(scene.title), button), make("progress", { max: scene.steps.length, value: now.step, ariaLabel: pick(scene.title) }), make("ol", {}, ...steps)];
  if (playing && now.waits_for.length) inside.push(make("p", { className: "waits", textContent: say("等待：", "waiting for: ") + now.waits_for.join("; ") }));
  if (now.why) inside.push(make("p", { className: "why", textContent: now.why }));
  board.replaceChildren(...inside);
  if (focused) button.focus();
  return before.name === now.name && before.status === now.status && before.step === now.step ? "" : words(scene);
}
function words(scene) {
  const ends = { done: ["演完了", "is over"], stopped: ["已停止", "was stopped"], broken: ["演不下去", "cannot go on"] }[now.status];
  return ends ? `${pick(scene.title)} ${say(...ends)}` : `${now.step + 1}/${scene.steps.length} ${pick(scene.steps[now.step])}`;
}
