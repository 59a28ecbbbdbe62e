// What the page of reviewers says, in two languages.
const ENGLISH = {
  done: 'Nothing is left to review.', guidelines: 'Guidelines', keys: 'Keys', own: 'Your decision', toLabels: 'Label',
  noKey: 'Open the link that you were given: it holds your key.', name: 'Name', password: 'Password', signIn: 'Sign in',
  doubts: 'Labels that are probably wrong', noDoubts: 'None is known.', item: 'Item', who: 'Person', given: 'Given', likely: 'Likely', right: 'Right with',
  progress: 'Progress', role: 'Role', answersOf: 'Answers', skipped: 'Skipped', back: 'Sent back', gold: 'Right on gold', upheld: 'Upheld',
  counts: s => `${s.items} items, ${s.done} done, ${s.differing} on which people differ, ${s.reviewed} reviewed`, of: (n, m) => m === 0 ? '–' : `${(100 * n / m).toFixed(1)} % of ${m}`,
  removed: 'removed', roles: { annotator: 'annotator', reviewer: 'reviewer', owner: 'owner' },
  accept: 'accept this answer', decide: 'decide yourself', sendBack: 'send back', next: 'pass over', wantDiffering: 'only items that differ', doubt: 'probable errors', status: 'progress', guide: 'guidelines', note_: 'note', back_: 'the item before',
  store: 'store the decision', leave: 'leave', mode: 'words / characters', move: 'move', extend: 'extend', nextSpan: 'next span', remove: 'delete span', open: 'open', choose: 'choose',
  why: 'Why does it go back?', note: 'Note', whom: 'Whose answer goes back? Press numbers, then Enter.', stored: 'Stored', decided: what => `Decided: ${what}`, nothing: '(nothing)',
  refused: why => `Not stored: ${why}`, first: 'Choose first.', overlap: 'Spans of this task do not overlap.', tie: 'no difference', differing: 'Items that differ', all: 'All items', words: 'by words', characters: 'by characters',
  gone: 'The server does not answer; it is tried again.', notNow: 'That item is not to be reviewed now: an answer of it went back, or is to be given yet.',
};
const CHINESE = {
  done: '没有待审核的条目了。', guidelines: '标注指南', keys: '按键', own: '您的决定', toLabels: '标注',
  noKey: '请打开发给您的链接，其中含有密钥。', name: '姓名', password: '密码', signIn: '登录',
  doubts: '可能有误的标签', noDoubts: '目前没有。', item: '条目', who: '人员', given: '所标', likely: '可能应为', right: '正确概率',
  progress: '进度', role: '角色', answersOf: '回答', skipped: '跳过', back: '退回', gold: '金标准正确率', upheld: '被采纳',
  counts: s => `共 ${s.items} 条，完成 ${s.done}，有分歧 ${s.differing}，已审核 ${s.reviewed}`, of: (n, m) => m === 0 ? '–' : `${m} 条中 ${(100 * n / m).toFixed(1)} %`,
  removed: '已移除', roles: { annotator: '标注员', reviewer: '审核员', owner: '所有者' },
  accept: '采用此回答', decide: '自己决定', sendBack: '退回', next: '暂时跳过', wantDiffering: '只看有分歧的', doubt: '可能的错误', status: '进度', guide: '标注指南', note_: '备注', back_: '上一条',
  store: '保存决定', leave: '离开', mode: '按词 / 按字', move: '移动', extend: '扩展', nextSpan: '下一个片段', remove: '删除片段', open: '打开', choose: '选择',
  why: '为什么退回？', note: '备注', whom: '退回谁的回答？按数字，再按回车。', stored: '已保存', decided: what => `已决定：${what}`, nothing: '（无）',
  refused: why => `未保存：${why}`, first: '请先选择。', overlap: '此任务的片段不能重叠。', tie: '没有差别', differing: '有分歧的条目', all: '全部条目', words: '按词', characters: '按字',
  gone: '服务器没有响应，将再次尝试。', notNow: '该条目目前不能审核：其回答已退回或尚未给出。',
};
export const words = (navigator.language || '').toLowerCase().startsWith('zh') ? CHINESE : ENGLISH;
export function fill() {
  document.documentElement.lang = words === CHINESE ? 'zh' : 'en';
  for (const each of document.querySelectorAll('[data-say]')) each.textContent = words[each.dataset.say];
}
