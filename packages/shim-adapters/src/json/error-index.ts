/**
 * Where a text stops being JSON. `JSON.parse` tells that only for some of its errors, so the text is read again by
 * the grammar of RFC 8259. Used once the text is known to be broken; nesting is kept in a list, not on the stack.
 */

/** Spaces, strings, numbers and literals, each as far as it goes. */
const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

/** The index of the first token that does not belong, or the length of a text that ends too soon. */
export function errorIndex(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  const takeKey = (): boolean => {
    take(SPACE);
    if (!take(STRING)) return false;
    take(SPACE);
    if (text[at] !== ':') return false;
    at += 1;
    return true;
  };
  for (;;) {
    take(SPACE);
    const opened = text[at];
    if (opened === '{' || opened === '[') {
      at += 1;
      take(SPACE);
      if (text[at] === closing(opened)) at += 1;
      else {
        open.push(opened);
        if (opened === '{' && !takeKey()) return at;
        continue;
      }
    } else if (!take(STRING) && !take(NUMBER) && !take(LITERAL)) return at;
    // A value has ended: so may the objects and arrays around it.
    for (;;) {
      take(SPACE);
      const around = open.at(-1);
      if (around === undefined) return at;
      if (text[at] !== closing(around)) break;
      at += 1;
      open.pop();
    }
    if (text[at] !== ',') return at;
    at += 1;
    if (open.at(-1) === '{' && !takeKey()) return at;
  }
}

function closing(opened: '{' | '['): '}' | ']' {
  return opened === '{' ? '}' : ']';
}
