"use strict";

/* Marks the words in which two texts differ: [[text, isCommon], …] of each. Beyond MAX_WORDS nothing is marked. */
const MAX_WORDS = 600;

function wordDiff(before, after) {
  const ours = before.split(/(\s+)/), theirs = after.split(/(\s+)/);
  if (ours.length > 2 * MAX_WORDS || theirs.length > 2 * MAX_WORDS) return [[[before, true]], [[after, true]]];
  const width = theirs.length + 1, lengths = new Uint16Array((ours.length + 1) * width);
  for (let i = ours.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--)
      lengths[i * width + j] = ours[i] === theirs[j]
        ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
  const left = [], right = [];
  let i = 0, j = 0;
  while (i < ours.length || j < theirs.length) {
    if (i < ours.length && j < theirs.length && ours[i] === theirs[j]) {
      left.push([ours[i++], true]);
      right.push([theirs[j++], true]);
    } else if (j >= theirs.length || (i < ours.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      left.push([ours[i++], false]);
    } else {
      right.push([theirs[j++], false]);
    }
  }
  return [joined(left), joined(right)];
}

/* Neighbours of one kind become one piece; white space between two differing words differs with them. */
function joined(words) {
  const pieces = [];
  words.forEach(([text, isCommon], place) => {
    const isSpace = text.trim() === "";
    const bridges = isSpace && place > 0 && place + 1 < words.length && !words[place - 1][1] && !words[place + 1][1];
    const common = isSpace ? !bridges : isCommon;
    if (pieces.length && pieces[pieces.length - 1][1] === common) pieces[pieces.length - 1][0] += text;
    else if (text) pieces.push([text, common]);
  });
  return pieces;
}
