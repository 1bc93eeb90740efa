// Both languages of the page. Devices and hands speak English (their labels come from the simulators); here is the
// Chinese of them. What has no translation yet is shown as it is.
"use strict";

export let language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh";
export const say = (zh, en) => language === "zh" ? zh : en;
export const pick = words => words[language];

export function speak(next) {
  language = next;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-zh]")) element.textContent = element.dataset[language];
}

const TITLES = {
  id_card_reader: ["身份证阅读器", "ID card reader"], chip_card_reader: ["社保卡读卡器", "Chip card reader"],
  card_terminal: ["银行卡终端", "Bank terminal"], permit_unit: ["签注单元", "Permit unit"],
  receipt_printer: ["凭条打印机", "Receipt printer"], document_printer: ["A4 打印机", "A4 printer"],
  camera: ["摄像头", "Camera"], document_camera: ["高拍仪", "Document camera"], code_scanner: ["扫码器", "Code scanner"],
  keypad: ["导航键盘", "Keypad"], headphones: ["耳机插孔", "Headphone jack"], cabinet: ["机柜", "Cabinet"], ups: ["UPS 电源", "UPS"],
  network: ["网线", "Cable to central"], kiosk: ["终端机", "Kiosk"] };
export const title = role => TITLES[role] ? say(...TITLES[role]) : role.replaceAll("_", " ");
export const otherTitle = role => TITLES[role] ? TITLES[role][language === "zh" ? 1 : 0] : "";

