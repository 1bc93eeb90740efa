// What is inside the cabinet and around it, drawn as the devices in ``drawings.js`` are.
"use strict";
import { say } from "./words.js";

const show = (shape, there) => { shape.style.opacity = there ? 1 : 0; };
const text = (shape, words) => { if (shape.textContent !== String(words)) shape.textContent = words; };
const DOORS = [[92, 26, 62, 62], [158, 26, 62, 62], [92, 92, 62, 62], [158, 92, 62, 62]];

const cabinet = {
  shapes: `<g data-q="body"><rect class="case" x="82" y="16" width="148" height="148" rx="12"/>${DOORS.map(([x, y, w, h], n) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="5" fill="#0A2027"/><g class="move" data-q="door${n}" style="transform-origin:${n % 2 ? x + w : x}px ${y}px"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="5" fill="#DDE7E5" stroke="#9DB3B6"/><circle cx="${n % 2 ? x + 9 : x + w - 9}" cy="${y + h / 2}" r="3.5" fill="#5A6B72"/><text class="word" x="${x + w / 2}" y="${y + h / 2 + 4}" text-anchor="middle">${n}</text></g>`).join("")}</g>
    ${[0, 1, 2, 3, 4, 5, 6, 7].map(n => `<circle class="lamp" data-q="lamp${n}" cx="${30 + (n % 2) * 24}" cy="${38 + Math.floor(n / 2) * 32}" r="8"/>`).join("")}<text class="word" x="42" y="164" text-anchor="middle" data-q="slots"></text>
    <rect x="262" y="26" width="12" height="104" rx="6" fill="#fff" stroke="#9DB3B6"/><rect class="soft" data-q="heat" x="264" width="8" rx="4" fill="#0B6E6E"/><circle cx="268" cy="136" r="11" data-q="bulb" fill="#0B6E6E"/><text class="word" x="268" y="164" text-anchor="middle" data-q="degrees" font-weight="700"></text>
    <g class="soft" data-q="tamper" style="opacity:0"><path d="M156 58l34 60h-68z" fill="#F2B84B" stroke="#8A4B08" stroke-width="2"/><text x="156" y="108" text-anchor="middle" font-size="30" font-weight="700" fill="#6E2A06">!</text></g>`,
  update(d, state) {
    for (const n of [0, 1, 2, 3]) d.q[`door${n}`].style.transform = state.open_doors.includes(n) ? `scaleX(.28) skewY(${n % 2 ? 10 : -10}deg)` : "";
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) d.q[`lamp${n}`].setAttribute("class", `lamp ${state.lamps[n] ?? ""}`);
    const known = state.degrees !== null, tall = known ? Math.max(4, Math.min(100, state.degrees + 20)) : 0, paint = state.degrees > 54 ? "#B3361B" : "#0B6E6E";
    d.q.heat.setAttribute("height", tall); d.q.heat.setAttribute("y", 130 - tall); d.q.heat.setAttribute("fill", paint); d.q.bulb.setAttribute("fill", known ? paint : "#B5C6C5");
    text(d.q.degrees, known ? `${state.degrees.toFixed(0)}°C` : "?"); text(d.q.slots, say("插口灯", "slot lamps"));
    if (state.tamper && d.q.tamper.style.opacity !== "1") d.q.body.setAttribute("class", "shake"); else if (!state.tamper) d.q.body.removeAttribute("class");
    show(d.q.tamper, state.tamper);
  } };

const ups = {
  shapes: `<rect class="case" x="126" y="22" width="150" height="132" rx="12"/><rect x="140" y="38" width="122" height="66" rx="8" class="deep"/><rect x="154" y="54" width="86" height="34" rx="4" fill="none" stroke="#E8F5F0" stroke-width="2.5"/><rect x="242" y="64" width="5" height="14" rx="2" fill="#E8F5F0"/>
    <rect class="soft" data-q="charge" x="158" y="58" height="26" rx="2"/><text x="197" y="77" text-anchor="middle" font-size="15" font-weight="700" fill="#fff" data-q="percent"></text><text x="201" y="122" text-anchor="middle" class="word" data-q="runtime"></text><text x="201" y="142" text-anchor="middle" font-size="13" font-weight="700" fill="#10222B" data-q="status"></text>
    <rect x="22" y="58" width="46" height="60" rx="10" fill="#fff" stroke="#9DB3B6"/><circle cx="45" cy="88" r="15" fill="#E8EFED" stroke="#9DB3B6"/><circle cx="39" cy="88" r="2.5"/><circle cx="51" cy="88" r="2.5"/>
    <g class="move" data-q="plug"><path d="M56 88h26" stroke="#15333C" stroke-width="13" stroke-linecap="round"/><path d="M82 88q18 0 18 14t26 14" fill="none" stroke="#15333C" stroke-width="5"/></g><path data-q="bolt" d="M38 20l-10 18h9l-5 14 16-20h-9l7-12z" fill="#F2B84B" class="soft"/><text class="word" x="45" y="136" text-anchor="middle" data-q="mains"></text>
    <path data-q="cable" d="M276 130h24v36" stroke="#4E8C8C" stroke-width="3" fill="none"/>`,
  update(d, state) {
    const charge = Number(state["battery.charge"]), minutes = Math.round(Number(state["battery.runtime"]) / 60);
    d.q.charge.setAttribute("width", 78 * charge / 100); d.q.charge.setAttribute("fill", charge <= 20 ? "#D8573B" : state.on_mains ? "#2DB37A" : "#D38B12"); text(d.q.percent, `${charge} %`);
    text(d.q.runtime, say(`可用 ${minutes} 分钟`, `lasts ${minutes} min`)); text(d.q.status, state["ups.status"]); text(d.q.mains, state.on_mains ? say("市电", "mains") : say("停电", "no mains"));
    d.q.plug.style.transform = state.on_mains ? "" : "translate(20px, 12px)"; show(d.q.bolt, state.on_mains); d.q.cable.setAttribute("stroke-dasharray", state.lost_ups ? "4 8" : "none");
  } };

const network = {
  shapes: `<rect class="case" x="22" y="48" width="62" height="96" rx="8"/><rect class="deep" x="30" y="56" width="46" height="56" rx="4"/><path d="M40 84h26" stroke="#2DB37A" stroke-width="3"/><path class="case" d="M232 148V84l34-26 34 26v64z"/><path d="M246 148v-44h8v44m10 0v-44h8v44m10 0v-44h8v44" stroke="#9DB3B6" stroke-width="3" fill="none"/>
    <g class="soft" data-q="whole"><path d="M84 118h148" stroke="#15333C" stroke-width="6"/><g data-q="packets">${[0, 1, 2].map(n => `<circle class="packet" cx="98" cy="118" r="4" fill="#F2B84B" style="animation-delay:${-n * .47}s"/>`).join("")}</g></g>
    <g class="soft" data-q="cut" style="opacity:0"><path d="M84 118h52m38 0h58" stroke="#15333C" stroke-width="6"/><path d="M138 104l12 12m-12 16l12-8m22-20l-10 12m10 14l-10-6" stroke="#B3361B" stroke-width="3"/></g><text class="word" x="158" y="100" text-anchor="middle" font-weight="700" data-q="note"></text><text class="word" x="158" y="142" text-anchor="middle" data-q="passed"></text><text class="word" x="53" y="162" text-anchor="middle" data-q="here"></text><text class="word" x="266" y="166" text-anchor="middle" data-q="there"></text>`,
  update(d, state) {
    show(d.q.whole, state.connected); show(d.q.cut, !state.connected); d.q.packets.setAttribute("class", state.lines ? "" : "stopped");
    for (const dot of d.q.packets.children) dot.style.animationDuration = state.pause_ms ? "4.2s" : "1.4s";
    text(d.q.note, state.connected ? state.pause_ms ? `+ ${state.pause_ms} ms` : "" : say("断开", "cut")); text(d.q.passed, `${(state.passed_bytes / 1024).toFixed(0)} KiB`); text(d.q.here, say("终端机", "kiosk")); text(d.q.there, say("业务中心", "central"));
  } };

const kiosk = {
  shapes: `<path class="case" d="M112 10h96q12 0 12 12v142H100V22q0-12 12-12z"/><g class="soft" data-q="screen"><rect x="112" y="22" width="96" height="92" rx="6" fill="#F4F6F3"/><rect x="112" y="22" width="96" height="14" rx="4" fill="#0B3B45"/><rect x="120" y="44" width="60" height="8" rx="3" fill="#10222B"/><rect x="120" y="60" width="80" height="13" rx="4" fill="#0B6E6E"/><rect x="120" y="78" width="80" height="13" rx="4" fill="#1F4E8C"/><rect x="120" y="96" width="80" height="13" rx="4" fill="#8A4B08"/></g>
    <rect data-q="dark" class="soft deep" x="112" y="22" width="96" height="92" rx="6"/><rect class="dark" x="122" y="126" width="32" height="6" rx="3"/><rect class="steel" x="166" y="122" width="32" height="20" rx="4"/><text class="word" x="246" y="70" data-q="starts"></text><text class="word" x="246" y="88" data-q="pid"></text>`,
  update(d, state) { show(d.q.dark, !state.running); text(d.q.starts, state.starts ? say(`启动 ${state.starts} 次`, `started ${state.starts} ×`) : ""); text(d.q.pid, state.running ? "" : say("没有电", "no power")); } };

const scanner = { shapes: `<rect class="case" x="110" y="24" width="100" height="112" rx="16"/><rect class="deep" x="124" y="40" width="72" height="48" rx="6"/><path class="lit" d="M126 64h68" stroke="#FF6A4D" stroke-width="3"/><circle class="led" cx="160" cy="112" r="6"/><g class="move" data-q="phone"><rect class="dark" x="122" y="112" width="76" height="64" rx="9"/><rect x="138" y="120" width="44" height="44" fill="#fff"/><path d="M142 124h12v12h-12zm24 0h12v12h-12zm-24 24h12v12h-12zm20-8h6v6h-6zm8 8h8v12h-8z" fill="#10222B"/></g>`,
  update(d, state) { d.q.phone.style.transform = state.held ? "translateY(-6px)" : "translateY(90px)"; } };
const PAD = [["previous", "▲", 60, 44], ["next", "▼", 60, 136], ["select", "●", 60, 90], ["back", "↩", 112, 66], ["help", "?", 112, 114],
  ...["7", "8", "9", "4", "5", "6", "1", "2", "3", "erase", "0"].map((key, n) => [key, key === "erase" ? "⌫" : key, 172 + (n % 3) * 42, 38 + Math.floor(n / 3) * 35])];
const keypad = {
  shapes: `<rect class="case" x="26" y="10" width="268" height="160" rx="18"/>${PAD.map(([name, key, x, y]) => `<rect class="soft" data-q="${name}" x="${x - 16}" y="${y - 14}" width="32" height="28" rx="8" fill="#15333C"/><text class="glow" x="${x}" y="${y + 5}" text-anchor="middle" font-size="14">${key}</text>`).join("")}`,
  update(d, state) { for (const [name] of PAD) d.q[name].setAttribute("fill", state.held?.includes(name) ? "#0B6E6E" : "#15333C"); } };
const headphones = {
  shapes: `<rect class="case" x="190" y="40" width="76" height="100" rx="14"/><circle class="deep" cx="228" cy="90" r="15"/><g class="move" data-q="jack"><path d="M52 110V86q0-34 34-34t34 34v24" fill="none" stroke="#15333C" stroke-width="8"/><rect class="dark" x="42" y="100" width="22" height="40" rx="8"/><rect class="dark" x="108" y="100" width="22" height="40" rx="8"/><path d="M130 130q40 20 60-40h30" fill="none" stroke="#15333C" stroke-width="4"/></g>`,
  update(d, state) { d.q.jack.style.transform = state.in ? "" : "translateX(-26px)"; } };

export const INSIDE = { cabinet, ups, network, kiosk, code_scanner: scanner, keypad, headphones };
