import { type Content } from './content.js';
import { type HashStream } from './hasher.js';

/** A container that the walk is inside of. */
export interface Frame {
  readonly content: Content;
  /** Where its tokens begin. */
  readonly start: number;
  /** The texts of its parent's tokens so far. */
  readonly texts: string;
  /** The names of its properties and their values, once the elements are done. */
  names: readonly PropertyKey[] | undefined;
  values: readonly unknown[];
  /** The next element, or the next name once there are names. */
  index: number;
  memberStart: number;
  present: readonly number[] | undefined;
  stream: HashStream | undefined;
  /** Whether reading it costs more than the length of its tokens tells. */
  heavy: boolean;
  cyclic: boolean;
}

export function createFrame(content: Content, start: number, texts: string, heavy: boolean): Frame {
  return {
    content,
    start,
    texts,
    names: undefined,
    values: [],
    index: 0,
    memberStart: start,
    present: undefined,
    stream: undefined,
    heavy,
    cyclic: false,
  };
}

const PATH_ENDS = 8;

/** `$.rows[3].handler`: where the walk stands, the middle of a deep path left out. */
export function pathText(frames: readonly Frame[]): string {
  const near = frames.length > 2 * PATH_ENDS ? frames.slice(-PATH_ENDS) : frames;
  const far = near === frames ? [] : [...frames.slice(0, PATH_ENDS).map(step), '...'];
  return ['$', ...far, ...near.map(step)].join('');
}

function step({ content, names, index }: Frame): string {
  if (names === undefined) return index > 0 ? content.pathOf(index - 1) : '';
  const name = names[index - 1];
  if (typeof name === 'string')
    return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return name === undefined ? '' : `[${String(name)}]`;
}