const CHINESE = {
  // cameras and papers
  "cover the lens": "遮住镜头",
  "uncover the lens": "移开遮挡",
  "freeze the picture": "画面定格",
  "let the picture move": "画面恢复",
  "lay a page down": "放一页纸",
  "lay a paper down": "放一份样本材料",
  "dim the light": "调暗灯光",
  "take the page away": "取走纸张",
  "turn the page": "转动纸张",
  "shift the page": "移动纸张",
  "push the page about": "推动纸张",
  "throw a shadow": "投下阴影",
  "reflect a lamp": "灯光反射",
  "put the page out of focus": "对焦模糊",
  "show the drawn person": "显示示意人像",
  "play a folder of pictures": "播放图片文件夹", "let somebody stand there": "让一个人站在镜头前", "do something": "让他做动作",
  "play a video": "播放视频",
  "pictures a second": "每秒帧数",
  "send garbage pictures": "发送乱码画面",
  "slow card": "卡片反应慢",
  "another program holds the card": "别的程序占用卡",
  "plug the reader in": "接上读卡器",
  "pull the reader": "拔掉读卡器",
  "pause queue": "暂停队列",
  "jam the next sheet": "下一张卡纸",
  "count pages short": "页数少计",
  "say completed at a jam": "卡纸却报完成",
  "toner to per cent": "墨粉百分比",
  // hands
  "lay a card": "放证件", "lay a card that is no identity card": "放别的卡", "lift the card": "取卡", "insert bank card": "插卡",
  "tap bank card": "挥卡", "type PIN": "输密码", "press cancel": "取消", "remove bank card": "取卡", "take paper": "取纸",
  "put in a card": "插卡", "take the card out": "取卡", "insert a permit": "插入通行证", "insert a permit upside down": "反面插入",
  "insert a card that is no permit": "插入别的卡", "take the card": "取卡", "pull the card while it moves": "硬拔",
  "cut the network": "断网", "restore the network": "恢复网络", "slow network": "网络变慢", "cut the power (kill -9)": "断电", "power on now": "通电",
  "unplug": "拔线", "plug in": "插回", "freeze": "冻结", "thaw": "解冻", "corrupt answers": "答复出错", "noise on the line": "线路杂音",
  "slow down": "变慢", "open cover": "打开上盖", "close cover": "合上上盖", "new roll": "换纸卷", "roll nearly empty": "纸将尽",
  "roll empty": "纸用完", "roll ends in the next slip": "下张凭条打到一半没纸", "jam at the next cut": "切刀将卡住", "clear jam": "清除卡纸",
  "power loss": "掉电", "refill tray": "加纸", "tray empty": "纸盒空", "jam": "卡纸", "printer off": "关打印机", "printer on": "开打印机",
  "security module not authorised": "安全模块未授权", "security module fails its self-test": "安全模块自检失败",
  "repair the security module": "修好安全模块", "bank says": "银行答复码", "bank reachable (1/0)": "银行线路（1/0）",
  "terminal status (05 01)": "终端状态码", "busy for seconds": "忙若干秒", "close the day": "日结",
  "press key (back/clear/cancel/ok/time_out)": "按功能键", "press a digit": "按数字键", "sign off": "签退", "UMS_Init returns": "初始化返回码",
  "spoil the next answer (echo/garbage/amount)": "下一答复出错", "reversal hits the payment before (1/0)": "冲正冲到前一笔（1/0）", "reversals are answered": "冲正答复码",
  "kill the host at stage": "到某步杀进程", "crash at stage": "到某步崩溃", "hang at stage": "到某步卡死",
  "when abandoned (keep/reverse/chance)": "无人答复时", "lose the next answer": "丢失下一个答复", "cut the line at stage": "到某步断线",
  "unplug at stage": "到某步拔线", "power loss at stage": "到某步掉电", "block the card's PIN": "锁死卡的密码", "stop pcscd": "停读卡服务",
  "start pcscd": "启动读卡服务", "restart pcscd": "重启读卡服务", "freeze pcscd": "冻结读卡服务", "thaw pcscd": "解冻读卡服务", "fail in the middle": "读到一半出错",
  "open the unit and hand the card to the citizen": "开机取卡还给市民", "collect the kept cards": "收走回收的卡",
  "jam at feed, print or exit": "卡证（进、印、出）", "clear the jam": "排除卡证", "break the print head": "打印头损坏", "mend the print head": "修好打印头",
  "misread the line": "读错一行", "fill the box": "回收盒装满", "cut the power": "断电", "open door": "开门", "close door": "关门",
  "close all doors": "关好所有门", "hit the cabinet": "踢机柜", "heat to degrees": "柜温", "break the thermometer": "温度计损坏",
  "mute the board": "控制板无响应", "restart the board": "重启控制板", "wrong checksums": "校验出错", "set the unit's address": "设地址",
  "mains fail": "停电", "mains return": "来电", "drain the battery to per cent": "电量降到", "battery worn out": "电池老化", "new battery": "换新电池",
  "order the shutdown (FSD)": "命令关机", "withdraw the shutdown (upsd begun anew)": "撤回关机", "pull the UPS's data cable": "拔数据线",
  "plug the UPS's data cable in": "插回数据线", "stop upsd": "停 upsd", "start upsd": "启动 upsd",
  "show a code": "出示码", "hold a code": "停留出示", "take the code away": "拿开", "show a code that is not text": "出示非文本码", "lose the end of a code": "码读一半",
  "press a button": "按键", "hold a button down": "按住", "let a button go": "松开", "repeat as a keyboard does": "连发", "lose events": "丢事件",
  "another program takes the keys": "被别的程序占用", "the other program lets go": "释放占用", "plug headphones in": "插入耳机", "pull headphones out": "拔出耳机",
  // what is wrong
  "unplugged": "已拔线", "frozen": "无响应", "answers garbled": "答复出错", "slow": "变慢", "security module broken": "安全模块故障",
  "bank unreachable": "银行不通", "bank will decline": "银行将拒绝", "reports a fault": "自报故障", "bank will not reverse": "银行将拒绝冲正",
  "library does not start": "接口库不能启动", "next answer spoilt": "下一答复将出错", "reversals go astray": "冲正会冲错", "cutter jammed": "切刀卡住", "cover open": "上盖打开",
  "roll empty or nearly": "纸将尽或用完", "switched off": "已关机", "paper jam": "卡纸", "pcscd stopped": "读卡服务停止", "card jammed": "卡证",
  "print head broken": "打印头损坏", "box nearly full": "回收盒将满", "board dead": "控制板无响应", "door open": "门开着", "temperature": "温度异常",
  "data cable pulled": "数据线拔出", "mains failed": "停电", "shutdown ordered": "已命令关机", "battery low": "电池不足", "cut or slow": "断开或变慢",
  "without power": "没有电",
  // notes in the wallet
  "moved: newer address": "搬过家：有新地址", "PIN 123456": "密码 123456", "declined: not enough money": "会被拒：余额不足",
  "declined: expired": "会被拒：已过期", "long name": "名字很长", "version 3": "第三代", "PIN blocked": "密码已锁", "reads by tag only": "只按标签读",
  "reads by number only": "只按序号读", "wrong way round": "插反", "no social-security card": "不是社保卡", "expired": "已过期",
  "back is worn out": "背面已写满", "not for this machine": "本机不受理", "for Taiwan": "赴台", "found cards": "拾到的卡",
  "payment": "付款", "reversal": "冲正", "refund": "退款",
  "Resident identity card": "居民身份证", "Bank card": "银行卡", "Chip card": "芯片卡",
  // names of arguments
  "pin": "密码", "card": "卡", "count": "次数", "milliseconds": "毫秒", "rows": "行数", "code": "代码", "up": "通", "key": "键", "digit": "数字", "how": "方式", "on": "开", "seconds": "秒", "policy": "处理",
  "stage": "步骤", "what": "方式", "after": "第几步", "at": "位置", "side": "面", "door": "门", "degrees": "度", "unit": "地址", "percent": "％", "sheets": "张", "pages": "页", "number": "第几页",
  // codes
  "wechat": "微信", "alipay": "支付宝", "unionpay": "云闪付", "reference": "流水号", "proof": "凭证", "text": "文字" };
const SHORT = { // in English too, a button is short
  "lift the card": "take card", "take the card out": "take card", "remove bank card": "take card", "take the card": "take card", "press cancel": "cancel",
  "pull the card while it moves": "pull", "drain the battery to per cent": "drain to", "hit the cabinet": "kick", "slow network": "slow", "collect the kept cards": "empty the box",
  "open the unit and hand the card to the citizen": "hand it back", "when abandoned (keep/reverse/chance)": "when abandoned", "pin": "PIN" };
export const inWords = english => language === "zh" ? CHINESE[english] ?? english : SHORT[english] ?? english;
export const yuan = fen => "¥" + (fen / 100).toFixed(2);
