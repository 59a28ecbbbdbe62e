// What the page says, in two languages.
const ENGLISH = {
  done: 'Nothing is left for you. Thank you!', guidelines: 'Guidelines', keys: 'Keys',
  keysHint: 'Change a key: press the key of "change keys", choose with the arrows, press Enter and then the new key.',
  note: 'Note', why: 'Why is it skipped?', conflict: 'Another save came between', there: 'Stored:', mine: 'Yours:',
  keepThere: 'Keep the stored one (1)', keepMine: 'Store mine (2)', gone: n => `The server does not answer. ${n} kept here; it is sent when the server is back.`,
  saved: 'Saved', unsent: n => `${n} not sent yet`, refused: why => `Not stored: ${why}`, noKey: 'Open the link that you were given: it holds your key.',
  submit: 'submit', skip: 'skip', undo: 'undo the last', back: 'earlier item', note_: 'note', mode: 'words / characters', change: 'change keys',
  left: 'move left', right: 'move right', extendLeft: 'extend left', extendRight: 'extend right', nextSpan: 'next span', remove: 'delete span',
  relate: 'relate spans', accept: 'take the suggestion', guide: 'guidelines', clash: 'That key does something else; choose another.', press: 'Press the new key',
  suggested: 'Suggested:', first: 'Choose first.', tie: 'no difference', words: 'by words', characters: 'by characters', relateFrom: 'Now go to the other span and press the key again.',
  overlap: 'Spans of this task do not overlap.', name: 'Name', password: 'Password', signIn: 'Sign in', toReview: 'Review',
  sentBack: why => `Sent back by a reviewer: ${why}`,
};
const CHINESE = {
  done: '没有待标注的条目了，谢谢！', guidelines: '标注指南', keys: '按键',
  keysHint: '改键：按“修改按键”，用方向键选择，按回车，再按新键。',
  note: '备注', why: '为什么跳过？', conflict: '期间有另一次保存', there: '已存：', mine: '您的：',
  keepThere: '保留已存的 (1)', keepMine: '存我的 (2)', gone: n => `服务器没有响应。${n} 条保存在本机，恢复后自动发送。`,
  saved: '已保存', unsent: n => `${n} 条尚未发送`, refused: why => `未保存：${why}`, noKey: '请打开发给您的链接，其中含有密钥。',
  submit: '提交', skip: '跳过', undo: '撤销上一条', back: '前面的条目', note_: '备注', mode: '按词 / 按字', change: '修改按键',
  left: '左移', right: '右移', extendLeft: '向左扩展', extendRight: '向右扩展', nextSpan: '下一个片段', remove: '删除片段',
  relate: '连接片段', accept: '采用建议', guide: '标注指南', clash: '此键已有用途，请另选。', press: '请按新键',
  suggested: '建议：', first: '请先选择。', tie: '没有差别', words: '按词', characters: '按字', relateFrom: '请移到另一片段，再按此键。',
  overlap: '此任务的片段不能重叠。', name: '姓名', password: '密码', signIn: '登录', toReview: '审核',
  sentBack: why => `审核员退回：${why}`,
};
export const words = (navigator.language || '').toLowerCase().startsWith('zh') ? CHINESE : ENGLISH;
export function fill() {
  document.documentElement.lang = words === CHINESE ? 'zh' : 'en';
  for (const each of document.querySelectorAll('[data-say]')) each.textContent = words[each.dataset.say];
}
